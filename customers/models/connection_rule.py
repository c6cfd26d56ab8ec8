from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.customer import CustomerKind
from office.models import Company
from office.scope import CompanyScope


class ConnectionRule(models.Model):
    """入网规定: the working days that a company promises for each step, and the quorum of a review.

    The rule that started last is in force; the days of a step are those of the day on which the
    step began.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    starts = models.DateField(_("执行日期"))
    accept_days = models.PositiveSmallIntegerField(_("受理（工作日）"))
    survey_days = models.PositiveSmallIntegerField(_("踏勘（工作日）"))
    design_days = models.PositiveSmallIntegerField(_("初步设计（工作日）"))
    # The defaults are for the rules from before these columns; whoever enters a rule says a number.
    review_days = models.PositiveSmallIntegerField(_("联合会审（工作日）"), db_default=1)
    plan_days = models.PositiveSmallIntegerField(_("方案与预算（工作日）"), db_default=1)
    approval_days = models.PositiveSmallIntegerField(_("方案审批（工作日）"), db_default=1)
    contract_days = models.PositiveSmallIntegerField(_("签订合同（工作日）"), db_default=1)
    kick_off_days = models.PositiveSmallIntegerField(_("启动会（工作日）"), db_default=1)
    construction_days = models.PositiveSmallIntegerField(_("施工（工作日）"), db_default=1)
    heat_on_days = models.PositiveSmallIntegerField(_("通热（工作日）"), db_default=1)
    quorum = models.PositiveSmallIntegerField(_("会审法定人数"), db_default=1)
    outside_quorum = models.PositiveSmallIntegerField(_("其中外部专家"), db_default=1)
    source = models.CharField(_("依据"), max_length=120)

    objects = CompanyScope["ConnectionRule"].as_manager()

    class Meta:
        verbose_name = _("入网规定")
        verbose_name_plural = pgettext_lazy("plural", "入网规定")
        ordering = ["company", "-starts"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "starts"], name="one_connection_rule_per_day"
            ),
            models.CheckConstraint(
                condition=Q(
                    accept_days__gte=1,
                    survey_days__gte=1,
                    design_days__gte=1,
                    review_days__gte=1,
                    plan_days__gte=1,
                    approval_days__gte=1,
                    contract_days__gte=1,
                    kick_off_days__gte=1,
                    construction_days__gte=1,
                    heat_on_days__gte=1,
                    quorum__gte=1,
                    outside_quorum__lte=F("quorum"),
                ),
                name="connection_rule_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.starts}"


class PaperOf(models.TextChoices):
    """The applicants of whom a paper is asked."""

    EVERYBODY = "everybody", _("所有申请人")
    ORGANISATION = "organisation", _("单位")
    RESIDENT = "resident", _("居民")


class ConnectionPaperRule(models.Model):
    """入网材料清单: a paper that an application must have, from one day to another."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    name = models.CharField(_("材料名称"), max_length=60)
    paper_of = models.CharField(
        _("申请人"), max_length=12, choices=PaperOf, default=PaperOf.EVERYBODY
    )
    starts = models.DateField(_("自"))
    ends = models.DateField(_("至"), null=True, blank=True)
    source = models.CharField(_("依据"), max_length=120)

    objects = CompanyScope["ConnectionPaperRule"].as_manager()

    class Meta:
        verbose_name = _("入网材料清单")
        verbose_name_plural = pgettext_lazy("plural", "入网材料清单")
        ordering = ["company", "starts", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                name="connection_paper_rule_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["company", "name", "starts"], name="one_connection_paper_rule"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def asked_of(kind: str) -> Q:
        """Returns the condition for the papers that an applicant of this kind must hand in."""
        group = PaperOf.RESIDENT if kind == CustomerKind.RESIDENT else PaperOf.ORGANISATION
        return Q(paper_of__in=[PaperOf.EVERYBODY, group])
