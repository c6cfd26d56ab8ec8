from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models.ticket import Ticket
from complaints.states import ArticleState
from office.models import Company, User
from office.scope import CompanyScope, GroupScope


class Article(models.Model):
    """知识条目: a question of customers and its answer; the text is stored in versions."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, null=True, verbose_name=_("公司"), related_name="+"
    )
    code = models.CharField(_("编号"), max_length=20, unique=True)
    topic = models.CharField(_("主题"), max_length=80)

    objects = GroupScope["Article"].as_manager()

    class Meta:
        verbose_name = _("知识条目")
        verbose_name_plural = pgettext_lazy("plural", "知识条目")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.topic}"


class ArticleVersion(models.Model):
    """知识条目版本: a text; a published one never changes (migration 0002)."""

    company_path = "article__company"

    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, verbose_name=_("条目"), related_name="versions"
    )
    ordinal = models.PositiveSmallIntegerField(_("版本"))
    text = models.TextField(_("内容"))
    state = models.CharField(
        _("状态"), max_length=10, choices=ArticleState, default=ArticleState.DRAFT
    )
    drafted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("起草人"), related_name="+"
    )
    published_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("发布人"), related_name="+"
    )
    published_at = models.DateTimeField(_("发布时间"), null=True)

    objects = GroupScope["ArticleVersion"].as_manager()

    class Meta:
        permissions = [
            ("draft_article", _("起草知识条目")),
            ("publish_article", _("发布知识条目")),
        ]
        verbose_name = _("知识条目版本")
        verbose_name_plural = pgettext_lazy("plural", "知识条目版本")
        ordering = ["article", "-ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["article", "ordinal"], name="article_version_in_order"),
            models.UniqueConstraint(
                fields=["article"],
                condition=Q(state=ArticleState.DRAFT),
                name="one_draft_per_article",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} v{self.ordinal}"


class Answer(models.Model):
    """答复: the answer to an enquiry and the article version that it cites. Append-only."""

    company_path = "ticket__company"

    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, verbose_name=_("工单"), related_name="answers"
    )
    text = models.CharField(_("答复"), max_length=1000)
    cites = models.ForeignKey(
        ArticleVersion, on_delete=models.PROTECT, verbose_name=_("依据"), related_name="answers"
    )
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("答复人"), related_name="+"
    )
    answered_at = models.DateTimeField(_("答复时间"))

    objects = CompanyScope["Answer"].as_manager()

    class Meta:
        verbose_name = _("答复")
        verbose_name_plural = pgettext_lazy("plural", "答复")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.text[:40]
