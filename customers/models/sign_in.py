from django.db import models

from customers.models.customer import Customer


class OneTimeCode(models.Model):
    """A code sent to a phone; only its digest is kept."""

    phone = models.CharField("手机", max_length=20, db_index=True)
    code_digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField("发送时间")
    expires_at = models.DateTimeField("失效时间")
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    used_at = models.DateTimeField("使用时间", null=True)

    class Meta:
        verbose_name = "短信验证码"
        verbose_name_plural = "短信验证码"

    def __str__(self) -> str:
        return f"*{self.phone[-4:]}"


class CustomerToken(models.Model):
    """A signed-in phone or WeChat identity; only the digest of the token is kept."""

    token_digest = models.CharField(max_length=64, unique=True)
    phone = models.CharField("手机", max_length=20, blank=True)
    openid_digest = models.CharField("微信", max_length=32, blank=True)
    created_at = models.DateTimeField("登录时间")
    expires_at = models.DateTimeField("失效时间")
    revoked_at = models.DateTimeField("退出时间", null=True)

    class Meta:
        verbose_name = "用户登录"
        verbose_name_plural = "用户登录"

    def __str__(self) -> str:
        return f"*{self.phone[-4:]}"

    def customers(self) -> models.QuerySet[Customer]:
        """The customers this sign-in may act for."""
        if not self.phone:
            return Customer.objects.none()
        return Customer.objects.filter(phone=self.phone)
