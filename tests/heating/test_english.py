"""Who chooses English reads English: every label, choice, button and refusal, not the data."""

import ast
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import JSONField, Model
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from billing.counter.money_facts import CounterForm
from billing.counter.operations import take_cash
from billing.states import BILLING_RUN, BillingRunState
from customers.contract_papers.kinds import KINDS
from heating.rooms import EVERY_APP
from office.actors import Actor
from office.models import Company, User
from office.refusals import Refused
from tests.builders import NOW, a_contract, a_customer, an_account
from tests.heating.admin_pages import RECORD_OF_PAGE, admin_patterns, screens

pytestmark = pytest.mark.django_db

CHINESE = re.compile("[\u4e00-\u9fff]+")
# The switch names every language in itself; an example of an address is one in Chinese, and so
# are the blanks of contracts, which are Chinese papers.
SAID_IN_CHINESE = (
    *("简体中文", "中文", "迎泽花园", "汾河小区", "号楼"),
    *{blank.name for kind in KINDS.values() for blank in kind.blanks},
)
# Named by ourselves, shown translated: no data that may stay Chinese.
NAMED_BY_US = {"auth", "contenttypes"}
JSON = "application/json"
SAYING_NO = {"Refused", "Invalid", "NotFound", "NotAllowed"}
# A file, a paper, and a question to WeChat Pay.
NO_PAGES = {
    "office_document_open",
    "counter_wechat_state",
    "complaints_temperaturetest_sheet",
    # Their drafts go to customers: Chinese, whoever writes them.
    "customers_contracttemplate_add",
    "customers_contracttemplate_change",
    "complaints_incident_announce_outage",
    "complaints_incident_notify_affected",
}


@pytest.fixture
def english(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("boss", password="x"))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def chinese_labels(page: Any, row_words: dict[str, str]) -> set[str]:
    """Returns the Chinese of a page that stands in no row of the database.

    `row_words` are the words of the rows when they were read last; a page that seems to fall short
    may show what requests since have written, so the rows are read anew before it is judged.
    """
    text = unescape(re.sub(r"<!--.*?-->", "", page.content.decode(), flags=re.S))
    labels = _labels(text, row_words)
    if labels:
        row_words.update(kept_words())
        labels = _labels(text, row_words)
    return labels


def _labels(text: str, row_words: dict[str, str]) -> set[str]:
    # A word stands on the page only if its first Chinese does: few words are looked for at all.
    chinese = "\n".join(set(CHINESE.findall(text)))
    shown = [word for word, first in row_words.items() if first in chinese and word in text]
    for word in sorted({*shown, *SAID_IN_CHINESE}, key=len, reverse=True):
        text = text.replace(word, "")
    return set(CHINESE.findall(text))


def kept_words() -> dict[str, str]:
    """Returns every text with Chinese in any row, with its first Chinese characters."""
    words = {}
    for model in apps.get_models():
        if model._meta.app_label in NAMED_BY_US or not model._meta.managed:
            continue
        for row in model._default_manager.all():
            for word in _words(row):
                if first := CHINESE.search(word):
                    words[word] = first[0]
    return words


def _words(row: Model) -> Iterator[str]:
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        yield from _leaves(value) if isinstance(field, JSONField) else [str(value)]


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        yield json.dumps(value, ensure_ascii=False)
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)
    else:
        yield str(value)


def addresses(records: dict[type[Model], Model]) -> Iterator[tuple[str, str]]:
    """Every page of the admin with a record in its address where it takes one."""
    models = {f"{s.opts.app_label}_{s.opts.model_name}": s.model for s in screens()}
    for pattern in admin_patterns():
        name = str(pattern.name)
        if name in NO_PAGES:
            continue
        model = RECORD_OF_PAGE.get(name) or models.get("_".join(name.split("_")[:2]))
        try:
            yield name, reverse(f"admin:{name}")
        except NoReverseMatch:
            record = model and (records.get(model) or model._default_manager.first())
            if record:
                yield name, reverse(f"admin:{name}", args=[record.pk])


class TestScreens:
    def test_lists_and_forms(self, english: Client) -> None:
        """With no rows there is no data: all that is said is ours."""
        row_words = kept_words()
        for screen in screens():
            name = f"{screen.opts.app_label}_{screen.opts.model_name}"
            for page in {f"{name}_changelist", f"{name}_add"} - NO_PAGES:
                answer = english.get(reverse(f"admin:{page}"))
                if answer.status_code == 200:
                    assert chinese_labels(answer, row_words) == set(), page

    def test_every_page_of_every_record(
        self, english: Client, foreign: dict[type[Model], Model]
    ) -> None:
        walked, row_words = 0, kept_words()
        for name, address in addresses(foreign):
            answer = english.get(address)
            kind = answer.headers.get("Content-Type", "")
            if answer.status_code == 200 and kind.startswith("text/html"):
                assert chinese_labels(answer, row_words) == set(), name
                walked += 1
            if answer.streaming:
                # A download closes its file only once it is read to its end.
                answer.getvalue()
        assert walked > 80

    def test_customers_pages(self, english: Client) -> None:
        for name in ("my_sign_in", "my_accounts", "my_receipts"):
            assert chinese_labels(english.get(reverse(name)), kept_words()) == set(), name


class TestRefusals:
    def test_a_sentence_is_said_in_the_readers_language_and_kept_in_chinese(self) -> None:
        with translation.override("en"), pytest.raises(Refused) as refusal:
            BILLING_RUN.next_state(BillingRunState.SCOPED, "issue_billing_run")
        sentence = "出账批次现在是“已定范围”，不能出账。"
        assert (str(refusal.value), refusal.value.sentence) == (sentence, sentence)
        with translation.override("en"):
            assert refusal.value.sentence == (
                "Billing run is in state “Scoped”; “Issue” is not possible now."
            )

    def test_a_finished_sentence_is_said_as_it_stands(self) -> None:
        refusal = Refused("over", "超过 5%(含)，请核对。", retry_after=2)
        with translation.override("en"):
            assert refusal.sentence == str(refusal) == "超过 5%(含)，请核对。"

    def test_the_admin_says_no_in_english(self, english: Client) -> None:
        page = english.post(reverse("admin:open_shift"), {"till": "1"}, follow=True)
        assert "Choose a company." in page.content.decode()

    def test_the_api_says_no_in_english(self, client: Client) -> None:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        answers = (
            client.get("/api/v1/accounts"),
            client.get("/api/v1/nowhere"),
            client.post("/api/v1/sign-in/codes", {"phone": "1"}, content_type=JSON),
            client.post("/api/v1/sign-in/codes", {"phone": "12345678901"}, content_type=JSON),
            client.post("/api/v1/sign-in/codes", "{", content_type=JSON),
        )
        for answer in answers:
            assert 400 <= answer.status_code < 500
            assert not CHINESE.search(answer.content.decode()), answer.content.decode()

    def test_every_refusal_waits_for_its_language(self) -> None:
        bare = [
            f"{path.relative_to(settings.BASE_DIR)}:{call.lineno}"
            for path, call in refusals()
            if any(
                isinstance(argument, ast.JoinedStr) or _is_chinese(argument)
                for argument in call.args
            )
        ]
        assert bare == []


class TestRecords:
    def test_a_receipt_taken_in_english_is_chinese(self, foreign: dict[type[Model], Model]) -> None:
        company = Company.objects.get(code="21")
        contract = a_contract(an_account(company), a_customer(company))
        by = Actor.staff(User.objects.get(username="foreign_cashier"))
        with translation.override("en"):
            form = CounterForm("2" * 32, [], 100, 0, beyond_debt=True)
            paper = take_cash(contract, form, by=by, at=NOW).receipt.paper
        assert (paper["payment_method"], paper["season"]) == ("现金", "预存")


def refusals() -> Iterator[tuple[Path, ast.Call]]:
    """Every refusal that staff or customers hear; commands speak to an operator."""
    for room in EVERY_APP:
        for path in sorted((settings.BASE_DIR / room).rglob("*.py")):
            if {"management", "demo", "migrations"} & set(path.parts):
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                name = getattr(getattr(node, "func", None), "id", "")
                if isinstance(node, ast.Call) and name in SAYING_NO:
                    yield path, node


def _is_chinese(argument: ast.expr) -> bool:
    return isinstance(argument, ast.Constant) and bool(CHINESE.search(str(argument.value)))
