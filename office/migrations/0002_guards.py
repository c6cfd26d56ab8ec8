from django.db import migrations

from office.append_only import CREATE_FUNCTION, DROP_FUNCTION, protect, unprotect


class Migration(migrations.Migration):
    dependencies = [("office", "0001_initial")]

    operations = [
        migrations.RunSQL(CREATE_FUNCTION, DROP_FUNCTION),
        migrations.RunSQL(protect("office_journalentry"), unprotect("office_journalentry")),
    ]
