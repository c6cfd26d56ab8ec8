from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PaperRevocation(models.Model):
    """作废: says of one numbered paper since when it is no longer valid, why, and by whom.

    A row of its own, because the paper's row never changes. Append-only: nothing revives a paper.
    """

    record_type = models.ForeignKey(
        ContentType, on_delete=models.PROTECT, verbose_name=_("对象类型"), related_name="+"
    )
    record_id = models.BigIntegerField(_("对象"))
    number = models.CharField(_("编号"), max_length=32)
    reason = models.CharField(_("作废原因"), max_length=200)
    actor = models.CharField(_("经办"), max_length=80)
    revoked_at = models.DateTimeField(_("作废时间"))

    class Meta:
        default_permissions = ()
        verbose_name = _("作废记录")
        verbose_name_plural = pgettext_lazy("plural", "作废记录")
        constraints = [
            models.UniqueConstraint(
                fields=["record_type", "record_id"], name="a_paper_is_revoked_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="a_revocation_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.number
