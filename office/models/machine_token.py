from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models.company import Company
from office.models.user import User
from office.scope import CompanyScope


class MachineToken(models.Model):
    """机器令牌: the token by which another system of one company signs in; only its digest is
    stored.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    name = models.CharField(_("用途"), max_length=60)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    issued_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("签发人"), related_name="+"
    )
    issued_at = models.DateTimeField(_("签发时间"))
    expires_at = models.DateTimeField(_("失效时间"))
    revoked_at = models.DateTimeField(_("吊销时间"), null=True)

    objects = CompanyScope["MachineToken"].as_manager()

    # What the API's permissions ask of whoever signed in.
    is_authenticated = True

    class Meta:
        permissions = [
            ("issue_machine_token", _("签发机器令牌")),
            ("revoke_machine_token", _("吊销机器令牌")),
        ]
        verbose_name = _("机器令牌")
        verbose_name_plural = pgettext_lazy("plural", "机器令牌")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    def valid_at(self, at: datetime) -> bool:
        return self.revoked_at is None and at < self.expires_at
