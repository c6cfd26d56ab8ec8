"""Meter readings that counted and were taken back; a start or final reading is entered again."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from office.tables.append_only import protect, unprotect


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0031_bills_of_instalment_plans'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='meterreading',
            options={'ordering': ['-read_on', '-id'], 'permissions': [('record_meter_reading', '登记热表读数'), ('confirm_meter_reading', '确认待核实的读数'), ('refuse_meter_reading', '不采用待核实的读数'), ('withdraw_meter_reading', '撤销读数')], 'verbose_name': '热表读数', 'verbose_name_plural': '热表读数'},
        ),
        migrations.AddField(
            model_name='meterreading',
            name='entry',
            field=models.PositiveSmallIntegerField(db_default=1, default=1, verbose_name='登记次序'),
        ),
        migrations.AddConstraint(
            model_name='meterreading',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'regular'), _negated=True), fields=('meter', 'kind', 'entry'), name='one_start_and_one_final_reading'),
        ),
        migrations.RemoveConstraint(
            model_name='meterreading',
            name='one_start_reading_per_meter',
        ),
        migrations.RemoveConstraint(
            model_name='meterreading',
            name='one_final_reading_per_meter',
        ),
        migrations.CreateModel(
            name='MeterReadingWithdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=200, verbose_name='原因')),
                ('withdrawn_at', models.DateTimeField(verbose_name='撤销时间')),
                ('reading', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal', to='billing.meterreading', verbose_name='读数')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='撤销人')),
            ],
            options={
                'verbose_name': '读数撤销',
                'verbose_name_plural': '读数撤销',
                'default_permissions': (),
            },
        ),
        migrations.RunSQL(
            protect("billing_meterreadingwithdrawal"), unprotect("billing_meterreadingwithdrawal")
        ),
    ]
