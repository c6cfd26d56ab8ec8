"""The work of procurement that waits for people (`office/waiting.py`)."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from office.models import User
from office.waiting import WaitingKind
from suppliers.admission.reserve import short_categories
from suppliers.models import SupplyCategory


def _short(user: User, at: datetime) -> QuerySet[SupplyCategory]:
    return short_categories(at)


KINDS = (
    WaitingKind(
        key="reserves",
        title=_("储备不足的采购类别"),
        empty=_("每个采购类别都有三家以上独立的合格供应商。"),
        permission="suppliers.apply_for_admission",
        page="suppliers_supplycategory_changelist",
        query="?reserve=short",
        rows=_short,
        name=str,
        link=lambda category: reverse("admin:suppliers_supplycategory_change", args=[category.pk]),
        # Nobody enters when a category falls short: it is asked for each moment.
        since="",
    ),
)
