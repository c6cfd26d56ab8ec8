from django.db import migrations

# Open contracts are kept single by `one_open_contract`; this keeps ended ones from overlapping.
# int8range stands in for btree_gist, which not every PostgreSQL has.
FORWARDS = """
ALTER TABLE customers_supplycontract ADD CONSTRAINT ended_contracts_do_not_overlap
EXCLUDE USING gist (
    int8range(account_id, account_id, '[]') WITH &&,
    daterange(starts, ends, '[)') WITH &&
) WHERE (ends IS NOT NULL);
"""
BACKWARDS = (
    "ALTER TABLE customers_supplycontract DROP CONSTRAINT ended_contracts_do_not_overlap;"
)


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
