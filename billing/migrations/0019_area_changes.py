"""Area changes: a dated policy, documents that others approve, and the days on a bill line."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from office.tables.append_only import protect, unprotect

# The season's tables of a run that is being issued are not attached yet and would keep the old
# columns: they could then never be attached.
NO_DETACHED_TABLES = """
DO $$ BEGIN
  IF EXISTS (
    SELECT FROM pg_class WHERE relname ~ '^billing_bill_s[0-9]+$' AND relkind = 'r'
      AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = pg_class.oid)
  ) THEN
    RAISE EXCEPTION 'a billing run is being issued: migrate when it has finished';
  END IF;
END $$;
"""

# A line names its first day, its days and those of the season, or none of them.
DAYS = """
ALTER TABLE billing_billline ADD CONSTRAINT bill_line_days_are_whole CHECK (
    num_nulls(charged_from, charged_days, season_days) IN (0, 3)
    AND (charged_days IS NULL OR charged_days BETWEEN 1 AND season_days)
);
"""
DAYS_REVERSE = "ALTER TABLE billing_billline DROP CONSTRAINT bill_line_days_are_whole;"

GUARD = """
CREATE OR REPLACE FUNCTION billing_areachange_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'drafted' THEN
      RAISE EXCEPTION 'billing_areachange begins as drafted, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('drafted', 'approved'), ('drafted', 'cancelled'), ('drafted', 'returned'), ('returned', 'cancelled')) THEN
    RAISE EXCEPTION 'billing_areachange: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS billing_areachange_state_guard ON billing_areachange;
CREATE TRIGGER billing_areachange_state_guard BEFORE INSERT OR UPDATE ON billing_areachange
  FOR EACH ROW EXECUTE FUNCTION billing_areachange_state_guard();
"""
GUARD_REVERSE = """
DROP TRIGGER IF EXISTS billing_areachange_state_guard ON billing_areachange;
DROP FUNCTION IF EXISTS billing_areachange_state_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0018_ledger_columns_have_names'),
        ('customers', '0006_phones_change_hands'),
        ('office', '0010_paper_revocations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(NO_DETACHED_TABLES, migrations.RunSQL.noop),
        migrations.AddField(
            model_name='billline',
            name='charged_days',
            field=models.SmallIntegerField(null=True, verbose_name='计费天数'),
        ),
        migrations.AddField(
            model_name='billline',
            name='charged_from',
            field=models.DateField(null=True, verbose_name='计费起日'),
        ),
        migrations.AddField(
            model_name='billline',
            name='season_days',
            field=models.SmallIntegerField(null=True, verbose_name='采暖季天数'),
        ),
        migrations.CreateModel(
            name='AreaChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('effective_from', models.DateField(verbose_name='变更起日')),
                ('due_on', models.DateField(null=True, verbose_name='补收缴费截止日')),
                ('reason', models.CharField(max_length=200, verbose_name='原因')),
                ('source', models.CharField(max_length=120, verbose_name='依据')),
                ('state', models.CharField(choices=[('drafted', '待审核'), ('returned', '已退回'), ('approved', '已变更'), ('cancelled', '已取消')], default='drafted', max_length=10, verbose_name='状态')),
                ('created_at', models.DateTimeField(verbose_name='起草时间')),
                ('approved_at', models.DateTimeField(null=True, verbose_name='审核时间')),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审核人')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='起草人')),
            ],
            options={
                'verbose_name': '面积变更',
                'verbose_name_plural': '面积变更',
                'ordering': ['-id'],
                'permissions': [('draft_area_change', '起草面积变更'), ('approve_area_change', '审核面积变更'), ('cancel_area_change', '取消面积变更')],
            },
        ),
        migrations.CreateModel(
            name='AreaChangeLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('basis', models.CharField(choices=[('building', '建筑面积'), ('inner', '套内面积'), ('usable', '使用面积'), ('charge', '计费面积')], max_length=10, verbose_name='面积口径')),
                ('area', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='新面积')),
                ('difference_fen', models.BigIntegerField(default=0, verbose_name='差额（分）')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='area_changes', to='customers.account', verbose_name='户号')),
                ('area_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.arealine', verbose_name='原面积')),
                ('change', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='billing.areachange')),
                ('new_line', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.arealine', verbose_name='新面积')),
            ],
            options={
                'verbose_name': '面积变更明细',
                'verbose_name_plural': '面积变更明细',
                'ordering': ['change', 'id'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AreaChangePolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('effective_from', models.DateField(verbose_name='执行日期')),
                ('way', models.CharField(choices=[('by_days', '按天数分段计费'), ('season_start', '按采暖季起始面积计费')], max_length=12, verbose_name='计费办法')),
                ('source', models.CharField(max_length=120, verbose_name='依据')),
                ('published_at', models.DateTimeField(verbose_name='发布时间')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发布人')),
            ],
            options={
                'verbose_name': '面积变更计费办法',
                'verbose_name_plural': '面积变更计费办法',
                'ordering': ['company', '-effective_from'],
                'permissions': [('publish_area_change_policy', '发布面积变更计费办法')],
            },
        ),
        migrations.AddConstraint(
            model_name='areachange',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('created_by')), _negated=True), _connector='OR'), name='area_change_approved_by_a_second_person'),
        ),
        migrations.AddConstraint(
            model_name='areachangeline',
            constraint=models.UniqueConstraint(fields=('change', 'area_line'), name='one_new_area_per_line_and_change'),
        ),
        migrations.AddConstraint(
            model_name='areachangeline',
            constraint=models.CheckConstraint(condition=models.Q(('area__gt', 0)), name='new_area_above_zero'),
        ),
        migrations.AddConstraint(
            model_name='areachangepolicy',
            constraint=models.UniqueConstraint(fields=('company', 'effective_from'), name='one_area_change_policy_per_day'),
        ),
        migrations.RunSQL(DAYS, DAYS_REVERSE),
        migrations.RunSQL(
            protect("billing_areachangepolicy"), unprotect("billing_areachangepolicy")
        ),
        migrations.RunSQL(GUARD, GUARD_REVERSE),
    ]
