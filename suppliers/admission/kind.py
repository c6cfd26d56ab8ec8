"""How admissions are approved, and what the person at each level must have checked."""

from django.utils.translation import gettext_lazy as _

from office.approvals.kinds import ApprovalKind, register_kind
from suppliers.models import CheckItem

LEVELS = (
    "suppliers.check_admission_business",
    "suppliers.check_admission_technology",
    "suppliers.check_admission_group",
)
ADMISSION_APPROVAL = register_kind(
    ApprovalKind(
        key="supplier_admission",
        label=_("供应商准入"),
        table="suppliers.admission",
        permissions=LEVELS,
        default_levels=LEVELS,
        by_amount=False,
        least_levels=3,
    )
)
CHECKS: dict[str, tuple[CheckItem, ...]] = {
    "suppliers.check_admission_business": (
        CheckItem.BUSINESS_RECORD,
        CheckItem.CAPACITY,
        CheckItem.DELIVERY,
        CheckItem.INDEPENDENCE,
    ),
    "suppliers.check_admission_technology": (
        CheckItem.TECHNOLOGY,
        CheckItem.QUALITY,
        CheckItem.AFTER_SALES,
    ),
    "suppliers.check_admission_group": (CheckItem.PAPERS, CheckItem.INTEGRITY),
}
