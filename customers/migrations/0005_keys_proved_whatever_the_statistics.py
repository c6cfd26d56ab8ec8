"""The proof of keys chooses its plan by the rows written, not by the statistics of the parents."""

from django.db import migrations

from office.tables.set_keys import replace_proof

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
    dependencies = [("customers", "0004_history")]

    operations = [
        # The triggers stay; the function before is what a database at 0004 has anyway.
        migrations.RunSQL(replace_proof(table, keys), migrations.RunSQL.noop)
        for table, keys in KEYS.items()
    ]
