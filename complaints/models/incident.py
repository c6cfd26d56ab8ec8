from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.states import IncidentState
from customers.models import Account, Building, Community, HeatSource, HeatStation, Loop
from office.models import Company, User
from office.scope import CompanyScope


class IncidentLevel(models.TextChoices):
    SOURCE = "source", _("热源")
    STATION = "station", _("换热站")
    LOOP = "loop", _("二次网环路")
    COMMUNITY = "community", _("小区")
    BUILDING = "building", _("楼栋")


class Incident(models.Model):
    """故障停热: one cause, unforeseen or planned, that leaves many flats cold.

    It affects everything below its heat sources, heat stations, loops, communities and buildings.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    number = models.CharField(_("编号"), max_length=24, unique=True)
    level = models.CharField(_("层级"), max_length=10, choices=IncidentLevel)
    cause = models.CharField(_("原因"), max_length=200)
    planned = models.BooleanField(_("计划停热"), default=False)
    heat_sources = models.ManyToManyField(HeatSource, verbose_name=_("热源"), blank=True)
    heat_stations = models.ManyToManyField(HeatStation, verbose_name=_("换热站"), blank=True)
    loops = models.ManyToManyField(Loop, verbose_name=_("二次网环路"), blank=True)
    communities = models.ManyToManyField(Community, verbose_name=_("小区"), blank=True)
    buildings = models.ManyToManyField(Building, verbose_name=_("楼栋"), blank=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=IncidentState, default=IncidentState.REGISTERED
    )
    starts_at = models.DateTimeField(_("开始时间"))
    expected_end_at = models.DateTimeField(_("预计恢复"), null=True)
    restored_at = models.DateTimeField(_("恢复时间"), null=True)
    registered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("登记人"), related_name="+"
    )
    registered_at = models.DateTimeField(_("登记时间"))

    objects = CompanyScope["Incident"].as_manager()

    class Meta:
        permissions = [
            ("register_incident", _("登记故障停热")),
            ("announce_outage", _("公告计划停热")),
            ("begin_incident", _("开始抢修")),
            ("attach_tickets", _("工单并入故障")),
            ("notify_affected", _("通知受影响用户")),
            ("restore_incident", _("恢复供热")),
            ("close_incident", _("关闭故障")),
            ("cancel_incident", _("取消停热")),
        ]
        verbose_name = _("故障停热")
        verbose_name_plural = pgettext_lazy("plural", "故障停热")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(restored_at__isnull=True) | Q(restored_at__gte=models.F("starts_at")),
                name="incident_restored_after_start",
            )
        ]

    def __str__(self) -> str:
        return self.number


class Notice(models.Model):
    """停热通知: a text to the affected accounts, stored with the list of them. Append-only."""

    company_path = "incident__company"

    incident = models.ForeignKey(
        Incident, on_delete=models.PROTECT, verbose_name=_("故障"), related_name="notices"
    )
    text = models.CharField(_("内容"), max_length=500)
    accounts = models.PositiveIntegerField(_("户数"))
    issued_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("发布人"), related_name="+"
    )
    issued_at = models.DateTimeField(_("发布时间"))

    objects = CompanyScope["Notice"].as_manager()

    class Meta:
        verbose_name = _("停热通知")
        verbose_name_plural = pgettext_lazy("plural", "停热通知")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.text


class NoticeRecipient(models.Model):
    """An account that a notice is sent to. Append-only."""

    company_path = "notice__incident__company"

    notice = models.ForeignKey(
        Notice, on_delete=models.PROTECT, verbose_name=_("通知"), related_name="recipients"
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, verbose_name=_("户号"), related_name="+"
    )

    objects = CompanyScope["NoticeRecipient"].as_manager()

    class Meta:
        verbose_name = _("通知用户")
        verbose_name_plural = pgettext_lazy("plural", "通知用户")
        constraints = [
            models.UniqueConstraint(fields=["notice", "account"], name="told_once_per_notice")
        ]

    def __str__(self) -> str:
        return f"{self.account_id}"
