"""The names by which people know the kinds of background jobs."""

from django.utils.translation import gettext_lazy as _

from office.action_names import action_name
from office.language import Text

_NAMES: dict[str, Text] = {
    "billing_run": _("出账批次"),
    "dunning_run": _("催缴批次"),
    "renewal_run": _("续签批次"),
    "rating_run": _("年度评审"),
    "nightly_kpis": _("服务指标统计"),
}
# Jobs that are not called as the operation that they carry out.
_OPERATIONS = {"tell_affected": "notify_affected", "supplier_certificates": "issue_certificates"}


def job_name(kind: str) -> str:
    """Returns the name of a kind of jobs; its identifier when it has no name."""
    return str(_NAMES.get(kind) or action_name(_OPERATIONS.get(kind, kind)))
