from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.connection import Connection


class PreliminaryDesign(models.Model):
    """初步设计: one version of how a project is connected. Append-only; the latest version counts.

    `designer` is the outside office that drew it, empty where engineering drew it itself;
    `heat_load_kw` is in kW, `pipe_m` in metres.
    """

    company_path = "connection__company"

    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, verbose_name=_("供热入网"), related_name="designs"
    )
    version = models.PositiveSmallIntegerField(_("版本"))
    designer = models.CharField(_("外部设计单位"), max_length=80, blank=True)
    heat_load_kw = models.DecimalField(_("热负荷（kW）"), max_digits=10, decimal_places=2)
    pipe_m = models.PositiveIntegerField(_("管线长度（m）"))
    scheme = models.CharField(_("设计方案"), max_length=1000)
    submitted_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("提交人"), related_name="+"
    )
    submitted_at = models.DateTimeField(_("提交时间"))

    class Meta:
        verbose_name = _("初步设计")
        verbose_name_plural = pgettext_lazy("plural", "初步设计")
        default_permissions = ()
        ordering = ["connection", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "version"], name="one_design_per_version"
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1, heat_load_kw__gt=Decimal(0)), name="design_figures"
            ),
        ]

    def __str__(self) -> str:
        return f"V{self.version}"


class DesignReview(models.Model):
    """联合会审: experts inside and outside judge one version of a design.

    `quorum` opinions are needed, `outside_quorum` of them by outside experts; both are those of the
    day on which the review began. `passed` is empty while it is open.
    """

    company_path = "connection__company"

    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, verbose_name=_("供热入网"), related_name="reviews"
    )
    design = models.OneToOneField(
        PreliminaryDesign,
        on_delete=models.PROTECT,
        verbose_name=_("初步设计"),
        related_name="review",
    )
    quorum = models.PositiveSmallIntegerField(_("法定人数"))
    outside_quorum = models.PositiveSmallIntegerField(_("其中外部专家"))
    opened_at = models.DateTimeField(_("开始时间"))
    passed = models.BooleanField(_("通过"), null=True)
    summary = models.CharField(_("会审结论"), max_length=500, blank=True)
    closed_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("结束人"),
        related_name="+",
    )
    closed_at = models.DateTimeField(_("结束时间"), null=True)

    class Meta:
        verbose_name = _("联合会审")
        verbose_name_plural = pgettext_lazy("plural", "联合会审")
        default_permissions = ()
        ordering = ["connection", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection"], condition=Q(closed_at__isnull=True), name="one_review_open"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, passed__isnull=True)
                | Q(closed_at__isnull=False, passed__isnull=False),
                name="review_closed_with_a_result",
            ),
            models.CheckConstraint(
                condition=Q(quorum__gte=1, outside_quorum__lte=F("quorum")), name="review_quorum"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection.number} {self.design}"


class DesignReviewer(models.Model):
    """会审专家: somebody who was asked for an opinion; without `user`, from outside. Append-only.

    An outside expert answers by a one-time link and proves to be the invited one by the last digits
    of the telephone.
    """

    company_path = "review__connection__company"

    review = models.ForeignKey(
        DesignReview, on_delete=models.PROTECT, verbose_name=_("联合会审"), related_name="reviewers"
    )
    user = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("员工"),
        related_name="+",
    )
    name = models.CharField(_("姓名"), max_length=40)
    organisation = models.CharField(_("单位"), max_length=80)
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    invited_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("邀请人"), related_name="+"
    )
    invited_at = models.DateTimeField(_("邀请时间"))

    class Meta:
        verbose_name = _("会审专家")
        verbose_name_plural = pgettext_lazy("plural", "会审专家")
        default_permissions = ()
        ordering = ["review", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "user"],
                condition=Q(user__isnull=False),
                name="reviewer_invited_once",
            ),
            models.UniqueConstraint(
                fields=["review", "phone"],
                condition=Q(user__isnull=True),
                name="outside_reviewer_invited_once",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False) | ~Q(phone=""), name="outside_reviewer_has_a_phone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.organisation}）"


class ReviewVerdict(models.TextChoices):
    AGREE = "agree", _("同意")
    CONDITIONS = "conditions", _("有条件同意")
    AGAINST = "against", _("不同意")


class ReviewOpinion(models.Model):
    """会审意见: what an expert says of a design, signed by name. Append-only."""

    company_path = "reviewer__review__connection__company"

    reviewer = models.OneToOneField(
        DesignReviewer, on_delete=models.PROTECT, verbose_name=_("会审专家"), related_name="opinion"
    )
    verdict = models.CharField(_("结论"), max_length=12, choices=ReviewVerdict)
    text = models.CharField(_("意见"), max_length=1000)
    signature = models.CharField(_("签名"), max_length=40)
    signed_at = models.DateTimeField(_("签署时间"))
    # The address from which an outside expert signed.
    origin = models.CharField(_("来源"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("会审意见")
        verbose_name_plural = pgettext_lazy("plural", "会审意见")
        default_permissions = ()
        ordering = ["signed_at", "pk"]

    def __str__(self) -> str:
        return f"{self.signature} {self.get_verdict_display()}"


class ReviewCondition(models.Model):
    """会审条件: what an expert asks to be done; the plan waits until somebody confirms it."""

    company_path = "opinion__reviewer__review__connection__company"

    opinion = models.ForeignKey(
        ReviewOpinion,
        on_delete=models.PROTECT,
        verbose_name=_("会审意见"),
        related_name="conditions",
    )
    text = models.CharField(_("条件"), max_length=200)
    evidence = models.CharField(_("落实情况"), max_length=400, blank=True)
    met_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("确认人"),
        related_name="+",
    )
    met_at = models.DateTimeField(_("确认时间"), null=True)

    class Meta:
        verbose_name = _("会审条件")
        verbose_name_plural = pgettext_lazy("plural", "会审条件")
        default_permissions = ()
        ordering = ["opinion", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(met_at__isnull=True, met_by__isnull=True, evidence="")
                | (Q(met_at__isnull=False, met_by__isnull=False) & ~Q(evidence="")),
                name="review_condition_met_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return self.text


class ConnectionBudget(models.Model):
    """施工方案与预算: what is built for a connection and for how much. Append-only; the latest
    version counts.
    """

    company_path = "connection__company"

    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, verbose_name=_("供热入网"), related_name="budgets"
    )
    version = models.PositiveSmallIntegerField(_("版本"))
    scheme = models.CharField(_("施工方案"), max_length=1000)
    amount_fen = models.BigIntegerField(_("预算（分）"))
    starts_on = models.DateField(_("计划开工"))
    ends_on = models.DateField(_("计划完工"))
    drafted_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("起草人"), related_name="+"
    )
    drafted_at = models.DateTimeField(_("起草时间"))

    class Meta:
        verbose_name = _("施工方案与预算")
        verbose_name_plural = pgettext_lazy("plural", "施工方案与预算")
        default_permissions = ()
        ordering = ["connection", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "version"], name="one_budget_per_version"
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, ends_on__gte=F("starts_on")), name="budget_figures"
            ),
        ]

    def __str__(self) -> str:
        return f"V{self.version}"
