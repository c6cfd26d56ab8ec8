from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models.company import Company
from office.scope import CompanyScope


class OneTimeLink(models.Model):
    """一次性链接: lets a person without an account do one thing to one record, once.

    Only the digest of the secret is kept. `purpose` is the operation, which is also the URL name
    of its page; `recipient` names the addressee for the journal and is never a secret. PostgreSQL
    refuses to change a link that is used or revoked.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, null=True, verbose_name=_("公司"), related_name="+"
    )
    purpose = models.CharField(_("用途"), max_length=40)
    record_type = models.ForeignKey(
        ContentType, on_delete=models.PROTECT, verbose_name=_("对象类型"), related_name="+"
    )
    record_id = models.BigIntegerField(_("对象"))
    recipient = models.CharField(_("收件人"), max_length=80, blank=True)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    issued_at = models.DateTimeField(_("签发时间"))
    valid_until = models.DateTimeField(_("链接失效"))
    used_at = models.DateTimeField(_("使用时间"), null=True)
    revoked_at = models.DateTimeField(_("作废时间"), null=True)

    objects = CompanyScope["OneTimeLink"].as_manager()

    class Meta:
        verbose_name = _("一次性链接")
        verbose_name_plural = pgettext_lazy("plural", "一次性链接")
        constraints = [
            models.UniqueConstraint(
                fields=["record_type", "record_id", "purpose"],
                condition=Q(used_at__isnull=True, revoked_at__isnull=True),
                name="one_open_link_per_purpose",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(revoked_at__isnull=True),
                name="link_used_or_revoked",
            ),
        ]

    def __str__(self) -> str:
        return self.recipient or str(self.pk)
