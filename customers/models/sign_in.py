from datetime import datetime
from functools import cached_property

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.customer import Customer
from office.sealing import unseal

OPENID = "customers.openid"


class OneTimeCode(models.Model):
    """A code that was sent to a phone; only its digest is stored."""

    phone = models.CharField(_("手机"), max_length=20, db_index=True)
    code_digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField(_("发送时间"))
    expires_at = models.DateTimeField(_("失效时间"))
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    used_at = models.DateTimeField(_("使用时间"), null=True)

    class Meta:
        verbose_name = _("短信验证码")
        verbose_name_plural = pgettext_lazy("plural", "短信验证码")

    def __str__(self) -> str:
        return f"*{self.phone[-4:]}"


class WechatIdentity(models.Model):
    """A WeChat user who has proved a phone; the openid is encrypted and looked up by its digest."""

    openid_digest = models.CharField(_("微信"), max_length=32, unique=True)
    openid_sealed = models.CharField(max_length=160, editable=False)
    phone = models.CharField(_("手机"), max_length=20, db_index=True)
    bound_at = models.DateTimeField(_("绑定时间"))

    class Meta:
        verbose_name = _("微信绑定")
        verbose_name_plural = pgettext_lazy("plural", "微信绑定")

    def __str__(self) -> str:
        return f"*{self.phone[-4:]}"

    @property
    def openid(self) -> str:
        """Returns the openid in clear, for the one call that needs it."""
        return unseal(self.openid_sealed, OPENID)


class CustomerToken(models.Model):
    """A customer's sign-in by phone, perhaps through WeChat; only the token's digest is stored."""

    token_digest = models.CharField(max_length=64, unique=True)
    phone = models.CharField(_("手机"), max_length=20, blank=True)
    openid_digest = models.CharField(_("微信"), max_length=32, blank=True)
    created_at = models.DateTimeField(_("登录时间"))
    expires_at = models.DateTimeField(_("失效时间"))
    revoked_at = models.DateTimeField(_("退出时间"), null=True)

    # The attribute that the API's permission classes require of a signed-in user.
    is_authenticated = True

    class Meta:
        verbose_name = _("用户登录")
        verbose_name_plural = pgettext_lazy("plural", "用户登录")

    def __str__(self) -> str:
        return f"*{self.phone[-4:]}"

    def valid_at(self, at: datetime) -> bool:
        return self.revoked_at is None and at < self.expires_at

    @cached_property
    def customer_ids(self) -> list[int]:
        """Returns the customers this sign-in may act for; cached, so that later queries only
        compare ids.
        """
        if not self.phone:
            return []
        return list(Customer.objects.filter(phone=self.phone).values_list("pk", flat=True))
