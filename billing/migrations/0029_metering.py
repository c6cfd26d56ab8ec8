"""Heat meters, their readings with what people decided on them, and the limits of daily use."""

import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from office.tables.append_only import protect, unprotect

APPEND_ONLY = (
    "billing_meter",
    "billing_meterreading",
    "billing_meterreadingdecision",
    "billing_meterreadinglimit",
)


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0028_dunning_runs'),
        ('customers', '0011_annual_plans_and_papers'),
        ('office', '0011_organisation'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Meter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=40, verbose_name='表号')),
                ('unit', models.CharField(choices=[('GJ', 'GJ'), ('kWh', 'kWh'), ('MWh', 'MWh')], max_length=3, verbose_name='计量单位')),
                ('register_digits', models.PositiveSmallIntegerField(null=True, verbose_name='表盘整数位数')),
                ('factor', models.DecimalField(decimal_places=4, default=Decimal('1'), max_digits=8, verbose_name='修正系数')),
                ('installed_on', models.DateField(verbose_name='装表日期')),
                ('source', models.CharField(max_length=120, verbose_name='依据')),
                ('entered_at', models.DateTimeField(verbose_name='登记时间')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meters', to='customers.account', verbose_name='户号')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('entered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('replaces', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replacement', to='billing.meter', verbose_name='更换的旧表')),
            ],
            options={
                'verbose_name': '热表',
                'verbose_name_plural': '热表',
                'ordering': ['-id'],
                'permissions': [('install_meter', '登记热表'), ('replace_meter', '更换热表'), ('remove_meter', '拆除热表')],
            },
        ),
        migrations.CreateModel(
            name='MeterReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('read_on', models.DateField(verbose_name='抄表日期')),
                ('value', models.DecimalField(decimal_places=3, max_digits=13, verbose_name='读数')),
                ('kind', models.CharField(choices=[('start', '装表'), ('regular', '抄表'), ('final', '拆表')], default='regular', max_length=8, verbose_name='种类')),
                ('source', models.CharField(choices=[('visit', '上门抄表'), ('remote', '远传'), ('customer', '用户报数'), ('estimate', '估读')], max_length=8, verbose_name='来源')),
                ('held_reason', models.CharField(blank=True, max_length=200, verbose_name='待核实原因')),
                ('entered_at', models.DateTimeField(verbose_name='登记时间')),
                ('entered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('meter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='billing.meter', verbose_name='表号')),
            ],
            options={
                'verbose_name': '热表读数',
                'verbose_name_plural': '热表读数',
                'ordering': ['-read_on', '-id'],
                'permissions': [('record_meter_reading', '登记热表读数'), ('confirm_meter_reading', '确认待核实的读数'), ('refuse_meter_reading', '不采用待核实的读数')],
            },
        ),
        migrations.CreateModel(
            name='MeterReadingDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(choices=[('confirmed', '确认'), ('refused', '不采用')], max_length=9, verbose_name='结论')),
                ('reason', models.CharField(max_length=200, verbose_name='说明')),
                ('decided_at', models.DateTimeField(verbose_name='核实时间')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='核实人')),
                ('reading', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='decision', to='billing.meterreading', verbose_name='读数')),
            ],
            options={
                'verbose_name': '读数核实',
                'verbose_name_plural': '读数核实',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='MeterReadingLimit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('effective_from', models.DateField(verbose_name='执行日期')),
                ('unit', models.CharField(choices=[('GJ', 'GJ'), ('kWh', 'kWh'), ('MWh', 'MWh')], max_length=3, verbose_name='计量单位')),
                ('most_per_day', models.DecimalField(decimal_places=3, max_digits=13, verbose_name='每日用热量上限')),
                ('source', models.CharField(max_length=120, verbose_name='依据')),
                ('published_at', models.DateTimeField(verbose_name='发布时间')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发布人')),
            ],
            options={
                'verbose_name': '热表读数核实限值',
                'verbose_name_plural': '热表读数核实限值',
                'ordering': ['company', 'unit', '-effective_from'],
                'permissions': [('publish_meter_reading_limit', '发布热表读数核实限值')],
            },
        ),
        migrations.AddConstraint(
            model_name='meter',
            constraint=models.UniqueConstraint(fields=('company', 'number'), name='one_meter_per_number'),
        ),
        migrations.AddConstraint(
            model_name='meter',
            constraint=models.CheckConstraint(condition=models.Q(('factor__gt', 0)), name='meter_factor_above_zero'),
        ),
        migrations.AddConstraint(
            model_name='meter',
            constraint=models.CheckConstraint(condition=models.Q(('register_digits__isnull', True), models.Q(('register_digits__gte', 3), ('register_digits__lte', 9)), _connector='OR'), name='meter_register_size'),
        ),
        migrations.AddConstraint(
            model_name='meterreading',
            constraint=models.CheckConstraint(condition=models.Q(('value__gte', 0)), name='reading_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='meterreading',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'start')), fields=('meter',), name='one_start_reading_per_meter'),
        ),
        migrations.AddConstraint(
            model_name='meterreading',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'final')), fields=('meter',), name='one_final_reading_per_meter'),
        ),
        migrations.AddConstraint(
            model_name='meterreading',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'regular'), ('held_reason', ''), _connector='OR'), name='only_regular_readings_wait'),
        ),
        migrations.AddConstraint(
            model_name='meterreadinglimit',
            constraint=models.UniqueConstraint(fields=('company', 'unit', 'effective_from'), name='one_reading_limit_per_day'),
        ),
        migrations.AddConstraint(
            model_name='meterreadinglimit',
            constraint=models.CheckConstraint(condition=models.Q(('most_per_day__gt', 0)), name='reading_limit_above_zero'),
        ),
        *[migrations.RunSQL(protect(table), unprotect(table)) for table in APPEND_ONLY],
    ]
