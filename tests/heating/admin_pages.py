"""Every page of the admin site and the record each of them needs."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver

from billing.models import (
    Attempt,
    Bill,
    Payment,
)
from complaints.models import Crew, Ticket
from customers.models import SupplyContract
from office.models import Job
from suppliers.models import RatingRun, SupplierRating

# Which record stands in the address of a page that belongs to no table.
RECORD_OF_PAGE = {
    "counter_till": SupplyContract,
    "counter_take": SupplyContract,
    "counter_ask_large_payment": SupplyContract,
    "counter_close_online": SupplyContract,
    "counter_done": Payment,
    "counter_wechat": Attempt,
    "counter_wechat_state": Attempt,
    "billing_bill_draft_adjustment": Bill,
    "billing_accountimport_job": Job,
    "suppliers_supplylist_job": Job,
    "office_organisationlist_job": Job,
    "billing_bankstatement_job": Job,
    "ticket_opened": Ticket,
    "publish_duty": Crew,
    "fill_panel_sheet": SupplierRating,
    "score_entries": SupplierRating,
    "issue_certificates": RatingRun,
    "certificates_progress": RatingRun,
}

# Tables of the whole house: there is no other company's record to be hidden.
HOUSE_WIDE = {
    "auth.group",
    "office.calendarversion",
    "django_celery_beat.periodictask",
    "django_celery_beat.intervalschedule",
    "django_celery_beat.crontabschedule",
    "axes.accessattempt",
    "axes.accessfailurelog",
    "axes.accesslog",
    "otp_totp.totpdevice",
    # Suppliers belong to the group; dealings with them to a company.
    "suppliers.supplier",
    "suppliers.supplierbankaccount",
    "suppliers.supplierpaper",
    "suppliers.supplycategory",
    "suppliers.paperrequirement",
    "suppliers.contractterm",
    "suppliers.priorityrule",
    "suppliers.admission",
    "suppliers.qualification",
    "suppliers.ban",
    "suppliers.recheck",
    "suppliers.supplierissue",
    "suppliers.supplieractivity",
    "suppliers.eventattendance",
    "suppliers.ratingrule",
    "suppliers.ratingrun",
    "suppliers.supplierrating",
    "suppliers.suppliercertificate",
    "suppliers.commonnetwork",
}


def admin_patterns() -> list[URLPattern]:
    """Every named address below /admin/."""
    (below,) = [r for r in get_resolver().url_patterns if getattr(r, "namespace", "") == "admin"]
    return [pattern for pattern in _flat(below) if pattern.name]


def _flat(entry: URLPattern | URLResolver) -> Iterator[URLPattern]:
    if isinstance(entry, URLPattern):
        yield entry
        return
    for inner in entry.url_patterns:
        yield from _flat(inner)


def screens() -> list[Any]:
    return sorted(admin.site._registry.values(), key=lambda screen: screen.opts.label)
