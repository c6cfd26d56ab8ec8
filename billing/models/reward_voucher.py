from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.shift import Shift
from office.models import Company
from office.scope import CompanyScope


class RewardVoucher(models.Model):
    """奖励兑付单: an amount that a counter pays out to whoever brings the code.

    It holds no name and no case, and of the code only a digest and its last letters: who reads the
    list cannot be paid. `issued_on` is a day, because a moment would lead to the case.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("兑付公司"), related_name="+"
    )
    code_digest = models.CharField(max_length=64, unique=True, editable=False)
    code_tail = models.CharField(_("兑付码尾号"), max_length=4)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    issued_on = models.DateField(_("开具日期"))
    shift = models.ForeignKey(
        Shift,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("班次"),
        related_name="reward_vouchers",
    )
    paid_at = models.DateTimeField(_("兑付时间"), null=True)

    objects = CompanyScope["RewardVoucher"].as_manager()

    class Meta:
        permissions = [("pay_reward", _("兑付奖励"))]
        verbose_name = _("奖励兑付单")
        verbose_name_plural = pgettext_lazy("plural", "奖励兑付单")
        ordering = ["-issued_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="reward_above_zero"),
            models.CheckConstraint(
                condition=Q(paid_at__isnull=True, shift__isnull=True)
                | Q(paid_at__isnull=False, shift__isnull=False),
                name="reward_paid_in_a_shift",
            ),
        ]

    def __str__(self) -> str:
        return f"…{self.code_tail}"
