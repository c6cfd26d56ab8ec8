from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models.ticket import Ticket
from office.actors import ActorKind
from office.models import User
from office.scope import CompanyScope


class NoteSource(models.TextChoices):
    STAFF = ActorKind.STAFF.value, _("工作人员")
    CUSTOMER = ActorKind.CUSTOMER.value, _("用户")
    SYSTEM = ActorKind.SYSTEM.value, _("系统")


class TicketNote(models.Model):
    """补充说明: information after the report, from staff or from the customer. Append-only.

    `author` is the writer's name, since customers have no user account.
    """

    company_path = "ticket__company"

    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, verbose_name=_("工单"), related_name="notes"
    )
    text = models.CharField(_("内容"), max_length=500)
    source = models.CharField(_("来源"), max_length=8, choices=NoteSource)
    author = models.CharField(_("补充人"), max_length=80)
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("员工"), related_name="+"
    )
    at = models.DateTimeField(_("时间"))
    form_key = models.CharField(max_length=64, null=True, unique=True, editable=False)

    objects = CompanyScope["TicketNote"].as_manager()

    class Meta:
        permissions = [
            ("add_note", _("补充说明")),
        ]
        verbose_name = _("补充说明")
        verbose_name_plural = pgettext_lazy("plural", "补充说明")
        ordering = ["ticket", "id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="ticket_note_says_something")
        ]

    def __str__(self) -> str:
        return self.text[:40]
