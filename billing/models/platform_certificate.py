from django.db import models
from django.utils.translation import gettext_lazy as _


class PlatformCertificate(models.Model):
    """A certificate of WeChat Pay that one process downloaded for all of them."""

    serial = models.CharField(_("序列号"), max_length=64, unique=True)
    pem = models.TextField(_("证书"))
    learnt_at = models.DateTimeField(_("取得时间"))

    class Meta:
        verbose_name = _("微信支付平台证书")
        verbose_name_plural = _("微信支付平台证书")

    def __str__(self) -> str:
        return self.serial
