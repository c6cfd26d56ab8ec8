"""The keys of an account list's tables: every row has its parents, and parents stay."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from customers.models import (
    Account,
    AreaLine,
    Building,
    Customer,
    HeatStation,
    Premise,
    SupplyContract,
    TariffCategory,
)
from office.models import Company
from office.tables.set_keys import prove_keys
from tests.builders import a_company, a_contract, a_customer, an_account

NOBODY = 2_000_000_000
KEYS: tuple[tuple[type[models.Model], str], ...] = (
    (Premise, "building_id"),
    (Premise, "heat_station_id"),
    (Customer, "company_id"),
    (Account, "premise_id"),
    (SupplyContract, "account_id"),
    (SupplyContract, "customer_id"),
    (SupplyContract, "payer_id"),
    (AreaLine, "premise_id"),
    (AreaLine, "category_id"),
)
PARENTS: tuple[type[models.Model], ...] = (
    Company,
    Building,
    HeatStation,
    TariffCategory,
    Premise,
    Customer,
    Account,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def account() -> Account:
    account = an_account(a_company())
    a_contract(account, a_customer(account.company))
    return account


def refused(change: Callable[[], object]) -> str:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        change()
    return str(error.value)


def row_of(model: type[models.Model]) -> models.Model:
    row: models.Model = model._default_manager.order_by("pk")[0]
    return row


class TestProveKeys:
    @pytest.mark.parametrize(("model", "column"), KEYS)
    def test_no_row_comes_to_refer_to_nothing(self, model: type[models.Model], column: str) -> None:
        row = row_of(model)
        before = getattr(row, column)
        rows = model._default_manager.filter(pk=row.pk)
        message = refused(lambda: rows.update(**{column: NOBODY}))
        assert f"{model._meta.db_table}.{column}: " in message
        assert f"has no row {NOBODY}" in message
        assert getattr(row_of(model), column) == before

    def test_one_orphan_refuses_the_whole_statement(self, account: Account) -> None:
        area_line = AreaLine.objects.get()
        lines = [
            AreaLine(
                premise_id=premise,
                category_id=area_line.category_id,
                ordinal=ordinal,
                building_area=50,
                starts=area_line.starts,
            )
            for premise, ordinal in ((account.premise_id, 2), (NOBODY, 1), (account.premise_id, 3))
        ]
        message = refused(lambda: AreaLine.objects.bulk_create(lines))
        assert f"customers_premise has no row {NOBODY}" in message
        assert AreaLine.objects.get() == area_line

    def test_an_empty_key_refers_to_nothing(self, account: Account) -> None:
        Premise.objects.update(heat_station=None)
        SupplyContract.objects.update(payer=None)
        assert Premise.objects.get().heat_station_id is None
        assert SupplyContract.objects.get().payer_id is None


class TestStatistics:
    def test_many_rows_are_proved_quickly_whatever_the_statistics_say(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE test_parent (id bigint PRIMARY KEY)")
            cursor.execute("CREATE TABLE test_child (parent_id bigint)")
            cursor.execute(prove_keys("test_child", {"parent_id": "test_parent"}))
            # The statistics remember an empty table, as after a load that nobody analysed.
            cursor.execute("INSERT INTO test_parent VALUES (0)")
            cursor.execute("DELETE FROM test_parent")
            cursor.execute("ANALYZE test_parent")
            cursor.execute("INSERT INTO test_parent SELECT generate_series(1, 60000)")
            # Row by row this would be 1.8 thousand million comparisons, several minutes.
            cursor.execute("SET LOCAL statement_timeout = '30s'")
            cursor.execute("INSERT INTO test_child SELECT generate_series(1, 60000)")
            cursor.execute("SELECT count(*), current_setting('enable_nestloop') FROM test_child")
            assert cursor.fetchone() == (60000, "on")
        with connection.cursor() as cursor, pytest.raises(IntegrityError, match="no row 60001"):
            cursor.execute("INSERT INTO test_child SELECT generate_series(2, 60001)")


class TestKeepParents:
    @pytest.mark.parametrize("model", PARENTS)
    def test_what_is_referred_to_is_never_deleted(self, model: type[models.Model]) -> None:
        HeatStation.objects.get_or_create(company=Company.objects.all()[0], name="站")
        before = model._default_manager.count()
        with (
            pytest.raises(DatabaseError, match="are referred to and stay"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
        assert model._default_manager.count() == before > 0

    def test_its_number_is_never_changed(self, account: Account) -> None:
        message = refused(lambda: Account.objects.update(id=NOBODY))
        assert "rows of customers_account are referred to" in message
        assert Account.objects.get().pk == account.pk
