from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models.promise_rule import CallBackPolicy, PromiseRule
from complaints.models.ticket import Ticket
from complaints.states import LIVE_CALL_BACKS, CallBackState
from office.models import CalendarVersion, User
from office.scope import CompanyScope


class Satisfaction(models.TextChoices):
    SATISFIED = "satisfied", _("满意")
    FAIR = "fair", _("基本满意")
    DISSATISFIED = "dissatisfied", _("不满意")


class HeardThrough(models.TextChoices):
    CALL = "call", _("电话")
    LINK = "link", _("用户链接")


class CallBack(models.Model):
    """回访: a call that is owed to the customer of a resolved ticket, with a due time of its own.

    Every resolution creates a new one. Its link (`office/tokens/one_time_links.py`) is revoked
    when it is over.
    """

    company_path = "ticket__company"

    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, verbose_name=_("工单"), related_name="call_backs"
    )
    ordinal = models.PositiveSmallIntegerField(_("第几次"))
    rule = models.ForeignKey(
        PromiseRule, on_delete=models.PROTECT, verbose_name=_("时限规则"), related_name="+"
    )
    policy = models.ForeignKey(
        CallBackPolicy, on_delete=models.PROTECT, verbose_name=_("回访规则"), related_name="+"
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=CallBackState, default=CallBackState.DUE
    )
    owed_since = models.DateTimeField(_("办结时间"))
    due_at = models.DateTimeField(_("到期时间"))
    provisional = models.BooleanField(_("暂定"))
    calendar = models.ForeignKey(
        CalendarVersion,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("工作日历"),
        related_name="+",
    )
    satisfaction = models.CharField(_("评价"), max_length=12, choices=Satisfaction, blank=True)
    remark = models.CharField(_("用户意见"), max_length=300, blank=True)
    heard_through = models.CharField(_("途径"), max_length=6, choices=HeardThrough, blank=True)
    answered_at = models.DateTimeField(_("评价时间"), null=True)
    taken_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("回访人"), related_name="+"
    )

    objects = CompanyScope["CallBack"].as_manager()

    class Meta:
        permissions = [
            ("record_call_back", _("登记回访")),
            ("record_escalated_call_back", _("登记转主管的回访")),
            ("issue_call_back_link", _("发送评价链接")),
        ]
        verbose_name = _("回访")
        verbose_name_plural = pgettext_lazy("plural", "回访")
        ordering = ["ticket", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "ordinal"], name="call_back_in_order"),
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(state__in=[*LIVE_CALL_BACKS]),
                name="one_live_call_back_per_ticket",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=CallBackState.ANSWERED,
                    satisfaction__in=Satisfaction.values,
                    answered_at__isnull=False,
                )
                | (~Q(state=CallBackState.ANSWERED) & Q(satisfaction="")),
                name="call_back_answered_by_the_customer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=[*LIVE_CALL_BACKS]),
                name="call_back_due",
            ),
            models.Index(fields=["due_at"], name="call_back_all_due"),
            models.Index(
                fields=["answered_at"],
                condition=Q(answered_at__isnull=False),
                name="call_back_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket} #{self.ordinal}"


class CallOutcome(models.TextChoices):
    ANSWERED = "answered", _("接通并评价")
    CALL_LATER = "call_later", _("用户要求稍后再打")
    NO_ANSWER = "no_answer", _("无人接听")
    UNREACHABLE = "unreachable", _("关机、停机或空号")


UNANSWERED = (CallOutcome.NO_ANSWER, CallOutcome.UNREACHABLE)


class CallBackAttempt(models.Model):
    """One attempt to reach the customer by telephone. Append-only."""

    company_path = "call_back__ticket__company"

    call_back = models.ForeignKey(
        CallBack, on_delete=models.PROTECT, verbose_name=_("回访"), related_name="attempts"
    )
    ordinal = models.PositiveSmallIntegerField(_("第几次"))
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("回访人"), related_name="+"
    )
    outcome = models.CharField(_("结果"), max_length=12, choices=CallOutcome)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    objects = CompanyScope["CallBackAttempt"].as_manager()

    class Meta:
        verbose_name = _("回访记录")
        verbose_name_plural = pgettext_lazy("plural", "回访记录")
        ordering = ["call_back", "ordinal"]
        constraints = [
            models.UniqueConstraint(
                fields=["call_back", "ordinal"], name="call_back_attempt_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.at:%Y-%m-%d %H:%M}"
