"""What columns said before: who changed them, that nobody can rewrite it, and where it is read."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test import Client
from django.urls import reverse

from billing.models import CompanyBankAccount, HeatingSeason, PriceDocument, Tariff
from customers.contracts.ownership import transfer_ownership
from customers.models import AreaLine, Customer, SupplyContract, TariffCategory
from heating.roles import AGENT, CLERK
from office.actors import Actor
from office.models import User
from office.tables.changes import changes_of
from office.tables.history import event_model, is_kept, name_actor
from tests.builders import (
    NOW,
    a_bank_account,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    a_season,
    a_tariff,
    an_account,
)
from tests.shown_form import send_shown

pytestmark = pytest.mark.django_db

KEPT = (
    *(SupplyContract, Customer, AreaLine, TariffCategory),
    *(HeatingSeason, PriceDocument, Tariff, CompanyBankAccount),
)


def events_of(model: type[models.Model]) -> list[Any]:
    return list(event_model(model).objects.order_by("pgh_id"))


class TestKeepHistory:
    @pytest.mark.parametrize("model", KEPT, ids=lambda model: model.__name__)
    def test_the_tables_that_money_is_reckoned_from(self, model: type[models.Model]) -> None:
        assert is_kept(model)

    def test_an_operation_leaves_the_old_row_and_its_actor(self) -> None:
        company = a_company()
        agent = a_member_of_staff("agent", AGENT, company)
        account = an_account(company)
        old = a_contract(account, a_customer(company))
        assert events_of(SupplyContract) == []
        transfer_ownership(
            account,
            a_customer(company),
            date(2025, 11, 1),
            contract_number="HT-2",
            by=Actor.staff(agent, origin="10.0.0.8"),
            at=NOW,
        )
        (row,) = events_of(SupplyContract)
        assert (row.pgh_obj_id, row.pgh_label, row.ends) == (old.pk, "update", None)
        assert row.pgh_context == {"actor": "agent", "origin": "10.0.0.8"}
        (change,) = changes_of(SupplyContract, pgh_obj_id=old.pk)
        assert [(c.name, c.before, c.after) for c in change.columns] == [
            ("终止日期", "", "2025-11-01")
        ]

    def test_inserts_and_saves_that_change_nothing_are_not_kept(self) -> None:
        season = a_season(a_company())
        season.save()
        assert events_of(HeatingSeason) == []

    def test_sql_behind_the_applications_back_is_kept_without_a_name(self) -> None:
        season = a_season(a_company())
        with connection.cursor() as cursor:
            # Whatever the builders' operations named before.
            cursor.execute("SELECT set_config('pghistory.context_metadata', '', true)")
            cursor.execute("UPDATE billing_heatingseason SET billable_months = 4")
        (row,) = events_of(HeatingSeason)
        assert (row.pgh_context, row.billable_months) == (None, season.billable_months)

    def test_a_mass_update_keeps_every_row(self) -> None:
        company = a_company()
        account = an_account(company)
        lines = AreaLine.objects.filter(premise=account.premise)
        name_actor(Actor.system("import"))
        assert lines.update(height=5) == 1
        assert lines.delete()[0] == 1
        first, second = events_of(AreaLine)
        assert (first.pgh_label, first.height, first.pgh_context["actor"]) == (
            "update",
            None,
            "import",
        )
        assert (second.pgh_label, second.height) == ("delete", 5)

    def test_sealed_columns_are_never_copied(self) -> None:
        customer = a_customer(a_company())
        customer.put_id_number("11010519491231002X")
        customer.save()
        assert events_of(Customer) == []
        columns = {field.column for field in event_model(Customer)._meta.fields}
        assert not {"id_sealed", "id_digest"} & columns
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM customers_customerevent LIMIT 0")
            assert not any("sealed" in c.name or "digest" in c.name for c in cursor.description)

    @pytest.mark.parametrize("model", KEPT, ids=lambda model: model.__name__)
    def test_what_is_kept_cannot_be_rewritten(self, model: type[models.Model]) -> None:
        table = event_model(model)._meta.db_table
        company = a_company()
        account = an_account(company)
        a_contract(account, a_customer(company))
        a_season(company)
        a_bank_account(company)
        row = model._default_manager.order_by("pk").first()
        assert row is not None
        already = len(events_of(model))
        column = str(model._meta.pk.column)
        fields = [f.column for f in event_model(model)._meta.fields if f.column != "pgh_id"]
        source = {
            "pgh_created_at": "now()",
            "pgh_label": "'update'",
            "pgh_context": "NULL",
            "pgh_obj_id": column,
        }
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(fields)})"
                f" SELECT {', '.join(source.get(f, f) for f in fields)}"
                f" FROM {model._meta.db_table} WHERE {column} = %s",
                [row.pk],
            )
            for change in (f"UPDATE {table} SET pgh_label = 'x'", f"DELETE FROM {table}"):
                with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                    cursor.execute(change)
        assert len(events_of(model)) == already + 1


class TestNameActor:
    def test_the_house_itself_is_named_too(self) -> None:
        a_tariff(a_company())
        (row,) = events_of(PriceDocument)
        assert (row.state, row.pgh_context["actor"]) == ("draft", "tests")

    @pytest.mark.django_db(transaction=True)
    def test_the_name_ends_with_the_transaction(self) -> None:
        season = a_season(a_company())
        with transaction.atomic():
            name_actor(Actor.system("first"))
            HeatingSeason.objects.filter(pk=season.pk).update(billable_months=4)
        HeatingSeason.objects.filter(pk=season.pk).update(billable_months=3)
        contexts = [(row.pgh_context or {}).get("actor") for row in events_of(HeatingSeason)]
        assert contexts == ["first", None]


class TestRecordPages:
    @pytest.fixture
    def clerk(self) -> User:
        return a_member_of_staff("clerk", CLERK, a_company())

    def test_a_form_of_the_admin_names_person_and_page(self, client: Client, clerk: User) -> None:
        season = a_season(a_company())
        client.force_login(clerk)
        address = reverse("admin:billing_heatingseason_change", args=[season.pk])
        later = season.due_on + timedelta(days=10)
        form = {
            "company": season.company_id,
            "label": season.label,
            "starts": season.starts,
            "ends": season.ends,
            "ends_inclusive": "on",
            "billable_months": season.billable_months,
            "due_on": later,
        }
        assert send_shown(client, address, form).status_code == 302
        (row,) = events_of(HeatingSeason)
        assert (row.pgh_context["actor"], row.pgh_context["url"]) == ("clerk", address)
        page = client.get(address).content.decode()
        assert "变更记录" in page
        assert f"{season.due_on} → {later}" in page

    def test_a_deleted_price_is_told_on_its_documents_page(
        self, client: Client, clerk: User
    ) -> None:
        company = a_company()
        document = PriceDocument.objects.create(
            company=company,
            number="发改〔2025〕9号",
            title="x",
            issuer="x",
            issued_on=NOW.date(),
            effective_from=NOW.date(),
        )
        category, _ = TariffCategory.objects.get_or_create(
            company=company, name="商铺", defaults={"residential": False}
        )
        tariff = Tariff.objects.create(
            document=document, category=category, unit="m2_month", amount="7.20"
        )
        name_actor(Actor.staff(clerk))
        Tariff.objects.filter(pk=tariff.pk).update(amount="7.50")
        tariff.delete()
        client.force_login(clerk)
        address = reverse("admin:billing_pricedocument_change", args=[document.pk])
        page = client.get(address).content.decode()
        assert "删除热价 商铺 7.5000 元/m²·月" in page
        assert "7.2000 → 7.5000" in page

    def test_a_changed_phone_stays_masked(self, client: Client) -> None:
        company = a_company()
        client.force_login(a_member_of_staff("agent", AGENT, company))
        customer = a_customer(company)
        Customer.objects.filter(pk=customer.pk).update(phone="13912345678")
        Customer.objects.filter(pk=customer.pk).update(phone="13787654321", low_income=True)
        address = reverse("admin:customers_customer_change", args=[customer.pk])
        page = client.get(address).content.decode()
        assert "139****5678 → 137****4321" in page
        assert "否 → 是" in page
        assert "13912345678" not in page
