"""What is open on a bill is said once, by a view that screens, allocation and checks read.

And each posting to the receivable names the bill that it concerns, so that open bills and the
receivable of a contract cannot tell two different sums.
"""

from django.db import migrations, models

# `kind <> 'bill'` is true of the whole day book; saying so lets PostgreSQL use the partial index.
# A condition on `bill_id` reaches below the GROUP BY: one bill costs one look into that index.
SETTLEMENT = """
CREATE VIEW billing_bill_settlement AS
SELECT bill_id,
       sum(CASE WHEN credit = 112200 THEN amount_fen ELSE -amount_fen END)::bigint AS settled_fen
FROM billing_transfer
WHERE book = 0 AND kind <> 'bill' AND bill_id IS NOT NULL AND 112200 IN (debit, credit)
GROUP BY bill_id;
"""
SETTLEMENT_REVERSE = "DROP VIEW billing_bill_settlement;"

CLAIM = """
ALTER TABLE billing_transfer ADD CONSTRAINT transfer_of_receivable_names_bill
    CHECK ((bill_id IS NOT NULL) = (112200 IN (debit, credit)));
"""
CLAIM_REVERSE = "ALTER TABLE billing_transfer DROP CONSTRAINT transfer_of_receivable_names_bill;"


class Migration(migrations.Migration):
    dependencies = [("billing", "0006_name_the_shifts_cashier")]

    operations = [
        migrations.RunSQL(CLAIM, CLAIM_REVERSE),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(SETTLEMENT, SETTLEMENT_REVERSE)],
            state_operations=[
                migrations.CreateModel(
                    name="BillSettlement",
                    fields=[
                        ("bill_id", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("settled_fen", models.BigIntegerField()),
                    ],
                    options={
                        "db_table": "billing_bill_settlement",
                        "managed": False,
                        "default_permissions": (),
                    },
                ),
            ],
        ),
    ]
