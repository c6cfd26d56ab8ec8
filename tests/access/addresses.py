"""Every address of the site, read from the URL resolver and completed with a company's records."""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver

from billing.models import PaymentIntent, Receipt
from complaints.models import Ticket, Visit
from customers.models import Account, ContractPaper
from office.models import User
from office.screens.records import RecordAdmin
from suppliers.models import SupplierCertificate
from tests.heating.admin_pages import HOUSE_WIDE, RECORD_OF_PAGE, screens

# A record in the address of a page that the name of no table begins.
RECORDS = RECORD_OF_PAGE | {"auth_user_password_change": User}
# What stands in the address of a page outside the admin, by the address's name.
OUTSIDE_ADMIN: dict[str, Callable[["Side"], object]] = {
    "show_account": lambda side: side.of(Account).pk,
    "list_bills": lambda side: side.of(Account).pk,
    "my_bills": lambda side: side.of(Account).pk,
    "show_payment_intent": lambda side: side.of(PaymentIntent).public_id,
    "cancel_payment_intent": lambda side: side.of(PaymentIntent).public_id,
    "show_payment_code": lambda side: side.of(PaymentIntent).public_id,
    "my_payment": lambda side: side.of(PaymentIntent).public_id,
    "my_contract": lambda side: side.of(ContractPaper).number,
    "download_receipt": lambda side: side.of(Receipt).number,
    "verify_receipt": lambda side: side.of(Receipt).verification_code,
    "verify_contract": lambda side: side.of(ContractPaper).verification_code,
    "verify_supplier_certificate": lambda side: side.of(SupplierCertificate).verification_code,
    "answer_call_back": lambda side: side.link,
    "renew_papers": lambda side: side.supplier_link,
    "submit_offer": lambda side: side.offer_link,
    "give_outside_opinion": lambda side: side.review_link,
    "show_drawing": lambda side: side.review_link,
    "crew_visit": lambda side: side.of(Visit).pk,
    "take_visit_step": lambda side: side.of(Visit).pk,
} | dict.fromkeys(
    [
        *("show_own_ticket", "add_own_note", "add_own_photo", "judge_solution"),
        *("answer_own_call_back", "my_ticket", "my_ticket_add", "my_ticket_judge"),
        "my_ticket_opinion",
    ],
    lambda side: side.of(Ticket).number,
)
# Nobody here holds a key: a report's address answers like one that does not exist, whoever asks
# (tests/whistleblowing/test_check_02_access.py asks with keys).
OUTSIDE_ADMIN |= dict.fromkeys(
    ["audit_case", "audit_file", "audit_findings", "report_file"],
    lambda side: uuid.UUID("5d7ee3a2-5c5f-4b1e-9d54-0f6a5b3f8c11"),
)
# Lists that are searched by something of one record.
SEARCHES: dict[str, tuple[str, Callable[["Side"], object]]] = {
    "search": ("s", lambda side: side.of(Account).number),
    "counter": ("q", lambda side: side.of(Account).number),
    "dispatch": ("q", lambda side: side.of(Ticket).number),
    "open_ticket": ("account", lambda side: side.of(Account).pk),
    "show_screen_pop": ("phone", lambda side: side.phone),
}
# Whoever holds the secret in the address may open it, whatever company it is of.
BY_SECRET = {
    *("verify_receipt", "verify_supplier_certificate", "answer_call_back", "renew_papers"),
    *("verify_contract", "submit_offer", "give_outside_opinion", "show_drawing"),
}
# Views that do by POST what they do by GET.
READ_ONLY = ("_changelist", "_history", "autocomplete", "app_list", "view_on_site")
# Pages that all tables share whose screens have neither the view nor the permission of their own.
SHARED = {
    "_add": ("add_view", "has_add_permission"),
    "_delete": ("delete_view", "has_delete_permission"),
}
# One address stands for all that a pattern without a record takes.
PARTS_WITHOUT_RECORD = {
    "<str:form>": "xlsx",
    "<str:language>": "zh",
    "(?P<url>.*)$": "nowhere",
}
MISSING = {
    "": 10**12,
    "int": 10**12,
    "path": 10**12,
    "uuid": uuid.UUID("00000000-0000-4000-8000-000000000000"),
    "slug": "ABCDEFGHJKMN",
}
PART = re.compile(r"<(?:(\w+):)?\w+>")


@dataclass
class Side:
    """The records of one company: our own, or another."""

    records: dict[type[Model], Model] = field(default_factory=dict)
    phone: str = ""
    link: str = ""
    supplier_link: str = ""
    offer_link: str = ""
    review_link: str = ""

    def of(self, model: type[Model]) -> Any:
        """Returns the company's record of this kind; fails where the world has none."""
        assert model in self.records, (
            f"no record of {model._meta.label}: build one in tests/heating/company_records.py,"
            " or in tests/access/world.py where it belongs to no company"
        )
        return self.records[model]


@dataclass(frozen=True)
class Address:
    """An address as the resolver names it; `complete` puts a record into it."""

    route: str
    name: str = ""
    value: Callable[[Side], object] | None = None
    search: str = ""
    house_wide: bool = False
    shared: bool = False

    @property
    def methods(self) -> tuple[str, ...]:
        """Which methods are asked; the views of lists and histories do the same by POST."""
        return ("GET",) if self.search or self.name.endswith(READ_ONLY) else ("GET", "POST")

    @property
    def of_company(self) -> bool:
        """Whether a record stands in the address that other companies must not see."""
        return self.value is not None and not self.house_wide and self.name not in BY_SECRET

    @property
    def hides(self) -> bool:
        """Whether another company's record must be refused, not only answered like none.

        Django leads from a bare address to the record's page before it looks for the record, and
        the customers' pages fill themselves from the API; a search answers that it found nothing.
        """
        return self.route.startswith("admin/") and bool(self.name) and not self.search

    @property
    def shown(self) -> str:
        """The address as the page shows it; `*` stands for every table that shares the page."""
        route = re.sub(r"<[^>]*>", "{}", self.route)
        if self.shared:
            return re.sub(r"^admin/\w+/\w+/", "admin/*/*/", route)
        # The number of a content type hangs on how many tables there are.
        return re.sub(r"^admin/r/\d+/", "admin/r/{}/", route) or "/"

    def complete(self, side: Side | None) -> str:
        """Returns the path with the record of the side; None is a record that does not exist."""
        if self.value is None:
            return f"/{self.route}"
        if self.search:
            text = "19999999999" if side is None else self.value(side)
            return f"/{self.route.partition('?')[0]}?{urlencode({self.search: str(text)})}"
        kind = PART.findall(self.route)[-1]
        text = MISSING[kind] if side is None else self.value(side)
        return "/" + PART.sub(lambda part: str(text), self.route)


def addresses() -> list[Address]:
    """Every address of the site, in the resolver's order; searches and choices beside their page.

    Fails for an address with a record in it that no table of this file names.
    """
    return [
        address
        for pattern, route in _flat(get_resolver(), "")
        for address in _addresses_of(pattern, route)
    ]


def _flat(entry: URLPattern | URLResolver, before: str) -> Iterator[tuple[URLPattern, str]]:
    if isinstance(entry, URLPattern):
        yield entry, before + str(entry.pattern)
        return
    below = "" if before == "" and str(entry.pattern) == "^/" else before + str(entry.pattern)
    for inner in entry.url_patterns:
        yield from _flat(inner, below)


def _addresses_of(pattern: URLPattern, route: str) -> Iterator[Address]:
    name = str(pattern.name or "")
    for part, text in PARTS_WITHOUT_RECORD.items():
        route = route.replace(part, text)
    if name == "app_list":
        labels = re.findall(r"[a-z_]+", route.partition("<app_label>")[2])
        yield from (Address(f"admin/{label}/", name) for label in labels)
    elif name == "view_on_site":
        account_type = ContentType.objects.get_for_model(Account).pk
        route = route.replace("<path:content_type_id>", str(account_type))
        yield Address(route, name, lambda side: side.of(Account).pk)
    elif "<" in route:
        model = _table_of(route)
        house_wide = model is not None and model._meta.label_lower in HOUSE_WIDE
        value = value_of(route, name)
        yield Address(route, name, value, house_wide=house_wide, shared=_is_shared(pattern, route))
    else:
        yield Address(route, name, shared=_is_shared(pattern, route))
    if name in SEARCHES:
        parameter, value = SEARCHES[name]
        yield Address(f"{route}?{parameter}=", name, value, search=parameter)
    if name == "autocomplete":
        yield from (Address(f"{route}?{urlencode(choice)}", name) for choice in _choices())


def _is_shared(pattern: URLPattern, route: str) -> bool:
    """Returns whether the page is one view with one permission for many tables."""
    name = str(pattern.name or "")
    if name == "":
        # Django leads from a record's bare address to its page.
        return bool(re.fullmatch(r"admin/\w+/\w+/<path:\w+>/", route))
    screen = getattr(pattern.callback, "model_admin", None)
    members = SHARED.get(name[name.rfind("_") :], ())
    return (
        screen is not None
        and members != ()
        and all(getattr(type(screen), member) is getattr(RecordAdmin, member) for member in members)
    )


def value_of(route: str, name: str) -> Callable[[Side], object]:
    """Returns what completes the address; fails where no table of this file names its record."""
    if name in OUTSIDE_ADMIN:
        return OUTSIDE_ADMIN[name]
    model = RECORDS.get(name) or _table_of(route)
    assert model is not None, (
        f"/{route} has a record in it: name the record in RECORDS or OUTSIDE_ADMIN"
        " of tests/access/addresses.py"
    )
    return lambda side: side.of(model).pk


def _table_of(route: str) -> type[Model] | None:
    parts = route.split("/")
    try:
        return apps.get_model(parts[1], parts[2]) if parts[0] == "admin" else None
    except LookupError:
        return None


def _choices() -> Iterator[dict[str, str]]:
    """Every field of a form whose choices are searched."""
    for screen in screens():
        for form in (screen, *(inline(screen.model, admin.site) for inline in screen.inlines)):
            for name in form.autocomplete_fields:
                label, model = form.opts.app_label, form.opts.model_name
                yield {"app_label": label, "model_name": model, "field_name": name}
