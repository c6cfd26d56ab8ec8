"""Whoever saves a form of facts second overwrites nothing unseen: on every screen that has one."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.db import OperationalError, connection
from django.db.models import Model
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from psycopg import errors

from billing.models import PriceDocument
from customers.models import ConnectionPaperRule, ConnectionRule, ConnectionTerms
from office.models import JournalEntry, User
from office.screens import reference
from office.screens.records import RecordAdmin
from office.screens.reference import ReferenceAdmin
from office.screens.shown_facts import FactsForm
from suppliers.models import (
    CommonNetwork,
    ContractTerm,
    PaperRequirement,
    PriorityRule,
    TermKind,
)
from tests.builders import a_company, a_season
from tests.customers.connection_records import publish_connection_rules
from tests.heating.admin_pages import screens
from tests.shown_form import hashes
from tests.suppliers.supplier_records import a_category

pytestmark = pytest.mark.django_db

# Their forms show what is on file, but what they write is a new record beside it.
NEW_RECORDS = {"correct_entry", "propose_ban"}


@pytest.fixture
def boss(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("boss", password="x"))
    return client


def fact_screens() -> list[ReferenceAdmin]:
    return [screen for screen in screens() if isinstance(screen, ReferenceAdmin)]


def records() -> dict[type[Model], Model]:
    """Returns records that are open for change of the tables whose usual ones are closed."""
    company = a_company("21")
    publish_connection_rules("21")
    later = date(2099, 1, 1)
    rows: list[Model] = [
        a_season(company, "2030-2031"),
        PaperRequirement.objects.create(paper_type="iso_9001", starts=later, source="办法"),
        CommonNetwork.objects.create(network="203.0.113.0/24", name="写字楼", starts=later),
        ContractTerm.objects.create(
            category=a_category(), kind=TermKind.OTHER, text="验收", starts=later, source="办法"
        ),
        PriorityRule.objects.create(share=Decimal("0.05"), starts=later, source="办法"),
        PriceDocument.objects.create(
            company=company,
            number="并发改〔2099〕1号",
            title="热价",
            issuer="发改委",
            issued_on=later,
            effective_from=later,
            stop_heat_ratio=Decimal("0.3"),
        ),
    ]
    for model in (ConnectionRule, ConnectionPaperRule, ConnectionTerms):
        rule: Any = model._default_manager.all()[0]
        rule.pk, rule.starts = None, later
        rule.save()
        rows.append(rule)
    return {type(row): row for row in rows}


def page_of(screen: RecordAdmin, record: Model) -> str:
    name = f"admin:{screen.opts.app_label}_{screen.opts.model_name}_change"
    return reverse(name, args=[record.pk])


def sent_values(page: Any) -> dict[str, Any]:
    """Returns what a browser sends of the page's form when nothing was typed."""
    shown: list[Any] = [page.context["adminform"].form]
    for rows in page.context["inline_admin_formsets"]:
        shown += [rows.formset.management_form, *rows.formset.initial_forms]
    values: dict[str, Any] = {}
    for bound in (bound for form in shown for bound in form):
        value = bound.field.prepare_value(bound.value())
        if isinstance(value, list | tuple | set):
            values[bound.html_name] = [bound.field.prepare_value(item) for item in value]
        elif value is True:
            values[bound.html_name] = "on"
        elif value not in (None, False, ""):
            values[bound.html_name] = value
    return values | hashes(page)


def a_text_of(form: Any) -> str:
    """Returns the name of a column of free text in the form."""
    names = ("title", "name", "last_name", "source", "label")
    return next(name for name in names if name in form.fields)


def test_no_screen_overwrites_what_somebody_else_changed(
    boss: Client, foreign: dict[type[Model], Model]
) -> None:
    made, saved = records(), set()
    for screen in fact_screens():
        record = made.get(screen.model) or foreign.get(screen.model)
        record = record or screen.model._default_manager.first()
        assert record is not None, f"no record of {screen.model}"
        address, row = page_of(screen, record), screen.model._base_manager.filter(pk=record.pk)
        page = boss.get(address)
        values, name = sent_values(page), a_text_of(page.context["adminform"].form)
        before = row.values_list(name, flat=True).get()
        row.update(**{name: "改"})
        with CaptureQueriesContext(connection) as statements:
            refused = boss.post(address, values)
        assert refused.status_code == 200, (screen, name)
        assert "这一项刚被他人改为“改”，本次没有保存。" in refused.content.decode(), (screen, name)
        assert row.values_list(name, flat=True).get() == "改", screen
        # Without the lock two who save in the same moment would both see the old value.
        assert [s for s in statements if "FOR NO KEY UPDATE" in s["sql"]], screen
        # Who sends no hashes has seen nothing; the form that comes back is no better.
        unseen = {key: sent for key, sent in values.items() if not key.endswith("shown_facts")}
        expired = boss.post(address, unseen)
        assert "页面已失效，请重新打开页面后再办理。" in expired.content.decode(), screen
        assert boss.post(address, unseen | hashes(expired)).status_code == 200, screen
        assert row.values_list(name, flat=True).get() == "改", screen
        # What is shown now was seen: the second decision counts.
        answer = boss.post(address, values | hashes(refused))
        if answer.status_code == 302:
            saved.add(screen)
            assert row.values_list(name, flat=True).get() == before, screen
        else:
            # A record of the tests may lack what the form asks for.
            assert name not in answer.context["adminform"].form.errors, screen
    assert len(saved) > 10


def test_a_form_that_met_a_lock_keeps_what_was_typed(
    boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = CommonNetwork.objects.create(
        network="203.0.113.0/24", name="写字楼", starts=date(2099, 1, 1)
    )
    address = reverse("admin:suppliers_commonnetwork_change", args=[network.pk])
    page = boss.get(address)
    lines = JournalEntry.objects.count()

    def busy(record: Model) -> None:
        raise OperationalError("locked") from errors.LockNotAvailable()

    with monkeypatch.context() as patch:
        patch.setattr(reference, "lock_facts", busy)
        answer = boss.post(address, sent_values(page) | {"name": "招待所"})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "该记录正由另一窗口办理，本次没有入账或更改，请稍候再试。" in text
    assert 'value="招待所"' in text
    network.refresh_from_db()
    assert (network.name, JournalEntry.objects.count()) == ("写字楼", lines)
    # The page that came back is sent again as it stands.
    assert boss.post(address, sent_values(answer)).status_code == 302
    network.refresh_from_db()
    assert network.name == "招待所"


def test_every_form_that_writes_columns_carries_what_it_showed() -> None:
    request = RequestFactory().get("/")
    request.user = User.objects.create_superuser("boss", password="x")
    for screen in fact_screens():
        assert issubclass(screen.get_form(request), FactsForm) or screen.model is User, screen
        for inline in screen.get_inline_instances(request):
            if inline.has_change_permission(request):
                assert issubclass(inline.get_formset(request).form, FactsForm), inline
    assert issubclass(admin.site._registry[User].form, FactsForm)


def test_every_button_with_facts_on_file_says_so(foreign: dict[type[Model], Model]) -> None:
    request = RequestFactory().get("/")
    request.user = User.objects.create_superuser("boss", password="x")
    filled = set()
    for screen in screens():
        row = foreign.get(screen.model) or screen.model._default_manager.first()
        if row is None or not screen.verbs:
            continue
        for button in screen.buttons(request, screen.record(request, row.pk)):
            form = button.form
            # A form that carries the version it was made from compares that.
            if form is None or "seen_version" in form.fields:
                continue
            shown = [bound for bound in form.visible_fields() if bound.name in form.initial]
            if len(shown) > 2 and button.verb.name not in NEW_RECORDS:
                filled.add((button.verb.name, button.verb.shows_facts))
    assert filled == {("change_supplier_facts", True)}
