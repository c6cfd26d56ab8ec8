from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.payment import Method, Payment
from billing.states import LargePaymentState
from customers.models import SupplyContract
from office.models import Company, User
from office.scope import CompanyScope


class CounterLimit(models.Model):
    """收款限额: up to which amount a cashier enters money alone, from a day on; append-only."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    limit_fen = models.BigIntegerField(_("限额（分）"))
    effective_from = models.DateField(_("执行日期"))
    source = models.CharField(_("依据"), max_length=120)
    published_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("发布人"), related_name="+"
    )
    published_at = models.DateTimeField(_("发布时间"))

    objects = CompanyScope["CounterLimit"].as_manager()

    class Meta:
        permissions = [
            ("publish_counter_limit", _("发布收款限额")),
        ]
        verbose_name = _("收款限额")
        verbose_name_plural = pgettext_lazy("plural", "收款限额")
        ordering = ["-effective_from", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(limit_fen__gt=0), name="counter_limit_above_zero")
        ]

    def __str__(self) -> str:
        return f"{self.effective_from}"


class LargePayment(models.Model):
    """大额收款: an amount above the limit, for which a cashier asks a supervisor's approval.

    It books nothing. An approved one lets the cashier who asked take exactly this amount, in this
    way, for this contract, once and on the day of the approval.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    contract = models.ForeignKey(
        SupplyContract, on_delete=models.PROTECT, verbose_name=_("合同"), related_name="+"
    )
    state = models.CharField(
        _("状态"), max_length=8, choices=LargePaymentState, default=LargePaymentState.WAITING
    )
    method = models.CharField(_("方式"), max_length=16, choices=Method)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    open_fen = models.BigIntegerField(_("当时欠费（分）"))
    asked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, verbose_name=_("经办"), related_name="+"
    )
    asked_at = models.DateTimeField(_("提请时间"))
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("核准人"), related_name="+"
    )
    decided_at = models.DateTimeField(_("核准时间"), null=True)
    remark = models.CharField(_("意见"), max_length=200, blank=True)
    payment = models.OneToOneField(
        Payment, on_delete=models.PROTECT, null=True, verbose_name=_("收款"), related_name="+"
    )

    objects = CompanyScope["LargePayment"].as_manager()

    class Meta:
        permissions = [
            ("ask_large_payment", _("提请核准大额收款")),
            ("approve_large_payment", _("核准大额收款")),
            ("decline_large_payment", _("不予核准大额收款")),
        ]
        verbose_name = _("大额收款")
        verbose_name_plural = pgettext_lazy("plural", "大额收款")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "method", "amount_fen", "asked_by"],
                condition=Q(state="waiting"),
                name="large_payment_asked_once",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="large_payment_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by__isnull=True)
                | (~Q(state="waiting") & Q(decided_by__isnull=False)),
                name="large_payment_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="used", payment__isnull=False)
                | (~Q(state="used") & Q(payment__isnull=True)),
                name="large_payment_used_by_its_payment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()} #{self.pk}"
