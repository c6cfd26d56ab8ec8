"""The two draft tables of a run: they store the priced bills until these are issued."""

from dataclasses import dataclass

from django.db import connection

from billing.models import BillingRun


@dataclass(frozen=True)
class DraftTables:
    """The names of a run's draft tables, which exist from the preview until all is issued."""

    run_id: int

    @property
    def bill(self) -> str:
        return f"billing_draft_bill_{int(self.run_id)}"

    @property
    def line(self) -> str:
        return f"billing_draft_line_{int(self.run_id)}"


# Each run has tables of its own, because dropping a table costs nothing, while deleting a city's
# drafts from a shared one would leave as many dead rows. A draft draws its bill's id at once: its
# lines and ledger entries can then be written stretch by stretch without looking it up.
# `inputs_hash` stands for all that the pricing read about the account (`pricing_sql.py`).
_BILL_COLUMNS = """
    seq bigint GENERATED ALWAYS AS IDENTITY,
    bill_id bigint NOT NULL DEFAULT nextval('billing_bill_id_seq'),
    account_id bigint NOT NULL,
    contract_id bigint NOT NULL,
    customer_id bigint NOT NULL,
    community_id bigint NOT NULL,
    kind varchar(12) NOT NULL,
    account_number varchar(20) NOT NULL,
    customer_name varchar(80) NOT NULL,
    address varchar(160) NOT NULL,
    amount_fen bigint NOT NULL,
    exempt_fen bigint NOT NULL,
    tax_fen bigint NOT NULL,
    inputs_hash bigint
"""
_LINE_COLUMNS = """
    account_id bigint NOT NULL,
    contract_id bigint NOT NULL,
    customer_id bigint NOT NULL,
    community_id bigint NOT NULL,
    account_number varchar(20) NOT NULL,
    address varchar(160) NOT NULL,
    area_line_id bigint,
    ordinal smallint,
    category_id bigint,
    category_name varchar(40),
    tariff_id bigint,
    area_basis varchar(10),
    area numeric(10, 2),
    height numeric(5, 2),
    over_height_percent numeric(9, 4),
    unit varchar(10),
    unit_price numeric(10, 4),
    periods numeric(6, 2),
    charged_from date,
    charged_days smallint,
    season_days smallint,
    ratio numeric(5, 4),
    vat_rate numeric(4, 4),
    amount_fen bigint,
    tax_fen bigint,
    fault text,
    inputs_hash bigint
"""


def create_drafts(run: BillingRun) -> DraftTables:
    """Creates empty draft tables; it drops those of an earlier preview."""
    tables = DraftTables(run.pk)
    drop_drafts(run)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {tables.bill} ({_BILL_COLUMNS})")
        cursor.execute(f"CREATE TABLE {tables.line} ({_LINE_COLUMNS})")
    return tables


def complete_drafts(run: BillingRun) -> None:
    """A step of `carry_on_billing_run`: adds to draft tables of a version before the columns that
    they lack; drafts without a hash are priced again before they are issued."""
    tables = DraftTables(run.pk)
    lacking = (
        (tables.bill, "inputs_hash", "bigint"),
        (tables.line, "inputs_hash", "bigint"),
        (tables.line, "charged_from", "date"),
        (tables.line, "charged_days", "smallint"),
        (tables.line, "season_days", "smallint"),
    )
    with connection.cursor() as cursor:
        for table, column, kind in lacking:
            # ADD COLUMN IF NOT EXISTS would lock the table before it looks, and wait for a worker
            # that is slow in a stretch.
            cursor.execute(
                "SELECT FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attname = %s",
                [table, column],
            )
            if not cursor.rowcount:
                cursor.execute(f"ALTER TABLE IF EXISTS {table} ADD COLUMN {column} {kind}")


def drop_drafts(run: BillingRun) -> None:
    """Drops the run's draft tables."""
    tables = DraftTables(run.pk)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {tables.bill}, {tables.line}")


def remove_draft(run: BillingRun, account_id: int) -> None:
    """Removes the draft of one account with its lines."""
    tables = DraftTables(run.pk)
    with connection.cursor() as cursor:
        for table in (tables.bill, tables.line):
            cursor.execute(f"DELETE FROM {table} WHERE account_id = %s", [account_id])
