from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.states import MessageState
from office.models import Company
from office.scope import CompanyScope


class Message(models.Model):
    """短信: a text message to a phone, written once per cause, and its state.

    The operation that gives the cause writes it in its own transaction; a worker sends it. `sealed`
    holds encrypted values that no member of staff may read, such as a one-time link, until the
    message is sent.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    cause = models.CharField(_("事由"), max_length=60)
    phone = models.CharField(_("手机"), max_length=20)
    template = models.CharField(_("模板"), max_length=40)
    values = models.JSONField(_("内容"), default=dict)
    sealed = models.TextField(blank=True, editable=False)
    bulk = models.BooleanField(_("群发"), default=False)
    state = models.CharField(
        _("状态"), max_length=8, choices=MessageState, default=MessageState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    created_at = models.DateTimeField(_("创建时间"))
    next_try_at = models.DateTimeField(_("下次发送"))
    expires_at = models.DateTimeField(_("过时不发"))
    claimed_at = models.DateTimeField(_("开始发送"), null=True)
    sent_at = models.DateTimeField(_("发送时间"), null=True)
    error = models.CharField(_("错误"), max_length=200, blank=True)

    objects = CompanyScope["Message"].as_manager()

    class Meta:
        permissions = [
            ("resend_message", _("重新发送短信")),
        ]
        verbose_name = _("短信")
        verbose_name_plural = pgettext_lazy("plural", "短信")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["cause", "phone"], name="one_message_per_cause"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="message_expires_later"
            ),
        ]
        indexes = [
            models.Index(
                fields=["bulk", "next_try_at", "id"],
                condition=Q(state=MessageState.WAITING),
                name="message_waiting",
            ),
            models.Index(
                fields=["claimed_at"],
                condition=Q(state=MessageState.SENDING),
                name="message_sending",
            ),
            models.Index(fields=["company", "state", "-id"], name="message_company_state"),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} *{self.phone[-4:]}"
