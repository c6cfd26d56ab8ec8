from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.connection_states import AnnualPlanState
from office.models import Company
from office.scope import CompanyScope


class AnnualPlan(models.Model):
    """年度入网计划: the area that a company means to connect in a year, from the areas surveyed.

    `target_area` is in m². Leaders approve it; from then on nothing in it changes.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    state = models.CharField(
        _("状态"), max_length=10, choices=AnnualPlanState, default=AnnualPlanState.DRAFTED
    )
    target_area = models.DecimalField(_("年度目标（m²）"), max_digits=14, decimal_places=2)
    source = models.CharField(_("依据"), max_length=200)
    drafted_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("起草人"), related_name="+"
    )
    drafted_at = models.DateTimeField(_("起草时间"))
    approved_at = models.DateTimeField(_("批准时间"), null=True)

    objects = CompanyScope["AnnualPlan"].as_manager()

    class Meta:
        verbose_name = _("年度入网计划")
        verbose_name_plural = pgettext_lazy("plural", "年度入网计划")
        ordering = ["-year", "company"]
        permissions = [
            ("draft_annual_plan", _("编制年度入网计划")),
            ("approve_annual_plan", _("审批年度入网计划")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["company", "year"], name="one_annual_plan_per_year"),
            models.CheckConstraint(condition=Q(target_area__gt=Decimal(0)), name="annual_target"),
            models.CheckConstraint(
                condition=Q(state=AnnualPlanState.APPROVED, approved_at__isnull=False)
                | (~Q(state=AnnualPlanState.APPROVED) & Q(approved_at__isnull=True)),
                name="annual_plan_approved_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company.short_name} {self.year}"


class SurveyedArea(models.Model):
    """调研片区: a part of the city with its demand for heat, surveyed for the plan of a year.

    `demand_kw` is the heat load in kW, the areas are in m²; `longitude` and `latitude` are those of
    its middle, in degrees.
    """

    company_path = "plan__company"

    plan = models.ForeignKey(
        AnnualPlan,
        on_delete=models.PROTECT,
        verbose_name=_("年度入网计划"),
        related_name="areas",
    )
    name = models.CharField(_("片区"), max_length=60)
    demand_kw = models.DecimalField(_("热负荷需求（kW）"), max_digits=12, decimal_places=2)
    potential_area = models.DecimalField(_("潜在面积（m²）"), max_digits=14, decimal_places=2)
    target_area = models.DecimalField(_("计划面积（m²）"), max_digits=14, decimal_places=2)
    longitude = models.DecimalField(_("经度"), max_digits=9, decimal_places=6)
    latitude = models.DecimalField(_("纬度"), max_digits=8, decimal_places=6)
    surveyed_on = models.DateField(_("调研日期"))
    remark = models.CharField(_("市场情况"), max_length=300)
    entered_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("登记人"), related_name="+"
    )
    entered_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("调研片区")
        verbose_name_plural = pgettext_lazy("plural", "调研片区")
        default_permissions = ()
        ordering = ["plan", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "name"], name="one_area_per_plan"),
            models.CheckConstraint(
                condition=Q(
                    demand_kw__gt=Decimal(0),
                    potential_area__gt=Decimal(0),
                    target_area__gte=Decimal(0),
                    target_area__lte=F("potential_area"),
                ),
                name="surveyed_area_figures",
            ),
            models.CheckConstraint(
                condition=Q(
                    longitude__gte=Decimal(73),
                    longitude__lte=Decimal(136),
                    latitude__gte=Decimal(3),
                    latitude__lte=Decimal(54),
                ),
                name="surveyed_area_in_china",
            ),
        ]

    def __str__(self) -> str:
        return self.name
