"""Rules every admin screen keeps, walked over all of them; an unlisted screen fails."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import Model
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.counter.money_facts import CounterForm
from billing.counter.operations import take_cash
from billing.counter.shifts import open_shift
from billing.models import (
    Bill,
    CompanyBankAccount,
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
    ConnectionPaperRule,
    ConnectionRule,
    ConnectionTerms,
    Customer,
    HeatSource,
    Loop,
    Premise,
    SupplyContract,
    TariffCategory,
)
from heating.roles import CASHIER, STAFF_ROLES
from office.actors import Actor
from office.models import Company, JournalEntry, User
from office.screens.records import RecordAdmin
from office.screens.reference import ReferenceAdmin
from office.states import WORKFLOWS as OFFICE
from suppliers.models import (
    CommonNetwork,
    ContractTerm,
    PaperRequirement,
    PriorityRule,
    SupplyCategory,
)
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
from tests.heating.admin_pages import HOUSE_WIDE, screens

pytestmark = pytest.mark.django_db

WORKFLOWS = (*BILLING, *OFFICE)


class TestScope:
    def test_every_table_has_a_record_of_a_company(self, foreign: dict[type[Model], Model]) -> None:
        shown = {screen.model for screen in screens() if screen.opts.label_lower not in HOUSE_WIDE}
        assert shown == set(foreign)

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
            *(HeatSource, Loop, CompanyBankAccount),
            *(SupplyCategory, PaperRequirement, CommonNetwork, ContractTerm, PriorityRule),
            *(ConnectionRule, ConnectionPaperRule, ConnectionTerms),
        }

    def test_a_workflow_without_a_screen_is_noticed(self) -> None:
        tables = {s.opts.db_table for s in screens()}
        assert {workflow.table for workflow in WORKFLOWS} <= tables


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
        # The journal asks once for each kind of record on the page; there are fewer at the end.
        few[JournalEntry] = min(few[JournalEntry], many[JournalEntry])
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
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(f"admin:{name}")).status_code == 200
        return len(queries)
