"""A ticket keeps the contract that was in force when the report came.

Tickets that are on file get the one that the list of own tickets found by the day until now.
"""

import django.db.models.deletion
from django.db import migrations, models


# Days of Shanghai, as everywhere; of two contracts on one day the later one.
ON_FILE = """
UPDATE complaints_ticket ticket SET contract_id = (
  SELECT contract.id FROM customers_supplycontract contract
  WHERE contract.account_id = ticket.account_id
    AND contract.starts <= (ticket.reported_at AT TIME ZONE 'Asia/Shanghai')::date
    AND (contract.ends IS NULL
         OR contract.ends > (ticket.reported_at AT TIME ZONE 'Asia/Shanghai')::date)
  ORDER BY contract.starts DESC, contract.id DESC LIMIT 1
) WHERE account_id IS NOT NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0009_time_by_the_phone'),
        ('customers', '0005_keys_proved_whatever_the_statistics'),
    ]

    operations = [
        migrations.AddField(
            model_name='ticket',
            name='contract',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.supplycontract', verbose_name='合同'),
        ),
        migrations.RunSQL(ON_FILE, migrations.RunSQL.noop),
    ]
