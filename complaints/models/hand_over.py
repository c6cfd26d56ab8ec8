"""Hand-overs: questions that customer service hands to another department."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.classes import Department
from complaints.departments import departments_of_groups
from complaints.models.ticket import Ticket
from office.models import Document, User
from office.scope import CompanyScope

M = TypeVar("M", bound=models.Model)


class HandOverScope(CompanyScope[M]):
    """Rows of the user's companies; users who only answer for departments see the rows of these."""

    def visible_to(self, user: User) -> Self:
        rows = super().visible_to(user)
        if user.has_perm("complaints.close_ticket"):
            return rows
        answered = departments_of(user)
        return rows.filter(department__in=answered) if answered else rows


def departments_of(user: User) -> list[Department]:
    """Returns the departments for which the user's roles answer."""
    return departments_of_groups(user.group_names)


class HandOver(models.Model):
    """转办: an enquiry handed to the department that can answer it; its promise continues.

    Append-only. `due_at` is the ticket's due time as it was when the department was asked.
    """

    company_path = "ticket__company"

    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, verbose_name=_("工单"), related_name="hand_overs"
    )
    department = models.CharField(_("部门"), max_length=20, choices=Department)
    question = models.CharField(_("需答复的问题"), max_length=300)
    due_at = models.DateTimeField(_("承诺到期"), null=True)
    handed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("转办人"), related_name="+"
    )
    handed_at = models.DateTimeField(_("转办时间"))

    objects = HandOverScope["HandOver"].as_manager()

    class Meta:
        permissions = [
            ("reply_to_hand_over", _("答复转办")),
        ]
        verbose_name = _("转办")
        verbose_name_plural = pgettext_lazy("plural", "转办")
        ordering = ["-id"]
        # For the list of who answers.
        indexes = [models.Index(fields=["department", "-id"], name="hand_over_newest")]

    def __str__(self) -> str:
        return f"{self.get_department_display()} {self.question[:20]}"


class HandOverReply(models.Model):
    """部门答复: the one reply of the department to a hand-over. Append-only.

    Its document is attached to the ticket.
    """

    company_path = "hand_over__ticket__company"

    hand_over = models.OneToOneField(
        HandOver, on_delete=models.PROTECT, verbose_name=_("转办"), related_name="reply"
    )
    text = models.CharField(_("答复内容"), max_length=1000)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, verbose_name=_("附件"), related_name="+"
    )
    replied_by = models.ForeignKey(
        User, on_delete=models.PROTECT, verbose_name=_("答复人"), related_name="+"
    )
    replied_at = models.DateTimeField(_("答复时间"))

    objects = CompanyScope["HandOverReply"].as_manager()

    class Meta:
        verbose_name = _("部门答复")
        verbose_name_plural = pgettext_lazy("plural", "部门答复")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="reply_says_something")
        ]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def late(self) -> bool:
        """Returns whether the reply came after the department's due time; at that time it is in
        time.
        """
        due = self.hand_over.due_at
        return due is not None and self.replied_at > due
