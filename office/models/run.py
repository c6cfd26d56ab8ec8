from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from office.models.company import Company
from office.models.user import User


class Run(models.Model):
    """The columns every run has; each kind of run is a table of its own and adds its scope.

    `business_date` is fixed when carrying out begins. The kind adds its `state` with its own
    workflow, and the figures it sorts and adds up by.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, verbose_name=_("创建人"), related_name="+"
    )
    created_at = models.DateTimeField(_("创建时间"))
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("审核人"), related_name="+"
    )
    approved_at = models.DateTimeField(_("审核时间"), null=True)
    business_date = models.DateField(_("入账日期"), null=True)
    summary = models.JSONField(_("试算汇总"), default=dict)

    # The kind's own column; named here so that the steps of `office.runs` may read it.
    state: Any

    class Meta:
        abstract = True


class ParkedRow(models.Model):
    """What a run could not do, with the reason and what to do about it.

    The kind adds the run (`related_name="parked"`) and what was parked, once per run.
    """

    company_path = "run__company"

    reason = models.CharField(_("原因"), max_length=30)
    sentence = models.CharField(_("说明"), max_length=200)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.sentence
