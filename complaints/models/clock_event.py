from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.classes import PauseReason
from complaints.models.ticket import Ticket
from office.models import ClockEntry, Document
from office.scope import CompanyScope


class ClockEvent(ClockEntry):
    """时钟事件: an event of a ticket's clock, with its true time and the time of its entry.

    Append-only and in order: the database refuses an event before the last one (migration 0002).
    """

    company_path = "ticket__company"

    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, verbose_name=_("工单"), related_name="clock_events"
    )
    reason = models.CharField(_("暂停原因"), max_length=12, choices=PauseReason, blank=True)
    evidence = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, verbose_name=_("凭证"), related_name="+"
    )
    # By which visit of its main ticket a joined one ended: whose work it was, should it be redone.
    main_visit = models.ForeignKey(
        "complaints.Visit",
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("主单的上门"),
        related_name="+",
        db_index=False,
    )

    objects = CompanyScope["ClockEvent"].as_manager()

    class Meta:
        verbose_name = _("时钟事件")
        verbose_name_plural = pgettext_lazy("plural", "时钟事件")
        ordering = ["ticket", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "ordinal"], name="clock_event_in_order"),
            models.CheckConstraint(
                condition=Q(ordinal=1, kind="received") | (Q(ordinal__gt=1) & ~Q(kind="received")),
                name="clock_begins_with_receipt",
            ),
            models.CheckConstraint(
                condition=Q(at__lte=F("entered_at")), name="clock_event_before_entry"
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind="paused", reason__in=PauseReason.values, evidence__isnull=False)
                    | (~Q(kind="paused") & Q(reason="", evidence__isnull=True))
                ),
                name="clock_pause_has_reason_and_evidence",
            ),
        ]
        indexes = [
            models.Index(
                fields=["at"], condition=Q(kind__in=["done", "redo"]), name="clock_event_done"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"

    def pause_reason(self) -> str:
        return self.get_reason_display()
