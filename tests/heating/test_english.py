"""Who chooses English reads English and nobody else does, but for the data."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import Model
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from unfold.sites import UnfoldAdminSite

from billing.counter.money_facts import CounterForm
from billing.counter.operations import take_cash
from billing.models import Receipt
from billing.states import BILLING_RUN, BillingRunState
from customers.models import ContractPaper
from heating.rooms import EVERY_APP
from office.actors import Actor
from office.models import Company, User
from office.refusals import Refused
from suppliers.models import SupplierCertificate
from tests.builders import NOW, a_contract, a_customer, an_account
from tests.heating.admin_pages import RECORD_OF_PAGE, admin_patterns, screens
from tests.heating.page_words import (
    CHINESE,
    chinese_labels,
    english_words,
    stored_english,
    words_of_rows,
)

pytestmark = pytest.mark.django_db

JSON = "application/json"
SAYING_NO = {"Refused", "Invalid", "NotFound", "NotAllowed"}
# What these pages say is the same for every table.
ALIKE = {"history", "delete"}
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


def sampled(records: dict[type[Model], Model]) -> Iterator[tuple[str, str]]:
    """Returns every page of the admin, and of those that are alike for all tables the first."""
    seen = set()
    for name, address in addresses(records):
        ending = name.rpartition("_")[2]
        if ending not in ALIKE or ending not in seen:
            seen.add(ending)
            yield name, address


class TestScreens:
    def test_every_page_of_every_record_in_both_languages(
        self,
        english: Client,
        foreign: dict[type[Model], Model],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        walked, row_words = 0, words_of_rows()
        english_of: dict[str, set[str]] = {}
        for name, address in [("index", "/admin/"), *sampled(foreign)]:
            answer = english.get(address)
            kind = answer.headers.get("Content-Type", "")
            if answer.status_code == 200 and kind.startswith("text/html"):
                assert chinese_labels(answer, row_words) == set(), name
                english.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
                english_of[name] = english_words(english.get(address))
                english.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
                walked += 1
            if answer.streaming:
                # A download closes its file only once it is read to its end.
                answer.getvalue()
            # The sidebar is the same on every page: the first one has shown it.
            monkeypatch.setattr(UnfoldAdminSite, "get_sidebar_list", lambda *_: [])
        # The rows are read once: what they hold is data.
        # A title begins with a capital.
        stored = {word.lower() for word in stored_english()}
        first_page = {
            word: name
            for name, words in english_of.items()
            for word in words
            if word.lower() not in stored
        }
        assert first_page == {}
        assert walked > 80


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


class TestWords:
    def test_a_word_has_the_meaning_that_it_has_on_its_page(self) -> None:
        with translation.override("en"):
            assert translation.gettext("查看") == "View"
            assert translation.gettext("查看完整信息") == "Reveal"
            # By which way a report came, and who brings the money.
            assert translation.pgettext("service", "渠道") == "Channel"
            assert translation.gettext("渠道") == "Provider"

    def test_the_code_of_a_paper_has_one_name_and_that_of_the_sign_in_another(self) -> None:
        for model in (Receipt, ContractPaper, SupplierCertificate):
            assert model._meta.get_field("verification_code").verbose_name == "查验码"
        templates = Path(settings.BASE_DIR / "templates").rglob("*.html")
        pages = {page.name for page in templates if "验证码" in page.read_text()}
        assert pages == {"sign_in.html"}


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
