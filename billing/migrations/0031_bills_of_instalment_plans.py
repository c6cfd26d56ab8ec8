"""The bills that an instalment plan divides; drafts of dunning have a list of their own.

Two constraints are named after what they say.
"""

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import F, Q

# Plans of before divide the bills that had been issued when they were agreed.
FILL = """
UPDATE billing_instalmentplan plan SET bill_ids = bills.ids
FROM (SELECT earlier.id, array_agg(bill.id ORDER BY bill.id) AS ids
      FROM billing_instalmentplan earlier
      JOIN billing_bill bill ON bill.contract_id = earlier.contract_id
           AND bill.issued_at <= earlier.agreed_at
      GROUP BY earlier.id) bills
WHERE bills.id = plan.id
"""


def rename(table: str, before: str, after: str) -> str:
    """Returns the statement that renames a constraint: it waits for nobody and checks no row."""
    return f"ALTER TABLE {table} RENAME CONSTRAINT {before} TO {after}"


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0030_orders_overruled'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='dunningdraft',
            options={'default_permissions': ('view',), 'verbose_name': '催缴草稿', 'verbose_name_plural': '催缴草稿'},
        ),
        migrations.AddField(
            model_name='instalmentplan',
            name='bill_ids',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), db_default=[], default=list, size=None, verbose_name='所含账单'),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(
            rename('billing_dunningdraft', 'reminded_once_per_run', 'one_dunning_draft_per_contract'),
            rename('billing_dunningdraft', 'one_dunning_draft_per_contract', 'reminded_once_per_run'),
            state_operations=[
                migrations.RemoveConstraint('dunningdraft', 'reminded_once_per_run'),
                migrations.AddConstraint(
                    'dunningdraft',
                    models.UniqueConstraint(fields=('run', 'contract'), name='one_dunning_draft_per_contract'),
                ),
            ],
        ),
        migrations.RunSQL(
            rename('billing_dunninghold', 'dunning_held_for_a_day_at_least', 'dunning_hold_ends_after_start'),
            rename('billing_dunninghold', 'dunning_hold_ends_after_start', 'dunning_held_for_a_day_at_least'),
            state_operations=[
                migrations.RemoveConstraint('dunninghold', 'dunning_held_for_a_day_at_least'),
                migrations.AddConstraint(
                    'dunninghold',
                    models.CheckConstraint(condition=Q(ends__gte=F('starts')), name='dunning_hold_ends_after_start'),
                ),
            ],
        ),
    ]
