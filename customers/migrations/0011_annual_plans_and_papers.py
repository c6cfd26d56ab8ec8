"""Annual connection plans, and contracts of connections that are drawn up as papers."""

import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from office.tables.append_only import protect, unprotect

GUARD = """
CREATE OR REPLACE FUNCTION customers_annualplan_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'drafted' THEN
      RAISE EXCEPTION 'customers_annualplan begins as drafted, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('drafted', 'submitted'), ('submitted', 'approved'), ('submitted', 'drafted')) THEN
    RAISE EXCEPTION 'customers_annualplan: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS customers_annualplan_state_guard ON customers_annualplan;
CREATE TRIGGER customers_annualplan_state_guard BEFORE INSERT OR UPDATE ON customers_annualplan
  FOR EACH ROW EXECUTE FUNCTION customers_annualplan_state_guard();
"""
GUARD_REVERSE = """
DROP TRIGGER IF EXISTS customers_annualplan_state_guard ON customers_annualplan;
DROP FUNCTION IF EXISTS customers_annualplan_state_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0010_connection_works'),
        ('office', '0011_organisation'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AnnualPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('state', models.CharField(choices=[('drafted', '编制中'), ('submitted', '待审批'), ('approved', '已批准')], default='drafted', max_length=10, verbose_name='状态')),
                ('target_area', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='年度目标（m²）')),
                ('source', models.CharField(max_length=200, verbose_name='依据')),
                ('drafted_at', models.DateTimeField(verbose_name='起草时间')),
                ('approved_at', models.DateTimeField(null=True, verbose_name='批准时间')),
            ],
            options={
                'verbose_name': '年度入网计划',
                'verbose_name_plural': '年度入网计划',
                'ordering': ['-year', 'company'],
                'permissions': [('draft_annual_plan', '编制年度入网计划'), ('approve_annual_plan', '审批年度入网计划')],
            },
        ),
        migrations.CreateModel(
            name='ConnectionDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='合同面积（m²）')),
                ('amount_fen', models.BigIntegerField(verbose_name='合同金额（分）')),
                ('schedule', models.JSONField(verbose_name='付款计划')),
            ],
            options={
                'verbose_name': '拟订的入网合同',
                'verbose_name_plural': '拟订的入网合同',
                'ordering': ['connection', '-pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='SurveyedArea',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='片区')),
                ('demand_kw', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='热负荷需求（kW）')),
                ('potential_area', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='潜在面积（m²）')),
                ('target_area', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='计划面积（m²）')),
                ('longitude', models.DecimalField(decimal_places=6, max_digits=9, verbose_name='经度')),
                ('latitude', models.DecimalField(decimal_places=6, max_digits=8, verbose_name='纬度')),
                ('surveyed_on', models.DateField(verbose_name='调研日期')),
                ('remark', models.CharField(max_length=300, verbose_name='市场情况')),
                ('entered_at', models.DateTimeField(verbose_name='登记时间')),
            ],
            options={
                'verbose_name': '调研片区',
                'verbose_name_plural': '调研片区',
                'ordering': ['plan', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='connectioncontract',
            name='paper',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='connection_contract', to='customers.contractpaper', verbose_name='合同文书'),
        ),
        migrations.AlterField(
            model_name='connectioncontract',
            name='document',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.document', verbose_name='签字扫描件'),
        ),
        migrations.AddConstraint(
            model_name='connectioncontract',
            constraint=models.CheckConstraint(condition=models.Q(('document__isnull', False), ('paper__isnull', False), _connector='OR'), name='connection_contract_has_its_proof'),
        ),
        migrations.AddField(
            model_name='annualplan',
            name='company',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司'),
        ),
        migrations.AddField(
            model_name='annualplan',
            name='drafted_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='起草人'),
        ),
        migrations.AddField(
            model_name='connectiondraft',
            name='connection',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='customers.connection', verbose_name='供热入网'),
        ),
        migrations.AddField(
            model_name='connectiondraft',
            name='paper',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='connection_draft', to='customers.contractpaper', verbose_name='合同文书'),
        ),
        migrations.AddField(
            model_name='connectiondraft',
            name='terms',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.connectionterms', verbose_name='入网收费规定'),
        ),
        migrations.AddField(
            model_name='surveyedarea',
            name='entered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人'),
        ),
        migrations.AddField(
            model_name='surveyedarea',
            name='plan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='areas', to='customers.annualplan', verbose_name='年度入网计划'),
        ),
        migrations.AddConstraint(
            model_name='annualplan',
            constraint=models.UniqueConstraint(fields=('company', 'year'), name='one_annual_plan_per_year'),
        ),
        migrations.AddConstraint(
            model_name='annualplan',
            constraint=models.CheckConstraint(condition=models.Q(('target_area__gt', Decimal('0'))), name='annual_target'),
        ),
        migrations.AddConstraint(
            model_name='annualplan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', False), ('state', 'approved')), models.Q(models.Q(('state', 'approved'), _negated=True), ('approved_at__isnull', True)), _connector='OR'), name='annual_plan_approved_whole'),
        ),
        migrations.AddConstraint(
            model_name='surveyedarea',
            constraint=models.UniqueConstraint(fields=('plan', 'name'), name='one_area_per_plan'),
        ),
        migrations.AddConstraint(
            model_name='surveyedarea',
            constraint=models.CheckConstraint(condition=models.Q(('demand_kw__gt', Decimal('0')), ('potential_area__gt', Decimal('0')), ('target_area__gte', Decimal('0')), ('target_area__lte', models.F('potential_area'))), name='surveyed_area_figures'),
        ),
        migrations.AddConstraint(
            model_name='surveyedarea',
            constraint=models.CheckConstraint(condition=models.Q(('latitude__gte', Decimal('3')), ('latitude__lte', Decimal('54')), ('longitude__gte', Decimal('73')), ('longitude__lte', Decimal('136'))), name='surveyed_area_in_china'),
        ),
        migrations.RunSQL(GUARD, GUARD_REVERSE),
        migrations.RunSQL(protect("customers_connectiondraft"), unprotect("customers_connectiondraft")),
    ]
