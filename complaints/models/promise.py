from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.classes import TicketClass
from complaints.models.promise_rule import PromiseRule
from complaints.models.ticket import Ticket
from office.models import PromiseMade
from office.scope import CompanyScope


class PromiseCause(models.TextChoices):
    OPENED = "opened", _("受理")
    RECLASSIFIED = "reclassified", _("改判类别")
    FIRMED_UP = "firmed_up", _("节假日公布")


class Promise(PromiseMade):
    """承诺: a due time promised for a ticket under a rule. The latest is valid; append-only."""

    company_path = "ticket__company"

    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, verbose_name=_("工单"), related_name="promises"
    )
    rule = models.ForeignKey(
        PromiseRule, on_delete=models.PROTECT, verbose_name=_("时限规则"), related_name="+"
    )
    ticket_class = models.CharField(_("工单类别"), max_length=14, choices=TicketClass)
    cause = models.CharField(_("缘由"), max_length=14, choices=PromiseCause)
    reason = models.CharField(_("改判理由"), max_length=200, blank=True)
    objects = CompanyScope["Promise"].as_manager()

    class Meta:
        verbose_name = _("承诺")
        verbose_name_plural = pgettext_lazy("plural", "承诺")
        ordering = ["ticket", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due_at__gte=models.F("received_at")),
                name="promise_due_after_receipt",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_ticket_class_display()} {self.due_at:%Y-%m-%d %H:%M}"
