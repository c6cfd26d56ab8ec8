from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.classes import Channel, TicketKind
from complaints.measures import KPIS, Measure
from complaints.models.crew import Crew
from customers.models import HeatStation
from office.models import Company
from office.scope import CompanyScope

_MEASURES = [(measure.value, measure.value) for measure in Measure]
_UNKEYED: dict[str, Any] = {
    "on_delete": models.DO_NOTHING,
    "db_constraint": False,
    "db_index": False,
    "related_name": "+",
}


class KpiTally(models.Model):
    """指标记数: a row for a ticket (or temperature test) that counts for a measure on a day.

    It is derived from the present records (`kpis/rows.py`) and changes with them; published figures
    are in the facts. It refers to other rows without foreign keys, since those are never deleted.
    The database adds a column `digest` of all other columns, which a recount compares.
    """

    pk = models.CompositePrimaryKey("record", "measure", "day")
    record = models.BigIntegerField(_("工单或测温"))
    company = models.ForeignKey(Company, verbose_name=_("公司"), **_UNKEYED)
    heat_station = models.ForeignKey(HeatStation, null=True, verbose_name=_("换热站"), **_UNKEYED)
    crew = models.ForeignKey(Crew, null=True, verbose_name=_("班组"), **_UNKEYED)
    day = models.DateField(_("业务日"))
    minutes = models.IntegerField(_("分钟"), null=True)
    hit = models.BooleanField(_("达标"))
    measure = models.CharField(_("计数"), max_length=12, choices=_MEASURES)
    kind = models.CharField(_("类型"), max_length=10, choices=TicketKind, blank=True)
    channel = models.CharField(
        pgettext_lazy("service", "渠道"), max_length=12, choices=Channel, blank=True
    )

    objects = CompanyScope["KpiTally"].as_manager()

    class Meta:
        verbose_name = _("指标记数")
        verbose_name_plural = pgettext_lazy("plural", "指标记数")
        indexes = [models.Index(fields=["day"], name="kpi_tally_day")]

    def __str__(self) -> str:
        return f"{self.measure} {self.record} {self.day}"


class KpiStale(models.Model):
    """指标待算: a ticket or test to be tallied anew, or a frozen day to be revised.

    Triggers insert the rows whenever a record changes, whoever changes it. A row is deleted in the
    transaction that does the work.
    """

    ticket_id = models.BigIntegerField(_("工单"), null=True)
    test_id = models.BigIntegerField(_("测温"), null=True)
    day = models.DateField(_("业务日"), null=True)

    class Meta:
        verbose_name = _("指标待算")
        verbose_name_plural = pgettext_lazy("plural", "指标待算")

    def __str__(self) -> str:
        return f"{self.ticket_id or self.test_id or self.day}"


class KpiNight(models.Model):
    """指标夜算: the figures of one business day as they were frozen. Append-only.

    The highest revision of a day is valid; earlier ones are what was published before. `input_hash`
    is the SHA-256 of all rows that were counted: record, place, hit or not, minutes.
    """

    day = models.DateField(_("业务日"))
    revision = models.PositiveSmallIntegerField(_("修订"))
    definition_version = models.PositiveSmallIntegerField(_("定义版本"))
    input_hash = models.CharField(_("输入摘要"), max_length=64)
    computed_at = models.DateTimeField(_("计算时间"))

    class Meta:
        permissions = [("view_kpis", _("查看服务指标"))]
        verbose_name = _("指标夜算")
        verbose_name_plural = pgettext_lazy("plural", "指标夜算")
        ordering = ["-day", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["day", "revision"], name="one_night_per_revision"),
            models.CheckConstraint(condition=Q(revision__gte=1), name="night_revisions_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.day} r{self.revision}"


class KpiFact(models.Model):
    """指标事实: how many tickets one cell of a day counts, and which ones. Append-only.

    `counted` are the keys of tickets (tests for room temperature) in ascending order, `hits` those
    of them in the numerator, `minutes` one number for each counted ticket.
    """

    night = models.ForeignKey(
        KpiNight, on_delete=models.PROTECT, verbose_name=_("夜算"), related_name="facts"
    )
    measure = models.CharField(_("计数"), max_length=12, choices=_MEASURES)
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    heat_station = models.ForeignKey(
        HeatStation, on_delete=models.PROTECT, null=True, verbose_name=_("换热站"), related_name="+"
    )
    crew = models.ForeignKey(
        Crew, on_delete=models.PROTECT, null=True, verbose_name=_("班组"), related_name="+"
    )
    kind = models.CharField(_("类型"), max_length=10, choices=TicketKind, blank=True)
    channel = models.CharField(
        pgettext_lazy("service", "渠道"), max_length=12, choices=Channel, blank=True
    )
    denominator = models.PositiveIntegerField(_("分母"))
    numerator = models.PositiveIntegerField(_("分子"))
    counted = ArrayField(models.BigIntegerField(), verbose_name=_("计入"))
    hits = ArrayField(models.BigIntegerField(), verbose_name=_("达标"))
    minutes = ArrayField(models.IntegerField(), null=True, verbose_name=_("分钟"))

    objects = CompanyScope["KpiFact"].as_manager()

    class Meta:
        verbose_name = _("指标事实")
        verbose_name_plural = pgettext_lazy("plural", "指标事实")
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "night",
                    "company",
                    "measure",
                    "heat_station",
                    "crew",
                    "kind",
                    "channel",
                ],
                nulls_distinct=False,
                name="one_fact_per_cell",
            ),
            models.CheckConstraint(
                condition=Q(numerator__lte=models.F("denominator")), name="fact_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.numerator}/{self.denominator}"


class KpiCorrection(models.Model):
    """指标更正: a published figure of a company that a later revision changed. Append-only.

    `before` and `after` are figures as in `kpis/arithmetic.py`; `counted` are the tickets (tests
    for room temperature) that were added, removed or changed; `cause` is the late entry.
    """

    night = models.ForeignKey(
        KpiNight, on_delete=models.PROTECT, verbose_name=_("夜算"), related_name="corrections"
    )
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    kpi = models.CharField(_("指标"), max_length=20, choices=[(kpi.code, kpi.name) for kpi in KPIS])
    before = models.JSONField(_("原值"))
    after = models.JSONField(_("现值"))
    counted = ArrayField(models.BigIntegerField(), verbose_name=_("涉及"))
    cause = models.TextField(_("原因"))

    objects = CompanyScope["KpiCorrection"].as_manager()

    class Meta:
        verbose_name = _("指标更正")
        verbose_name_plural = pgettext_lazy("plural", "指标更正")
        ordering = ["-night__day", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["night", "company", "kpi"], name="one_correction_per_figure"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kpi_display()} {self.night.day}"
