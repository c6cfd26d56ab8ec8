from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.change_states import ResumptionState, StopHeatState
from billing.models.season import HeatingSeason
from customers.models import Account, SupplyContract
from office.models import Company, User
from office.scope import CompanyScope


class StopHeatTerms(models.Model):
    """报停办法: under which conditions a company stops the heat of flats in one season.

    The share that is still paid stands in the price document (`stop_heat_ratio`). Both ends of the
    window are included. A condition that is not set does not apply. Append-only.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    season = models.OneToOneField(
        HeatingSeason,
        on_delete=models.PROTECT,
        verbose_name=_("采暖季"),
        related_name="stop_heat_terms",
    )
    opens_on = models.DateField(_("受理起日"))
    closes_on = models.DateField(_("受理止日"))
    no_arrears = models.BooleanField(_("须无欠费"), default=True)
    separable = models.BooleanField(_("须能分户关断"), default=True)
    heated_last_season = models.BooleanField(_("上一采暖季须用热"), default=False)
    out_of_warranty = models.BooleanField(_("建筑须过保修期"), default=False)
    most_of_unit = models.DecimalField(
        _("单元内报停户数上限"), max_digits=5, decimal_places=4, null=True
    )
    partial_allowed = models.BooleanField(_("可部分报停"), default=False)
    reopening_fee_fen = models.BigIntegerField(_("复热开栓费（分）"), default=0)
    self_reconnection_fee_fen = models.BigIntegerField(_("自行接通违约费（分）"), default=0)
    source = models.CharField(_("依据"), max_length=120)
    published_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("发布人"), related_name="+"
    )
    published_at = models.DateTimeField(_("发布时间"))

    objects = CompanyScope["StopHeatTerms"].as_manager()

    class Meta:
        permissions = [
            ("publish_stop_heat_terms", _("发布报停办法")),
        ]
        verbose_name = _("报停办法")
        verbose_name_plural = pgettext_lazy("plural", "报停办法")
        ordering = ["company", "-opens_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")), name="stop_heat_window_is_open"
            ),
            models.CheckConstraint(
                condition=Q(most_of_unit__isnull=True) | Q(most_of_unit__gt=0, most_of_unit__lte=1),
                name="stopped_share_of_unit_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(reopening_fee_fen__gte=0, self_reconnection_fee_fen__gte=0),
                name="stop_heat_fees_not_below_zero",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.season} {self.opens_on} – {self.closes_on}"


class StopHeat(models.Model):
    """报停: the application of an account to have no heat for a season, approved by others.

    `ordinals` are the areas concerned; empty means all of them. `conditions` are the answers to the
    terms at the moment of application. It ends with its season: the next needs another.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    season = models.ForeignKey(
        HeatingSeason, on_delete=models.PROTECT, verbose_name=_("采暖季"), related_name="+"
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, verbose_name=_("户号"), related_name="stops"
    )
    contract = models.ForeignKey(
        SupplyContract, on_delete=models.PROTECT, verbose_name=_("合同"), related_name="+"
    )
    ordinals = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("报停面积序号"), default=list
    )
    conditions = models.JSONField(_("条件审核"), default=list)
    source = models.CharField(_("申请材料"), max_length=120)
    state = models.CharField(
        _("状态"), max_length=10, choices=StopHeatState, default=StopHeatState.APPLIED
    )
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, verbose_name=_("受理人"), related_name="+"
    )
    created_at = models.DateTimeField(_("受理时间"))
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("审核人"), related_name="+"
    )
    approved_at = models.DateTimeField(_("审核时间"), null=True)

    objects = CompanyScope["StopHeat"].as_manager()

    class Meta:
        permissions = [
            ("apply_stop_heat", _("受理报停")),
            ("approve_stop_heat", _("审核报停")),
            ("cancel_stop_heat", _("取消报停申请")),
        ]
        verbose_name = _("报停")
        verbose_name_plural = pgettext_lazy("plural", "报停")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "season"],
                condition=Q(state__in=["applied", "approved"]),
                name="one_stop_per_account_and_season",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("created_by")),
                name="stop_heat_approved_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.season} #{self.pk}"


class ResumptionCause(models.TextChoices):
    """Why the heat of a stopped account runs again."""

    APPLIED = "applied", _("用户申请复热")
    SELF_RECONNECTED = "reconnected", _("自行接通，报停作废")


class Resumption(models.Model):
    """复热: the end of a stop before its season ends, approved by others; it names its stop.

    The approval bills what is lacking to the full charge and the fee of the terms.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    stop = models.ForeignKey(
        StopHeat, on_delete=models.PROTECT, verbose_name=_("报停"), related_name="resumptions"
    )
    cause = models.CharField(_("原因"), max_length=12, choices=ResumptionCause)
    due_on = models.DateField(_("缴费截止日"))
    fee_fen = models.BigIntegerField(_("开栓费或违约费（分）"))
    top_up_fen = models.BigIntegerField(_("补足热费（分）"), default=0)
    source = models.CharField(_("依据"), max_length=120)
    state = models.CharField(
        _("状态"), max_length=10, choices=ResumptionState, default=ResumptionState.DRAFTED
    )
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, verbose_name=_("受理人"), related_name="+"
    )
    created_at = models.DateTimeField(_("受理时间"))
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("审核人"), related_name="+"
    )
    approved_at = models.DateTimeField(_("审核时间"), null=True)

    objects = CompanyScope["Resumption"].as_manager()

    class Meta:
        permissions = [
            ("draft_resumption", _("受理复热")),
            ("approve_resumption", _("审核复热")),
            ("cancel_resumption", _("取消复热申请")),
        ]
        verbose_name = _("复热")
        verbose_name_plural = pgettext_lazy("plural", "复热")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["stop"],
                condition=Q(state__in=["drafted", "approved"]),
                name="one_resumption_per_stop",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("created_by")),
                name="resumption_approved_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stop} {self.due_on}"
