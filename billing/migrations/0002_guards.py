from django.db import migrations

from office.append_only import protect, unprotect

APPEND_ONLY = (
    "billing_bill",
    "billing_billline",
    "billing_transfer",
    "billing_payment",
    "billing_receipt",
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("office", "0002_guards")]

    operations = [
        *[migrations.RunSQL(protect(table), unprotect(table)) for table in APPEND_ONLY],
    ]
