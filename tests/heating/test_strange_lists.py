"""Every list of the admin site under strange parameters: 200, 302, 400 or 404, never 500."""

import os
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.db import transaction
from django.test import Client
from django.urls import reverse

from office.models import User
from tests.heating.admin_pages import screens

SEED = int(os.environ.get("LIST_SEED", "20261130"))
REQUESTS_PER_LIST = 3
# What the day of attacks sent, by the kind of value that a parameter expects.
STRANGE = (
    *("", " ", "²", "１２", "-1", "0", "1.5", "1e400", "NaN", "9" * 30, "9" * 5000, "true"),
    *("\x00", "a\x00b", "\ud800".encode(errors="surrogatepass").decode(errors="replace"), "\ufeff"),
    *("0001-01-01", "9999-12-31", "9999-12-30 23:59:59+14:00", "2026-02-30", "0000-00-00"),
    *("'; DROP TABLE office_user; --", "%", "_", "\\", "[" * 2000, "{{7*7}}", "../../etc/passwd"),
    *("..", "-pk,-pk", "1.2.3.4", "-99999999999999999999", "None", "null", "a" * 3000, "𠈓䶮"),
)
# What readers of values have stumbled over: every filter meets all of them.
KINDS = ("²", "9" * 5000, "9999-12-31", "NaN", "1.2.3.4", "a" * 3000)
COMMON = ("q", "o", "p", "all", "e", "_facets", "_popup", "_to_field")


def parameters_of(screen: Any, changes: Any) -> list[str]:
    """The names that the list's own filters read, and what every list of Django reads."""
    names = set(COMMON)
    for spec in changes.filter_specs:
        names.update(spec.expected_parameters())
    return sorted(names)


def requests_of(random: Random, names: list[str]) -> Iterator[dict[str, str]]:
    for _request in range(REQUESTS_PER_LIST):
        yield {name: random.choice(STRANGE) for name in random.sample(names, random.randint(1, 3))}


@pytest.mark.django_db
def test_no_list_answers_500(client: Client, foreign: Any, rf: Any, caplog: Any) -> None:
    boss = User.objects.create_superuser("boss", password="x")
    client.force_login(boss)
    client.raise_request_exception = False
    # Hundreds of refused requests need no lines in the log.
    caplog.set_level("CRITICAL")
    random = Random(SEED)
    faults = []
    for screen in screens():
        address = reverse(f"admin:{screen.opts.app_label}_{screen.opts.model_name}_changelist")
        request = rf.get(address)
        request.user = boss
        names = parameters_of(screen, screen.get_changelist_instance(request))
        for query in requests_of(random, names):
            answer = client.get(address, query)
            if answer.status_code not in (200, 302, 400, 404):
                faults.append((screen.opts.label, query, answer.status_code))
    assert faults == [], f"LIST_SEED={SEED}"


def filters_of(screen: Any, changes: Any) -> Iterator[tuple[object, str]]:
    """Returns the parameters by which the list is narrowed, each with what reads its value."""
    for spec in changes.filter_specs:
        column = type(getattr(spec, "field", None))
        for name in spec.expected_parameters():
            yield (type(spec), column, name.rpartition("__")[2]), name
    if screen.search_fields:
        yield (type(screen).get_search_results, tuple(sorted(screen.search_fields))), "q"


@pytest.mark.django_db
def test_no_filter_and_no_search_fails_on_any_kind_of_value(foreign: Any, rf: Any) -> None:
    """Filters that are alike, such as that by company, meet the values in one of their lists."""
    boss = User.objects.create_superuser("boss", password="x")

    def list_of(screen: Any, **parameters: str) -> Any:
        request = rf.get("/", parameters)
        request.user = boss
        return screen.get_changelist_instance(request)

    faults, met = [], set()
    for screen in screens():
        for reader, name in filters_of(screen, list_of(screen)):
            for value in KINDS if reader not in met else ():
                try:
                    # A statement that the database refuses ends with its savepoint.
                    with transaction.atomic():
                        list(list_of(screen, **{name: value}).result_list)
                except (IncorrectLookupParameters, DisallowedModelAdminLookup):
                    continue
                except Exception as error:  # noqa: BLE001 – each of them would be a 500
                    faults.append((screen.opts.label, name, value[:40], repr(error)[:100]))
            met.add(reader)
    assert faults == []
    assert len(met) > 60


@pytest.mark.django_db
@pytest.mark.parametrize("day", ["0001-01-01", "00010101", "9999-12-31T23:59:59-12:00"])
def test_days_at_the_ends_of_the_calendar_filter_nothing(client: Client, day: str) -> None:
    client.force_login(User.objects.create_superuser("boss", password="x"))
    for screen, name in (
        ("complaints_temperaturetest", "tested_at"),
        ("office_journalentry", "at"),
    ):
        for bound in ("from", "to"):
            answer = client.get(reverse(f"admin:{screen}_changelist"), {f"{name}__{bound}": day})
            assert (answer.status_code, answer.headers["Location"][-4:]) == (302, "?e=1")
