from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Collate, Reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.classes import Channel, Severity, Subject, TicketClass, TicketKind, class_of
from complaints.models.crew import Crew
from complaints.models.incident import Incident
from complaints.states import PROMISED_TICKETS, TicketState
from customers.models import (
    Account,
    Building,
    Community,
    HeatStation,
    Premise,
    SupplyContract,
)
from office.clock import ClockState
from office.models import Company, User
from office.scope import CompanyScope

_CLOCK_STATES = [
    (ClockState.RUNNING.value, _("计时中")),
    (ClockState.PAUSED.value, _("暂停")),
    (ClockState.DONE.value, _("已办结")),
]


class Ticket(models.Model):
    """工单: a report, enquiry or complaint, from the true time of the report to its end.

    `due_at`, `provisional` and `clock_state` are the clock's values after the last event, for the
    breach scan. Every operation on a ticket raises `version`; a user who saw an older version is
    refused.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    number = models.CharField(_("工单号"), max_length=24, unique=True)
    kind = models.CharField(_("类型"), max_length=10, choices=TicketKind)
    subject = models.CharField(_("事项"), max_length=10, choices=Subject)
    severity = models.CharField(_("级别"), max_length=8, choices=Severity, blank=True)
    channel = models.CharField(pgettext_lazy("service", "渠道"), max_length=12, choices=Channel)
    caller_name = models.CharField(_("来电人"), max_length=80, blank=True)
    caller_phone = models.CharField(_("来电号码"), max_length=20, blank=True)
    summary = models.CharField(_("内容"), max_length=500)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, verbose_name=_("户号"), related_name="tickets"
    )
    # The contract in force when the report came, as it was on file at intake: a change of owner
    # that is entered later does not hand the ticket to somebody else.
    contract = models.ForeignKey(
        SupplyContract,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("合同"),
        related_name="+",
    )
    premise = models.ForeignKey(
        Premise, on_delete=models.PROTECT, null=True, verbose_name=_("用热地点"), related_name="+"
    )
    building = models.ForeignKey(
        Building, on_delete=models.PROTECT, null=True, verbose_name=_("楼栋"), related_name="+"
    )
    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, null=True, verbose_name=_("小区"), related_name="+"
    )
    heat_station = models.ForeignKey(
        HeatStation, on_delete=models.PROTECT, null=True, verbose_name=_("换热站"), related_name="+"
    )
    reported_at = models.DateTimeField(_("报告时间"))
    entered_at = models.DateTimeField(_("录入时间"))
    entered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("录入人"), related_name="+"
    )
    form_key = models.CharField(max_length=64, null=True, unique=True, editable=False)
    confirmation_owed = models.BooleanField(default=False, db_default=False, editable=False)
    outside_reference = models.CharField(_("12345 工单号"), max_length=40, blank=True)
    outside_due_at = models.DateTimeField(_("12345 限办时间"), null=True)
    state = models.CharField(
        _("状态"), max_length=12, choices=TicketState, default=TicketState.OPEN
    )
    version = models.PositiveIntegerField(_("版本"), default=1)
    clock_state = models.CharField(
        _("时钟"), max_length=8, choices=_CLOCK_STATES, default=ClockState.RUNNING.value
    )
    due_at = models.DateTimeField(_("到期时间"), null=True)
    provisional = models.BooleanField(_("到期暂定"), default=False, db_default=False)
    redo_count = models.PositiveSmallIntegerField(_("返工次数"), default=0)
    crew = models.ForeignKey(
        Crew, on_delete=models.PROTECT, null=True, verbose_name=_("班组"), related_name="tickets"
    )
    assigned_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("派工人"), related_name="+"
    )
    repaired_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("维修人"), related_name="+"
    )
    verified_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("返工验收人"), related_name="+"
    )
    resolved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("办结人"), related_name="+"
    )
    resolution = models.CharField(_("处理结果"), max_length=500, blank=True)
    duplicate_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, verbose_name=_("主单"), related_name="joined"
    )
    incident = models.ForeignKey(
        Incident,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("故障"),
        related_name="tickets",
    )

    objects = CompanyScope["Ticket"].as_manager()

    class Meta:
        permissions = [
            ("open_ticket", _("受理工单")),
            ("reclassify_ticket", _("改判工单类别")),
            ("join_duplicate", _("并单")),
            ("separate_duplicate", _("拆单")),
            ("assign_ticket", _("派工")),
            ("pause_ticket", _("暂停计时")),
            ("resume_ticket", _("恢复计时")),
            ("resolve_ticket", _("办结工单")),
            ("reopen_ticket", _("返工")),
            ("close_ticket", _("关闭工单")),
            ("hand_over_enquiry", _("转办咨询")),
            ("answer_enquiry", _("答复咨询")),
        ]
        verbose_name = _("工单")
        verbose_name_plural = pgettext_lazy("plural", "工单")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=TicketKind.REPAIR, severity__in=Severity.values)
                | (~Q(kind=TicketKind.REPAIR) & Q(severity="")),
                name="ticket_severity_of_repairs_only",
            ),
            models.CheckConstraint(
                condition=Q(reported_at__lte=F("entered_at")), name="ticket_reported_before_entry"
            ),
            models.CheckConstraint(
                condition=(
                    Q(channel=Channel.GOVERNMENT, outside_due_at__isnull=False)
                    & ~Q(outside_reference="")
                )
                | (
                    ~Q(channel=Channel.GOVERNMENT)
                    & Q(outside_due_at__isnull=True, outside_reference="")
                ),
                name="ticket_outside_deadline_of_12345",
            ),
            models.CheckConstraint(
                condition=Q(state=TicketState.JOINED, duplicate_of__isnull=False)
                | ~Q(state=TicketState.JOINED),
                name="ticket_joined_to_another",
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of__isnull=True) | ~Q(duplicate_of=F("id")),
                name="ticket_not_its_own_duplicate",
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("repaired_by")),
                name="ticket_verified_by_another",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=[*PROMISED_TICKETS]),
                name="ticket_promised_due",
            ),
            models.Index(
                fields=["outside_due_at"],
                condition=Q(state__in=[*PROMISED_TICKETS], outside_due_at__isnull=False),
                name="ticket_outside_due",
            ),
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=[*PROMISED_TICKETS], provisional=True),
                name="ticket_provisional",
            ),
            models.Index(fields=["company", "state", "-id"], name="ticket_company_state"),
            models.Index(fields=["building", "-id"], name="ticket_building"),
            models.Index(fields=["company", "caller_phone"], name="ticket_caller"),
            models.Index(fields=["reported_at"], name="ticket_reported"),
            models.Index(fields=["due_at"], name="ticket_due"),
            models.Index(
                fields=["id"], condition=Q(confirmation_owed=True), name="ticket_unconfirmed"
            ),
            # For the list: a company's newest, and each way of the search box.
            models.Index(fields=["company", "-id"], name="ticket_company_newest"),
            models.Index(
                F("company"), Collate(Reverse("caller_phone"), "C"), name="ticket_phone_tail"
            ),
            models.Index(
                fields=["company", "caller_name"],
                opclasses=["int8_ops", "text_pattern_ops"],
                name="ticket_called_by",
            ),
            models.Index(
                fields=["outside_reference"],
                opclasses=["text_pattern_ops"],
                condition=~Q(outside_reference=""),
                name="ticket_outside_reference",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def place(self) -> str:
        """Returns the narrowest place on file: flat, building, community or heat station."""
        nearest = self.premise or self.building or self.community or self.heat_station
        return str(nearest or "")

    @property
    def ticket_class(self) -> TicketClass:
        return class_of(self.kind, self.severity)
