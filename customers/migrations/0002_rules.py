from django.db import migrations

from customers.migrations import REPLACED
from office.tables.set_keys import (
    CREATE_FUNCTION,
    DROP_FUNCTION,
    keep_parents,
    prove_keys,
    release_parents,
    stop_proving_keys,
)

# Open contracts are kept single by `one_open_contract`; this keeps ended ones from overlapping.
# int8range stands in for btree_gist, which not every PostgreSQL has.
NO_OVERLAP = """
ALTER TABLE customers_supplycontract ADD CONSTRAINT ended_contracts_do_not_overlap
EXCLUDE USING gist (
    int8range(account_id, account_id, '[]') WITH &&,
    daterange(starts, ends, '[)') WITH &&
) WHERE (ends IS NOT NULL);
"""
NO_OVERLAP_REVERSE = (
    "ALTER TABLE customers_supplycontract DROP CONSTRAINT ended_contracts_do_not_overlap;"
)

# The tables of an account list are written half a million rows at a time. Proved in sets, their
# foreign keys do not take the third of the import that checking and locking row by row takes.
PARENTS = (
    "office_company",
    "customers_building",
    "customers_heatstation",
    "customers_tariffcategory",
    "customers_premise",
    "customers_customer",
    "customers_account",
)
KEYS = {
    "customers_premise": {
        "building_id": "customers_building",
        "heat_station_id": "customers_heatstation",
    },
    "customers_customer": {"company_id": "office_company"},
    "customers_account": {"premise_id": "customers_premise"},
    "customers_supplycontract": {
        "account_id": "customers_account",
        "customer_id": "customers_customer",
        "payer_id": "customers_customer",
    },
    "customers_arealine": {
        "premise_id": "customers_premise",
        "category_id": "customers_tariffcategory",
    },
}


class Migration(migrations.Migration):
    replaces = REPLACED
    dependencies = [("customers", "0001_tables")]

    operations = [
        migrations.RunSQL(NO_OVERLAP, NO_OVERLAP_REVERSE),
        migrations.RunSQL(CREATE_FUNCTION, DROP_FUNCTION),
        *[migrations.RunSQL(keep_parents(table), release_parents(table)) for table in PARENTS],
        *[
            migrations.RunSQL(prove_keys(table, keys), stop_proving_keys(table))
            for table, keys in KEYS.items()
        ],
    ]
