"""What stops dunning: holds, and instalment plans with their parts."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0026_debt_age'),
        ('customers', '0011_annual_plans_and_papers'),
        ('office', '0011_organisation'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='InstalmentPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('debt_fen', models.BigIntegerField(verbose_name='计划总额（分）')),
                ('reason', models.CharField(max_length=200, verbose_name='原因')),
                ('source', models.CharField(max_length=120, verbose_name='依据')),
                ('agreed_at', models.DateTimeField(verbose_name='订立时间')),
                ('cancelled_at', models.DateTimeField(null=True, verbose_name='取消时间')),
                ('cancel_reason', models.CharField(blank=True, max_length=200, verbose_name='取消原因')),
                ('agreed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办')),
                ('cancelled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='取消人')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='instalment_plans', to='customers.supplycontract', verbose_name='合同')),
            ],
            options={
                'verbose_name': '分期缴费计划',
                'verbose_name_plural': '分期缴费计划',
                'ordering': ['-id'],
                'permissions': [('agree_instalment_plan', '订立分期缴费计划'), ('cancel_instalment_plan', '取消分期缴费计划')],
            },
        ),
        migrations.CreateModel(
            name='InstalmentPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ordinal', models.PositiveSmallIntegerField(verbose_name='期次')),
                ('due_on', models.DateField(verbose_name='付款期限')),
                ('amount_fen', models.BigIntegerField(verbose_name='金额（分）')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='billing.instalmentplan', verbose_name='计划')),
            ],
            options={
                'verbose_name': '分期',
                'verbose_name_plural': '分期',
                'ordering': ['plan', 'ordinal'],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='DunningHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('exempt', '免催'), ('dispute', '争议'), ('promise', '承诺付款')], max_length=8, verbose_name='种类')),
                ('starts', models.DateField(verbose_name='起')),
                ('ends', models.DateField(verbose_name='止')),
                ('promised_fen', models.BigIntegerField(null=True, verbose_name='承诺金额（分）')),
                ('reason', models.CharField(max_length=200, verbose_name='原因')),
                ('source', models.CharField(blank=True, max_length=120, verbose_name='依据')),
                ('entered_at', models.DateTimeField(verbose_name='登记时间')),
                ('lifted_at', models.DateTimeField(null=True, verbose_name='解除时间')),
                ('lifting_reason', models.CharField(blank=True, max_length=200, verbose_name='解除原因')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dunning_holds', to='customers.supplycontract', verbose_name='合同')),
                ('entered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办')),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='解除人')),
            ],
            options={
                'verbose_name': '暂缓催缴',
                'verbose_name_plural': '暂缓催缴',
                'ordering': ['-id'],
                'permissions': [('place_dunning_hold', '登记暂缓催缴'), ('exempt_from_dunning', '登记免催'), ('lift_dunning_hold', '解除暂缓催缴')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends__gte', models.F('starts'))), name='dunning_held_for_a_day_at_least'), models.CheckConstraint(condition=models.Q(('promised_fen__isnull', True), models.Q(('kind', 'promise'), ('promised_fen__gt', 0)), _connector='OR'), name='promised_amount_of_a_promise')],
            },
        ),
        migrations.AddConstraint(
            model_name='instalmentplan',
            constraint=models.CheckConstraint(condition=models.Q(('debt_fen__gt', 0)), name='plan_of_a_debt'),
        ),
        migrations.AddConstraint(
            model_name='instalmentpart',
            constraint=models.UniqueConstraint(fields=('plan', 'ordinal'), name='one_part_per_ordinal'),
        ),
        migrations.AddConstraint(
            model_name='instalmentpart',
            constraint=models.UniqueConstraint(fields=('plan', 'due_on'), name='one_part_per_due_day'),
        ),
        migrations.AddConstraint(
            model_name='instalmentpart',
            constraint=models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0)), name='part_above_zero'),
        ),
    ]
