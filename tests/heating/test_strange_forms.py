"""Every form and every parameter of an address under strange values: refused, never a 500. No form
offers a record of another company.

What a view reads is written down while it answers an empty request; it is then asked again with
values that its fields take, in which one or two are strange. Lists have a walk of their own
(`test_strange_lists.py`), and what a record's page reads of its address is the same on all of them.
"""

import logging
import os
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from office.lists.visible_choices import visible_choices
from office.models import User
from office.screens.records import RecordAdmin, Verb
from office.screens.reference import ReferenceAdmin
from tests.access.addresses import Address, addresses
from tests.access.requests import PERSON, Site, middleware_signed_in
from tests.access.strange_values import Reads, strange, taken
from tests.access.world import ALL_PERMISSIONS, World, build_world
from tests.heating.admin_pages import screens

SEED = int(os.environ.get("FORM_SEED", "20261130"))
REQUESTS_PER_FORM = int(os.environ.get("FORM_REQUESTS", "1"))
ELSEWHERE = ("_changelist", "_history", "_delete", "app_list")
# Suppliers belong to the group: whoever of it is on staff visits them and sits on their panels.
GROUP_WIDE = {("team", User), ("user", User)}
# In one transaction nobody may call WeChat Pay; who gets so far has sent what can be read.
WECHAT_CALL = "RuntimeError('network calls are made outside transactions')"


@pytest.fixture
def site(settings: Any) -> Site:
    """The site, which refuses what nobody can read and throttles nothing."""
    settings.MIDDLEWARE = middleware_signed_in(
        settings.MIDDLEWARE,
        "office.readable_requests.ReadableRequestsMiddleware",
        "office.documents.kept_files.RefusedFilesMiddleware",
    )
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    return Site()


@pytest.fixture(autouse=True)
def only_the_form_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused form is drawn again without the page of its record."""

    def drawn(
        screen: RecordAdmin, request: HttpRequest, record: Any, verb: Verb, form: Any
    ) -> HttpResponse:
        return HttpResponse(verb.form_again(record, form).as_p())

    monkeypatch.setattr(RecordAdmin, "_shown_again", drawn)


@pytest.fixture
def quiet() -> Iterator[None]:
    """Thousands of refused requests need no lines in the log."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def carried_to(address: Address, world: World) -> Mapping[str, Any]:
    """Returns what the request carries: a customer's, a member of staff's or nobody's sign-in."""
    area = address.route.partition("/")[0]
    actor = {"my": "customer", "admin": ALL_PERMISSIONS, "crew": "engineer"}.get(area, "anonymous")
    return world.actors[actor]


class Attack:
    """The strange requests to one address after the other, each undone."""

    def __init__(self, site: Site, world: World) -> None:
        self.site, self.world, self.random = site, world, Random(SEED)
        self.read: set[str] = set()
        self.visible: dict[type[Model], set[Any]] = {}
        # Fields that offer a record of another company, by the address.
        self.foreign: set[tuple[str, str]] = set()
        # The first values that led to a fault, by the address and the exception.
        self.faults: dict[tuple[str, str], object] = {}

    def attack(self, address: Address, method: str) -> None:
        reads = Reads()
        with reads.watched():
            self._ask(address, method, {})
        self._look_at_choices(address, reads)
        if not (reads.fields or reads.names):
            return
        self.read.add(address.shown)
        for _request in range(REQUESTS_PER_FORM):
            self._ask(address, method, self._values(reads))

    def _look_at_choices(self, address: Address, reads: Reads) -> None:
        """Notes the choices of a form that the person may not see."""
        person = carried_to(address, self.world).get(PERSON)
        for name, item in reads.fields.items():
            rows: Any = getattr(item, "queryset", None)
            if person is None or rows is None or (name, rows.model) in GROUP_WIDE:
                continue
            if rows.model not in self.visible:
                keys = visible_choices(rows.model, person).values_list("pk", flat=True)
                self.visible[rows.model] = set(keys)
            if not set(rows.values_list("pk", flat=True)[:500]) <= self.visible[rows.model]:
                self.foreign.add((address.shown, name))

    def _values(self, reads: Reads) -> dict[str, Any]:
        values = {name: taken(item, self.random) for name, item in reads.fields.items()}
        names = sorted(reads.fields.keys() | reads.names - {"csrfmiddlewaretoken"})
        for name in self.random.sample(names, min(len(names), self.random.randint(1, 2))):
            values[name] = strange(reads.fields.get(name), self.random)
        return values | {
            name: count
            for name in names
            for end, count in (("-TOTAL_FORMS", "1"), ("-INITIAL_FORMS", "0"))
            if name.endswith(end)
        }

    def _ask(self, address: Address, method: str, values: dict[str, Any]) -> None:
        path = address.complete(self.world.own)
        if method == "GET" and values:
            path += ("&" if "?" in path else "?") + urlencode(values, doseq=True)
        with transaction.atomic():
            sent = values if method == "POST" else None
            answer = self.site.answer(method, path, carried_to(address, self.world), sent)
            transaction.set_rollback(True)
        errors = set(self.site.errors)
        self.site.errors.clear()
        if errors - {WECHAT_CALL} or (answer.status_code == 500 and not errors):
            self.faults.setdefault((f"{method} {address.route}", f"{errors}"[:300]), values)


def attacked() -> Iterator[tuple[Address, str]]:
    """Returns every form and every page with parameters once; the API is attacked by its schema."""
    read_only = {
        f"{screen.opts.app_label}_{screen.opts.model_name}_change"
        for screen in screens()
        if not isinstance(screen, ReferenceAdmin)
    }
    seen = set()
    for address in addresses():
        if address.route.startswith("api/") or address.name.endswith(ELSEWHERE):
            continue
        for method in address.methods if address.name not in read_only else ():
            key = (address.shown, method)
            if key not in seen:
                seen.add(key)
                yield address, method


@pytest.mark.django_db
def test_no_form_answers_500_or_offers_what_is_another_companys(site: Site, quiet: None) -> None:
    attack = Attack(site, build_world())
    with site.open():
        for address, method in attacked():
            attack.attack(address, method)
    assert not attack.faults, "\n".join([f"FORM_SEED={SEED}", *map(str, attack.faults.items())])
    assert attack.foreign == set()
    # The walk has been in every room.
    assert {
        *("admin/billing/adjustment/draft_adjustment/{}/", "admin/billing/latefeewaiver/add/"),
        *("admin/billing/bankstatement/add/", "admin/counter/{}/take/", "admin/dispatch/"),
        *("admin/suppliers/supplier/add/", "admin/suppliers/sourcing/add/", "my/tickets/new"),
        *("offer/{}", "supplier/{}", "rate/{}", "crew/visits/{}/steps"),
    } <= attack.read
