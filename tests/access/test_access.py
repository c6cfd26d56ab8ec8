"""Every address of the site answers everybody as docs/access.md says."""

import logging
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, path

from billing.alarms.admin import AlarmAdmin
from billing.alarms.operations import raise_alarm
from billing.models import Alarm
from heating import urls
from heating.roles import AGENT, MANAGER
from tests.access.addresses import Address, Side, addresses
from tests.access.requests import PERSON, Site, middleware_signed_in
from tests.access.table import COLUMNS, PAGE, WRITE, differences, page_of, read_page
from tests.access.walk import Walk, Walker
from tests.access.world import World, build_world
from tests.builders import NOW, a_company, a_member_of_staff

# The test is one transaction, in which nobody may call WeChat Pay; who gets so far has passed the
# permission. Other exceptions, and this one elsewhere, fail the test.
WECHAT_CALL = "RuntimeError('network calls are made outside transactions')"
CALLS_WECHAT = {
    "POST /admin/counter/{}/close_online/",
    "GET /admin/counter/wechat/{}/state/",
    "POST /admin/counter/wechat/{}/state/",
    "GET /api/v1/payment-intents/{}",
    "POST /api/v1/payment-intents/{}/cancel",
}


@pytest.fixture
def site(settings: Any) -> Site:
    """The site whose requests are signed in by our middleware; nothing is throttled."""
    settings.MIDDLEWARE = middleware_signed_in(settings.MIDDLEWARE)
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    return Site()


@pytest.fixture
def quiet() -> Iterator[None]:
    """Refusals are what is asked for here: the log does not repeat ten thousand of them."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.django_db
def test_answers_are_those_of_the_page(
    site: Site, quiet: None, request: pytest.FixtureRequest
) -> None:
    """One test for all, because the two companies are built once."""
    world = build_world()
    with site.open():
        walker = Walker(addresses(), world, site)
        walks = {actor: walker.walk(actor) for actor in COLUMNS}
    cells = cells_of(walks)
    if request.config.getoption("--write-access"):
        PAGE.write_text(page_of(cells), encoding="utf-8")
    errors = {
        (place, error)
        for walk in walks.values()
        for place, error in walk.errors
        if error != WECHAT_CALL or place not in CALLS_WECHAT
    }
    assert errors == set(), "no view may fail"
    leaks = [leak for walk in walks.values() for leak in walk.leaks]
    assert leaks == [], "another company's record is answered as one that does not exist"
    page = read_page(PAGE.read_text(encoding="utf-8"))
    changed = list(differences(page, cells))
    assert changed == [], (
        f"\n{chr(10).join(changed)}\nIs each of these what heating/roles gives? Then write them "
        f"into {PAGE.name} with `{WRITE}`, and commit the page with the code."
    )


def cells_of(walks: dict[str, Walk]) -> dict[tuple[str, str], dict[str, str]]:
    """Returns the signs by column, by route and method."""
    keys = next(iter(walks.values())).signs
    return {key: {actor: walks[actor].signs[key] for actor in walks} for key in keys}


class TestPlantedFaults:
    """Faults in real views: the resolver, the view and the walk are those of the matrix."""

    @pytest.mark.django_db
    def test_a_page_that_forgets_its_permission_is_a_changed_cell(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world, pages = small_world(), pages_of("billing_alarm_change")
        sound = cells_of({"agent": answers(pages, world, site)})
        assert sound == {(ALARM_PAGE, method): {"agent": "–"} for method in ("GET", "POST")}
        monkeypatch.setattr(AlarmAdmin, "has_view_permission", lambda *_: True)
        faulty = cells_of({"agent": answers(pages, world, site)})
        assert list(differences(sound, faulty)) == [
            f"GET /{ALARM_PAGE} answers agent: ✓·, the page says –",
            f"POST /{ALARM_PAGE} answers agent: –·, the page says –",
        ]

    @pytest.mark.django_db
    def test_a_page_that_forgets_the_company_is_a_leak(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world, pages = small_world(), pages_of("billing_alarm_change")
        assert answers(pages, world, site, "manager").leaks == []
        monkeypatch.setattr(AlarmAdmin, "get_queryset", lambda *_: Alarm.objects.all())
        leaks = answers(pages, world, site, "manager").leaks
        opened = f"manager GET /{pages[0].route} opens another company's record"
        told_apart = f"manager GET /{pages[0].route} tells another company's record from none: "
        assert opened in leaks
        assert any(leak.startswith(told_apart) for leak in leaks)

    @pytest.mark.django_db
    def test_a_new_address_fails_with_its_answers(self, site: Site, settings: Any) -> None:
        settings.ROOT_URLCONF = urls_with(path("ledger/", lambda _: HttpResponse()))
        (planted,) = [address for address in addresses() if address.route == "ledger/"]
        cells = cells_of({"agent": answers([planted], small_world(), site)})
        assert list(differences({}, cells)) == [
            "GET /ledger/ is new and has no line in access.md. It answers: ag ✓",
            "POST /ledger/ is new and has no line in access.md. It answers: ag ✓",
        ]

    @pytest.mark.django_db
    def test_a_new_address_whose_record_nobody_names_fails(self, settings: Any) -> None:
        settings.ROOT_URLCONF = urls_with(path("ledger/<int:pk>/", HttpResponse, name="ledger"))
        with pytest.raises(AssertionError, match="name the record in RECORDS or OUTSIDE_ADMIN"):
            addresses()

    def test_a_table_without_a_record_fails(self) -> None:
        with pytest.raises(AssertionError, match=r"no record of billing\.Alarm: build one in"):
            Side().of(Alarm)

    def test_an_address_that_is_gone_takes_its_line_along(self) -> None:
        page = {("planted/", "GET"): dict.fromkeys(COLUMNS, "✓")}
        assert list(differences(page, {})) == [
            "GET /planted/ is gone; its line in access.md is not"
        ]

    def test_the_page_says_what_was_written_into_it(self) -> None:
        cells = {
            (f"admin/billing/alarm/{route}", method): dict.fromkeys(COLUMNS, "✓·")
            | {"agent": agent}
            for route, method, agent in (
                ("{}/change/", "GET", "–"),
                ("{}/change/", "POST", "m"),
                ("{}/delete/", "GET", "–"),
                ("{}/delete/", "POST", "–"),
                ("", "GET", "→"),
            )
        }
        assert read_page(page_of(cells)) == cells


ALARM_PAGE = "admin/billing/alarm/{}/change/"


def small_world() -> World:
    """Returns two companies with an alarm each, an agent and a manager of the first."""
    own, other = (
        Side(
            {Alarm: raise_alarm("test", key=code, sentence="x", at=NOW, company=a_company(code))},
            phone=f"138000000{code}",
        )
        for code in ("11", "21")
    )
    people = {
        role.key: {PERSON: a_member_of_staff(role.key, role, a_company("11"))}
        for role in (AGENT, MANAGER)
    }
    return World(own, other, people)


def pages_of(name: str) -> list[Address]:
    """Returns the addresses of this name."""
    return [address for address in addresses() if address.name == name]


def answers(pages: list[Address], world: World, site: Site, actor: str = "agent") -> Walk:
    """Returns what the actor is answered at these addresses."""
    with site.open():
        return Walker(pages, world, site).walk(actor)


def urls_with(planted: URLPattern) -> ModuleType:
    """Returns the addresses of the site and a planted one."""
    module = ModuleType("planted_urls")
    module.urlpatterns = [planted, *urls.urlpatterns]  # type: ignore[attr-defined]
    return module
