"""Rules every admin screen keeps, walked over all of them; an unlisted screen fails."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import Model
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, reverse

from billing.counter.money_facts import CounterForm
from billing.counter.operations import take_cash
from billing.counter.shifts import open_shift
from billing.models import (
    Bill,
    HeatingSeason,
    Payment,
    PaymentIntent,
    PriceDocument,
    Receipt,
    Transfer,
)
from billing.states import WORKFLOWS as BILLING
from complaints.models import Crew
from customers.models import (
    Account,
    Customer,
    HeatSource,
    Loop,
    Premise,
    SupplyContract,
    TariffCategory,
)
from heating.roles import CASHIER, STAFF_ROLES
from office.actors import Actor
from office.admin.records import RecordAdmin, ReferenceAdmin
from office.models import Company, JournalEntry, User
from office.states import WORKFLOWS as OFFICE
from suppliers.models import PaperRequirement, SupplyCategory
from tests.builders import (
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    a_season,
    an_account,
    an_issued_bill,
)
from tests.heating.admin_pages import RECORD_OF_PAGE, admin_patterns, screens

pytestmark = pytest.mark.django_db

WORKFLOWS = (*BILLING, *OFFICE)
# Open to everybody who is signed in; they show nothing but the person's own.
OPEN = {
    "index",
    "login",
    "logout",
    "enrol_device",
    "password_change",
    "password_change_done",
    "jsi18n",
    "search",
    "autocomplete",
    "app_list",
    "view_on_site",
}
# Pages without a record in their address; what they show is scoped, who may open them is tested.
DESKS = {
    *("counter", "open_shift", "close_shift", "customers_account_open_account"),
    "billing_accountimport_template",
    *("open_ticket", "ringing_calls", "dispatch", "dispatch_state", "assign_ticket"),
    *("kpis", "kpi_tickets", "kpi_report", "billing_accountimport_template"),
}
# Tables of the whole house: there is no other company's record to be hidden.
HOUSE_WIDE = {
    "auth_group",
    "office_calendarversion",
    "django_celery_beat_periodictask",
    "django_celery_beat_intervalschedule",
    "django_celery_beat_crontabschedule",
    "axes_accessattempt",
    "axes_accessfailurelog",
    "axes_accesslog",
    "otp_totp_totpdevice",
    # Suppliers belong to the group; dealings with them to a company.
    "suppliers_supplier",
    "suppliers_supplierbankaccount",
    "suppliers_supplierpaper",
    "suppliers_supplycategory",
    "suppliers_paperrequirement",
}


class TestScope:
    @pytest.mark.parametrize("role", STAFF_ROLES, ids=lambda role: role.key)
    def test_no_address_shows_another_companys_record(
        self, role: Any, foreign: dict[type[Model], Model], client: Client
    ) -> None:
        client.force_login(a_member_of_staff("colleague", role, a_company("11")))
        walked = 0
        for pattern in admin_patterns():
            address = self._address(pattern, foreign)
            if address is None:
                continue
            for answer in (client.get(address), client.post(address)):
                assert answer.status_code in (403, 404), (role.key, address, answer.status_code)
            walked += 1
        assert walked > 80

    def test_every_table_is_walked(self, foreign: dict[type[Model], Model]) -> None:
        shown = {
            screen.model
            for screen in screens()
            if f"{screen.opts.app_label}_{screen.opts.model_name}" not in HOUSE_WIDE
        }
        assert shown == set(foreign)

    def _address(self, pattern: URLPattern, foreign: dict[type[Model], Model]) -> str | None:
        """The address with the foreign record in it; None where an address names no record."""
        name = str(pattern.name)
        if name in OPEN | DESKS or name.endswith(("_changelist", "_add")):
            return None
        table = next((t for t in HOUSE_WIDE if name.startswith(f"{t}_")), None)
        if table is not None:
            return None
        model = RECORD_OF_PAGE.get(name) or self._model(name)
        record = foreign[model]
        return reverse(f"admin:{name}", args=[record.pk])

    def _model(self, name: str) -> type[Model]:
        if name == "auth_user_password_change":
            return User
        for screen in screens():
            if name.startswith(f"{screen.opts.app_label}_{screen.opts.model_name}_"):
                return screen.model  # type: ignore[no-any-return]
        raise AssertionError(f"{name} is listed nowhere in this test")

    def test_lists_show_nothing_of_another_company(
        self, foreign: dict[type[Model], Model], client: Client
    ) -> None:
        colleague = a_member_of_staff("colleague", STAFF_ROLES[0], a_company("11"))
        colleague.user_permissions.set(Permission.objects.all())
        client.force_login(colleague)
        request = RequestFactory().get("/")
        request.user = User.objects.get(pk=colleague.pk)
        for model, record in foreign.items():
            rows = admin.site._registry[model].get_queryset(request)
            assert not rows.filter(pk=record.pk).exists(), model


class TestNothingIsEditedAroundItsOperation:
    def test_states_are_read_only_and_nothing_is_deleted(self) -> None:
        owned = {workflow.table: workflow.column for workflow in WORKFLOWS}
        request = RequestFactory().get("/")
        request.user = User.objects.create_superuser("boss", password="x")
        for screen in screens():
            assert isinstance(screen, RecordAdmin), screen
            assert not screen.has_delete_permission(request), screen
            assert screen.get_actions(request) == {}, screen
            assert screen.list_editable == (), screen
            if not isinstance(screen, ReferenceAdmin):
                assert not screen.has_change_permission(request), screen
                continue
            column = owned.get(screen.opts.db_table)
            if column is not None:
                assert column in screen.get_readonly_fields(request, screen.model()), screen

    def test_only_these_tables_have_forms(self) -> None:
        assert {s.model for s in screens() if isinstance(s, ReferenceAdmin)} == {
            *(Company, User, HeatingSeason, PriceDocument, TariffCategory, Crew),
            *(HeatSource, Loop),
            *(SupplyCategory, PaperRequirement),
        }

    def test_a_workflow_without_a_screen_is_noticed(self) -> None:
        known = {s.opts.db_table for s in screens()}
        assert {workflow.table for workflow in WORKFLOWS} <= known


class TestQueries:
    LISTS = (
        Account,
        Customer,
        SupplyContract,
        Premise,
        Bill,
        Payment,
        Receipt,
        Transfer,
        JournalEntry,
        PaymentIntent,
    )

    def test_a_list_asks_as_often_for_many_rows_as_for_few(self, client: Client) -> None:
        company = a_company()
        cashier = a_member_of_staff("cashier", CASHIER, company)
        open_shift(company, till="1", float_fen=0, by=Actor.staff(cashier), at=NOW)
        client.force_login(User.objects.create_superuser("boss", password="x"))
        self._settle(company, cashier, 3)
        self._count(client, Account)
        few = {model: self._count(client, model) for model in self.LISTS}
        self._settle(company, cashier, 30)
        many = {model: self._count(client, model) for model in self.LISTS}
        assert many == few
        assert max(many.values()) <= 16

    def test_an_account_page_asks_as_often_for_many_bills_as_for_one(self, client: Client) -> None:
        company = a_company()
        client.force_login(User.objects.create_superuser("boss", password="x"))
        account = an_account(company)
        contract = a_contract(account, a_customer(company))
        an_issued_bill(contract, a_season(company, "2020-2021"))
        address = reverse("admin:customers_account_change", args=[account.pk])
        client.get(address)
        with CaptureQueriesContext(connection) as few:
            client.get(address)
        for year in (2021, 2022, 2023, 2024):
            an_issued_bill(contract, a_season(company, f"{year}-{year + 1}"))
        with CaptureQueriesContext(connection) as many:
            client.get(address)
        assert len(many) == len(few)

    def _settle(self, company: Company, cashier: User, count: int) -> None:
        by = Actor.staff(cashier)
        for _ in range(count):
            contract = a_contract(an_account(company), a_customer(company))
            bill = an_issued_bill(contract)
            key = f"{contract.pk:032x}"
            form = CounterForm(key, [bill], bill.amount_fen, bill.amount_fen)
            take_cash(contract, form, by=by, at=NOW)

    def _count(self, client: Client, model: type[Model]) -> int:
        name = f"{model._meta.app_label}_{model._meta.model_name}_changelist"
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse(f"admin:{name}")).status_code == 200
        return len(asked)
