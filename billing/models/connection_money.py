from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.change_states import CreditMoveState
from customers.models import Connection
from office.models import Company, User
from office.scope import CompanyScope


class ConnectionFee(Connection):
    """入网费: a grid connection as the cashiers see it, by what is owed and paid for it."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("入网费")
        verbose_name_plural = pgettext_lazy("plural", "入网费")
        ordering = ["-pk"]


class CreditMove(models.Model):
    """入网余款划转: what a connection was paid beyond its contract goes to another connection.

    Somebody drafts it, others approve it; with the last approval it is posted.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, verbose_name=_("转出的入网"), related_name="+"
    )
    target = models.ForeignKey(
        Connection, on_delete=models.PROTECT, verbose_name=_("转入的入网"), related_name="+"
    )
    amount_fen = models.BigIntegerField(_("划转金额（分）"))
    reason = models.CharField(_("原因"), max_length=200)
    state = models.CharField(
        _("状态"), max_length=10, choices=CreditMoveState, default=CreditMoveState.DRAFTED
    )
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, verbose_name=_("起草人"), related_name="+"
    )
    created_at = models.DateTimeField(_("起草时间"))
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("审核人"), related_name="+"
    )
    approved_at = models.DateTimeField(_("审核时间"), null=True)

    objects = CompanyScope["CreditMove"].as_manager()

    class Meta:
        permissions = [
            ("draft_credit_move", _("起草入网余款划转")),
            ("approve_credit_move", _("审核入网余款划转")),
        ]
        verbose_name = _("入网余款划转")
        verbose_name_plural = pgettext_lazy("plural", "入网余款划转")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="credit_move_above_zero"),
            models.CheckConstraint(
                condition=~Q(connection=F("target")), name="credit_move_to_another"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("created_by")),
                name="credit_move_approved_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
