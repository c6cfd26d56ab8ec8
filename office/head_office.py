"""The company to which records of the whole group belong where a company is needed."""

from django.utils.translation import gettext_lazy as _

from office.models import Company
from office.refusals import Refused


def head_office() -> Company:
    """Returns the head office, which owns approvals and documents of the group's own records.

    Raises `Refused` while no company, or more than one, is marked as the head office.
    """
    companies = list(Company.objects.filter(is_head_office=True)[:2])
    if len(companies) != 1:
        raise Refused(
            "head_office_unclear",
            _("须有且只有一家公司标为“集团总部”，请系统管理员在公司资料中设置。"),
        )
    return companies[0]
