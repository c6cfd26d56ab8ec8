"""The pages outside the office in both languages: customers, repairers, suppliers, reporters."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from customers.sign_in.authentication import COOKIE
from heating.roles import ENGINEER
from tests.access.addresses import Address, addresses
from tests.access.requests import PERSON
from tests.access.world import World, build_world
from tests.heating.page_words import chinese_labels, english_words, stored_english, words_of_rows

# The page of the API's document is English for browsers (`test_api_document.py`), and the office
# has a walk of its own (`test_english.py`).
ELSEWHERE = ("admin/", "api/")


def browser_for(address: Address, world: World) -> Client:
    """Returns the browser of whoever is at home there: a customer, a repairer or nobody."""
    client, area = Client(), address.route.partition("/")[0]
    if area == "my":
        customer = str(world.actors["customer"]["HTTP_COOKIE"])
        client.cookies[COOKIE] = customer.partition("=")[2]
    elif area == "crew":
        client.force_login(world.actors[ENGINEER.key][PERSON])
    return client


def in_language(path: str, language: str) -> str:
    """Returns the address of the page in the language, which reporters' pages have in it."""
    return path.replace("/report/zh/", f"/report/{language[:2]}/")


def shown(client: Client, path: str, language: str) -> Any:
    """Returns the page in the language; None where the answer is no page."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    answer = client.get(in_language(path, language))
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    return answer if answer.status_code == 200 and is_page and not answer.streaming else None


@pytest.mark.django_db
def test_every_page_outside_the_office() -> None:
    world, walked = build_world(), set()
    chinese_of: dict[str, set[str]] = {}
    english_of: dict[str, set[str]] = {}
    row_words = words_of_rows()
    for address in addresses():
        if address.route.startswith(ELSEWHERE) or "GET" not in address.methods:
            continue
        client, path = browser_for(address, world), address.complete(world.own)
        page = shown(client, path, "en")
        if page is None:
            continue
        if labels := chinese_labels(page, row_words):
            chinese_of[address.shown] = labels
        english_of[address.shown] = english_words(shown(client, path, "zh-hans"))
        walked.add(address.shown)
    stored = {word.lower() for word in stored_english()}
    faults = {
        word: place
        for place, words in english_of.items()
        for word in words
        if word.lower() not in stored
    }
    assert (chinese_of, faults) == ({}, {})
    assert {
        *("/", "my/tickets", "my/tickets/new", "my/tickets/{}", "my/sign-in", "crew/"),
        *("crew/visits/{}", "rate/{}", "verify/{}", "offer/{}", "supplier/{}", "report/zh/"),
    } <= walked
