from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from suppliers.models.admission import Admission
from suppliers.states import TrialState


class TrialRole(models.TextChoices):
    """Whose opinions a trial needs; all three, by three people."""

    CONSTRUCTION = "construction", _("施工")
    TECHNICAL = "technical", _("技术")
    OPERATIONS = "operations", _("运营")


class Trial(models.Model):
    """供应商试用: a small lot is ordered, inspected when it comes in, used and judged."""

    admission = models.ForeignKey(
        Admission, on_delete=models.PROTECT, verbose_name=_("供应商准入"), related_name="trials"
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=TrialState, default=TrialState.ORDERED
    )
    goods = models.CharField(_("试用内容"), max_length=120)
    quantity = models.DecimalField(_("试用数量"), max_digits=12, decimal_places=3)
    unit = models.CharField(_("单位"), max_length=10)
    ordered_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("下达人"), related_name="+"
    )
    ordered_at = models.DateTimeField(_("下达时间"))
    received_on = models.DateField(_("到货日期"), null=True, blank=True)
    received = models.DecimalField(
        _("到货数量"), max_digits=12, decimal_places=3, null=True, blank=True
    )
    accepted = models.DecimalField(
        _("合格数量"), max_digits=12, decimal_places=3, null=True, blank=True
    )
    inspection = models.CharField(_("验收情况"), max_length=400, blank=True)
    inspected_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("验收人"),
        related_name="+",
    )
    inspected_at = models.DateTimeField(_("验收时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("供应商试用")
        verbose_name_plural = pgettext_lazy("plural", "供应商试用")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=Decimal(0)), name="trial_of_something"),
            models.CheckConstraint(
                condition=Q(received__isnull=True, accepted__isnull=True)
                | Q(received__gte=F("accepted"), accepted__gte=Decimal(0)),
                name="trial_accepted_of_received",
            ),
            models.UniqueConstraint(
                fields=["admission"],
                condition=Q(state__in=[TrialState.ORDERED, TrialState.INSPECTED]),
                name="one_trial_running",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.goods} {self.quantity:f} {self.unit}"


class TrialOpinion(models.Model):
    """试用意见: what one role says of the goods after use. Append-only."""

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, verbose_name=_("供应商试用"), related_name="opinions"
    )
    role = models.CharField(_("意见方"), max_length=14, choices=TrialRole)
    agrees = models.BooleanField(_("同意"))
    text = models.CharField(_("意见"), max_length=400)
    by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("意见人"), related_name="+"
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("试用意见")
        verbose_name_plural = pgettext_lazy("plural", "试用意见")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["trial", "role"], name="trial_opinion_once_per_role"),
            models.UniqueConstraint(fields=["trial", "by"], name="trial_opinion_once_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.trial}"
