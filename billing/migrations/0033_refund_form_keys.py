"""Drafts of refunds keep the key of their form, so that a form sent twice drafts one."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0032_withdrawn_meter_readings'),
    ]

    operations = [
        migrations.AddField(
            model_name='advancerefund',
            name='form_key',
            field=models.CharField(editable=False, max_length=64, null=True, unique=True),
        ),
        migrations.AddField(
            model_name='refundtosource',
            name='form_key',
            field=models.CharField(editable=False, max_length=64, null=True, unique=True),
        ),
    ]
