from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Account
from office.language import Text
from office.models import Company, User
from office.scope import CompanyScope


class HeatUnit(models.TextChoices):
    """The unit in which a meter counts heat and a price is told; nothing is converted."""

    GJ = "GJ", "GJ"
    KWH = "kWh", "kWh"
    MWH = "MWh", "MWh"


class ReadingKind(models.TextChoices):
    """What a reading marks in the life of a meter."""

    START = "start", _("装表")
    REGULAR = "regular", _("抄表")
    FINAL = "final", _("拆表")


class ReadingSource(models.TextChoices):
    """Where a reading comes from."""

    VISIT = "visit", _("上门抄表")
    REMOTE = "remote", _("远传")
    CUSTOMER = "customer", _("用户报数")
    ESTIMATE = "estimate", _("估读")


class ReadingVerdict(models.TextChoices):
    """What a person decided on a reading that was held back."""

    CONFIRMED = "confirmed", _("确认")
    REFUSED = "refused", _("不采用")


class Meter(models.Model):
    """热表: a heat meter of an account, with what is needed to count by it. Append-only.

    Its start and its final reading are readings. A meter that replaces another names it.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, verbose_name=_("户号"), related_name="meters"
    )
    number = models.CharField(_("表号"), max_length=40)
    unit = models.CharField(_("计量单位"), max_length=3, choices=HeatUnit)
    register_digits = models.PositiveSmallIntegerField(_("表盘整数位数"), null=True)
    factor = models.DecimalField(_("修正系数"), max_digits=8, decimal_places=4, default=Decimal(1))
    installed_on = models.DateField(_("装表日期"))
    replaces = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("更换的旧表"),
        related_name="replacement",
    )
    source = models.CharField(_("依据"), max_length=120)
    entered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("登记人"), related_name="+"
    )
    entered_at = models.DateTimeField(_("登记时间"))

    objects = CompanyScope["Meter"].as_manager()

    class Meta:
        permissions = [
            ("install_meter", _("登记热表")),
            ("replace_meter", _("更换热表")),
            ("remove_meter", _("拆除热表")),
        ]
        verbose_name = _("热表")
        verbose_name_plural = pgettext_lazy("plural", "热表")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="one_meter_per_number"),
            models.CheckConstraint(condition=Q(factor__gt=0), name="meter_factor_above_zero"),
            models.CheckConstraint(
                condition=Q(register_digits__isnull=True)
                | Q(register_digits__gte=3, register_digits__lte=9),
                name="meter_register_size",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class MeterReading(models.Model):
    """热表读数: what a register showed on a day, or what somebody estimated. Append-only.

    A reading with a `held_reason` counts only after a person has confirmed it, and none counts that
    was withdrawn. A start or final reading entered again after that has the next `entry`.
    """

    company_path = "meter__company"

    meter = models.ForeignKey(
        Meter, on_delete=models.PROTECT, verbose_name=_("表号"), related_name="readings"
    )
    read_on = models.DateField(_("抄表日期"))
    value = models.DecimalField(_("读数"), max_digits=13, decimal_places=3)
    kind = models.CharField(
        _("种类"), max_length=8, choices=ReadingKind, default=ReadingKind.REGULAR
    )
    source = models.CharField(_("来源"), max_length=8, choices=ReadingSource)
    held_reason = models.CharField(_("待核实原因"), max_length=200, blank=True)
    entry = models.PositiveSmallIntegerField(_("登记次序"), default=1, db_default=1)
    entered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("登记人"), related_name="+"
    )
    entered_at = models.DateTimeField(_("登记时间"))

    objects = CompanyScope["MeterReading"].as_manager()

    class Meta:
        permissions = [
            ("record_meter_reading", _("登记热表读数")),
            ("confirm_meter_reading", _("确认待核实的读数")),
            ("refuse_meter_reading", _("不采用待核实的读数")),
            ("withdraw_meter_reading", _("撤销读数")),
        ]
        verbose_name = _("热表读数")
        verbose_name_plural = pgettext_lazy("plural", "热表读数")
        ordering = ["-read_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(value__gte=0), name="reading_not_negative"),
            models.UniqueConstraint(
                fields=["meter", "kind", "entry"],
                condition=~Q(kind="regular"),
                name="one_start_and_one_final_reading",
            ),
            # A start and a final reading are what was seen on the day: nothing waits for a person.
            models.CheckConstraint(
                condition=Q(kind="regular") | Q(held_reason=""), name="only_regular_readings_wait"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.read_on} {self.value.normalize():f}"

    @property
    def is_estimate(self) -> bool:
        return self.source == ReadingSource.ESTIMATE

    @property
    def is_waiting(self) -> bool:
        """Says whether a person has still to decide on it."""
        return bool(self.held_reason) and getattr(self, "decision", None) is None

    @property
    def is_withdrawn(self) -> bool:
        """Says whether a person took the reading back."""
        return getattr(self, "withdrawal", None) is not None

    @property
    def counts(self) -> bool:
        """Says whether heat is reckoned by the reading, as `on_record.COUNTS` says in SQL."""
        decision = getattr(self, "decision", None)
        is_confirmed = decision is not None and decision.verdict == ReadingVerdict.CONFIRMED
        return (not self.held_reason or is_confirmed) and not self.is_withdrawn

    @property
    def standing(self) -> Text:
        """Returns whether the reading counts, in words."""
        if self.is_withdrawn:
            return _("已撤销")
        if not self.held_reason:
            return _("有效")
        decision = getattr(self, "decision", None)
        return _("待核实") if decision is None else decision.get_verdict_display()


class MeterReadingDecision(models.Model):
    """What a person decided on a reading that was held back. Append-only."""

    company_path = "reading__meter__company"

    reading = models.OneToOneField(
        MeterReading, on_delete=models.PROTECT, verbose_name=_("读数"), related_name="decision"
    )
    verdict = models.CharField(_("结论"), max_length=9, choices=ReadingVerdict)
    reason = models.CharField(_("说明"), max_length=200)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("核实人"), related_name="+"
    )
    decided_at = models.DateTimeField(_("核实时间"))

    objects = CompanyScope["MeterReadingDecision"].as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("读数核实")
        verbose_name_plural = pgettext_lazy("plural", "读数核实")

    def __str__(self) -> str:
        return self.get_verdict_display()


class MeterReadingWithdrawal(models.Model):
    """读数撤销: a reading that counted and was taken back, by whom and why. Append-only."""

    company_path = "reading__meter__company"

    reading = models.OneToOneField(
        MeterReading, on_delete=models.PROTECT, verbose_name=_("读数"), related_name="withdrawal"
    )
    reason = models.CharField(_("原因"), max_length=200)
    withdrawn_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("撤销人"), related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("撤销时间"))

    objects = CompanyScope["MeterReadingWithdrawal"].as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("读数撤销")
        verbose_name_plural = pgettext_lazy("plural", "读数撤销")

    def __str__(self) -> str:
        return f"{self.reading} {self.reason}"


class MeterReadingLimit(models.Model):
    """热表读数核实限值: from which daily use on a reading waits for a person. Append-only.

    The company's latest limit of the meter's unit that had begun on the day of the reading holds.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    effective_from = models.DateField(_("执行日期"))
    unit = models.CharField(_("计量单位"), max_length=3, choices=HeatUnit)
    most_per_day = models.DecimalField(_("每日用热量上限"), max_digits=13, decimal_places=3)
    source = models.CharField(_("依据"), max_length=120)
    published_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("发布人"), related_name="+"
    )
    published_at = models.DateTimeField(_("发布时间"))

    objects = CompanyScope["MeterReadingLimit"].as_manager()

    class Meta:
        permissions = [
            ("publish_meter_reading_limit", _("发布热表读数核实限值")),
        ]
        verbose_name = _("热表读数核实限值")
        verbose_name_plural = pgettext_lazy("plural", "热表读数核实限值")
        ordering = ["company", "unit", "-effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "unit", "effective_from"], name="one_reading_limit_per_day"
            ),
            models.CheckConstraint(
                condition=Q(most_per_day__gt=0), name="reading_limit_above_zero"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effective_from} {self.most_per_day.normalize():f} {self.unit}"
