"""A posting names the document that it comes from: type and number, fitted to its kind.

`payment_id` said it for payments only. Rows keep their meaning: an allocation out of suspense comes
from the assignment, one that a billing run made from the run, a cash difference from its shift.
"""

from django.db import migrations, models

from office.tables.append_only import protect, unprotect
from office.tables.set_keys import keep_parents, release_parents

# Plain ADD and UPDATE: the season's books say `bill` throughout, the day book is looked up once.
# A shift that is not found leaves NULL, and SET NOT NULL then stops the migration.
FILL = """
ALTER TABLE billing_transfer ADD COLUMN source_type varchar(12), ADD COLUMN source_id bigint;
UPDATE billing_transfer SET source_type = 'bill', source_id = bill_id WHERE kind = 'bill';
UPDATE billing_transfer SET source_type = 'payment', source_id = payment_id WHERE kind = 'payment';
UPDATE billing_transfer transfer SET source_type = 'assignment', source_id = assignment.id
FROM billing_suspenseassignment assignment
WHERE assignment.payment_id = transfer.payment_id AND transfer.kind IN ('assignment', 'allocation');
UPDATE billing_transfer SET source_type = 'payment', source_id = payment_id
WHERE kind = 'allocation' AND payment_id IS NOT NULL AND source_id IS NULL;
UPDATE billing_transfer transfer SET source_type = 'run', source_id = bill.run_id
FROM billing_bill bill
WHERE bill.id = transfer.bill_id AND bill.season_id = transfer.season_id
  AND transfer.kind = 'allocation' AND transfer.payment_id IS NULL;
UPDATE billing_transfer transfer SET source_type = 'shift', source_id = shift.id
FROM (
    SELECT id, company_id, closed_at, counted_fen - expected_fen AS over,
           row_number() OVER (PARTITION BY company_id, closed_at, counted_fen - expected_fen
                              ORDER BY id) AS place
    FROM billing_shift WHERE counted_fen <> expected_fen
) shift JOIN (
    SELECT id, company_id, posted_at,
           CASE WHEN debit = 100100 THEN amount_fen ELSE -amount_fen END AS over,
           row_number() OVER (PARTITION BY company_id, posted_at, debit, amount_fen
                              ORDER BY id) AS place
    FROM billing_transfer WHERE kind = 'difference'
) posted ON posted.company_id = shift.company_id AND posted.posted_at = shift.closed_at
    AND posted.over = shift.over AND posted.place = shift.place
WHERE transfer.id = posted.id AND transfer.kind = 'difference';
ALTER TABLE billing_transfer
    ALTER COLUMN source_type SET NOT NULL, ALTER COLUMN source_id SET NOT NULL,
    DROP COLUMN payment_id;
"""
FILL_REVERSE = """
ALTER TABLE billing_transfer ADD COLUMN payment_id bigint REFERENCES billing_payment (id);
UPDATE billing_transfer SET payment_id = source_id WHERE source_type = 'payment';
UPDATE billing_transfer transfer SET payment_id = assignment.payment_id
FROM billing_suspenseassignment assignment
WHERE transfer.source_type = 'assignment' AND assignment.id = transfer.source_id;
ALTER TABLE billing_transfer DROP COLUMN source_type, DROP COLUMN source_id;
CREATE INDEX billing_transfer_payment ON billing_transfer (payment_id) WHERE payment_id IS NOT NULL;
CREATE UNIQUE INDEX one_posting_per_payment
    ON billing_transfer (payment_id, book) WHERE kind = 'payment';
"""

# The same table in Python: `SOURCES` in billing/models/transfer.py; a test compares them.
FITS = """
ALTER TABLE billing_transfer ADD CONSTRAINT transfer_source_fits_kind CHECK (
    CASE kind
        WHEN 'bill' THEN source_type = 'bill' AND source_id = bill_id
        WHEN 'payment' THEN source_type = 'payment'
        WHEN 'allocation' THEN source_type IN ('payment', 'assignment', 'run')
        WHEN 'difference' THEN source_type = 'shift'
        WHEN 'assignment' THEN source_type = 'assignment'
        ELSE false
    END
);
CREATE INDEX billing_transfer_source ON billing_transfer (source_type, source_id)
    WHERE kind <> 'bill';
CREATE UNIQUE INDEX one_posting_per_source ON billing_transfer (kind, source_id, book)
    WHERE kind IN ('payment', 'difference', 'assignment');
"""
FITS_REVERSE = """
DROP INDEX one_posting_per_source;
DROP INDEX billing_transfer_source;
ALTER TABLE billing_transfer DROP CONSTRAINT transfer_source_fits_kind;
"""

# The key of `source_id` depends on `source_type`, so no foreign key can prove it. All rows of a
# statement are proved together; nothing needs a lock because the documents cannot be deleted.
# `bill` postings need no proof here: their source is their bill, which has a foreign key.
# The trigger stands on the table and on the day book: a statement fires those of the table that it
# names. A run writes into its season's table by name, and only `bill` postings.
PROVE = """
CREATE FUNCTION billing_transfer_prove_source() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  orphan record;
BEGIN
  SELECT source_type, source_id INTO orphan FROM written
  WHERE kind <> 'bill' AND NOT CASE source_type
    WHEN 'payment' THEN EXISTS (SELECT FROM billing_payment d WHERE d.id = source_id)
    WHEN 'assignment' THEN EXISTS (SELECT FROM billing_suspenseassignment d WHERE d.id = source_id)
    WHEN 'shift' THEN EXISTS (SELECT FROM billing_shift d WHERE d.id = source_id)
    WHEN 'run' THEN EXISTS (SELECT FROM billing_billingrun d WHERE d.id = source_id)
    ELSE false
  END LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'billing_transfer: there is no % with number %',
      orphan.source_type, orphan.source_id USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER billing_transfer_prove_source AFTER INSERT ON billing_transfer
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT
  EXECUTE FUNCTION billing_transfer_prove_source();
CREATE TRIGGER billing_transfer_prove_source AFTER INSERT ON billing_transfer_day_book
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT
  EXECUTE FUNCTION billing_transfer_prove_source();
"""
PROVE_REVERSE = "DROP FUNCTION billing_transfer_prove_source() CASCADE;"

TYPES = [
    ("bill", "账单"),
    ("payment", "收款"),
    ("assignment", "待查款项转入"),
    ("shift", "班次"),
    ("run", "出账批次"),
]


class Migration(migrations.Migration):
    dependencies = [("billing", "0009_changed_since_preview")]

    operations = [
        # The rows are brought forward once; nobody may change them before or after.
        migrations.RunSQL(unprotect("billing_transfer"), protect("billing_transfer")),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(FILL, FILL_REVERSE)],
            state_operations=[
                migrations.RemoveField("transfer", "payment"),
                migrations.AddField(
                    "transfer",
                    "source_type",
                    models.CharField(choices=TYPES, max_length=12, verbose_name="来源单据"),
                    preserve_default=False,
                ),
                migrations.AddField(
                    "transfer",
                    "source_id",
                    models.BigIntegerField(verbose_name="来源单据编号"),
                    preserve_default=False,
                ),
            ],
        ),
        migrations.RunSQL(protect("billing_transfer"), unprotect("billing_transfer")),
        migrations.RunSQL(FITS, FITS_REVERSE),
        migrations.RunSQL(PROVE, PROVE_REVERSE),
        *[
            migrations.RunSQL(keep_parents(table), release_parents(table))
            for table in ("billing_shift", "billing_billingrun")
        ],
    ]
