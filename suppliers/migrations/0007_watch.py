"""The watch: warnings of papers, yearly re-checks, issues, activities with attendance."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from office.tables.append_only import protect, unprotect

RECHECK = """
CREATE OR REPLACE FUNCTION suppliers_recheck_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'open' THEN
      RAISE EXCEPTION 'suppliers_recheck begins as open, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('open', 'done')) THEN
    RAISE EXCEPTION 'suppliers_recheck: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS suppliers_recheck_state_guard ON suppliers_recheck;
CREATE TRIGGER suppliers_recheck_state_guard BEFORE INSERT OR UPDATE ON suppliers_recheck
  FOR EACH ROW EXECUTE FUNCTION suppliers_recheck_state_guard();
"""
ISSUE = """
CREATE OR REPLACE FUNCTION suppliers_supplierissue_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'open' THEN
      RAISE EXCEPTION 'suppliers_supplierissue begins as open, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('open', 'reported'), ('reported', 'open'), ('reported', 'verified')) THEN
    RAISE EXCEPTION 'suppliers_supplierissue: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS suppliers_supplierissue_state_guard ON suppliers_supplierissue;
CREATE TRIGGER suppliers_supplierissue_state_guard BEFORE INSERT OR UPDATE ON suppliers_supplierissue
  FOR EACH ROW EXECUTE FUNCTION suppliers_supplierissue_state_guard();
"""


def unguard(table: str) -> str:
    """Returns SQL that takes a guard back."""
    return f"""
DROP TRIGGER IF EXISTS {table}_state_guard ON {table};
DROP FUNCTION IF EXISTS {table}_state_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('suppliers', '0006_blacklist'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Recheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', '待复查'), ('done', '已复查')], default='open', max_length=6, verbose_name='状态')),
                ('opened_at', models.DateTimeField(verbose_name='发起时间')),
                ('due_on', models.DateField(verbose_name='期限')),
                ('findings', models.CharField(blank=True, max_length=500, verbose_name='复查情况')),
                ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='复查时间')),
                ('checked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='复查人')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rechecks', to='suppliers.supplier', verbose_name='供应商')),
            ],
            options={
                'verbose_name': '年度复查',
                'verbose_name_plural': '年度复查',
                'ordering': ['-pk'],
                'permissions': [('record_recheck', '登记年度复查')],
            },
        ),
        migrations.CreateModel(
            name='SupplierActivity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('training', '培训'), ('exchange', '交流活动')], max_length=8, verbose_name='种类')),
                ('topic', models.CharField(max_length=120, verbose_name='主题')),
                ('held_on', models.DateField(verbose_name='日期')),
                ('place', models.CharField(max_length=80, verbose_name='地点')),
                ('entered_at', models.DateTimeField(verbose_name='登记时间')),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
            ],
            options={
                'verbose_name': '供应商活动',
                'verbose_name_plural': '供应商活动',
                'ordering': ['-held_on', '-pk'],
                'permissions': [('plan_event', '安排供应商活动'), ('record_attendance', '登记供应商参加情况')],
            },
        ),
        migrations.CreateModel(
            name='EventAttendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('people', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='参加人数')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to='suppliers.supplier', verbose_name='供应商')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to='suppliers.supplieractivity', verbose_name='供应商活动')),
            ],
            options={
                'verbose_name': '参加情况',
                'verbose_name_plural': '参加情况',
                'ordering': ['supplier__name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='SupplierIssue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', '整改中'), ('reported', '待验证'), ('verified', '已验证')], default='open', max_length=10, verbose_name='状态')),
                ('text', models.CharField(max_length=400, verbose_name='问题')),
                ('due_on', models.DateField(verbose_name='整改期限')),
                ('raised_at', models.DateTimeField(verbose_name='提出时间')),
                ('rectification', models.CharField(blank=True, max_length=400, verbose_name='整改情况')),
                ('reported_at', models.DateTimeField(blank=True, null=True, verbose_name='整改登记时间')),
                ('verification', models.CharField(blank=True, max_length=400, verbose_name='验证情况')),
                ('verified_at', models.DateTimeField(blank=True, null=True, verbose_name='验证时间')),
                ('raised_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人')),
                ('recheck', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='issues', to='suppliers.recheck', verbose_name='年度复查')),
                ('reported_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='整改登记人')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issues', to='suppliers.supplier', verbose_name='供应商')),
                ('verified_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='验证人')),
            ],
            options={
                'verbose_name': '整改事项',
                'verbose_name_plural': '整改事项',
                'ordering': ['-pk'],
                'permissions': [('raise_issue', '提出整改事项'), ('report_rectification', '登记整改情况'), ('verify_rectification', '验证整改')],
            },
        ),
        migrations.CreateModel(
            name='PaperWarning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('days', models.PositiveSmallIntegerField(verbose_name='提前天数')),
                ('warned_at', models.DateTimeField(verbose_name='提醒时间')),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='warnings', to='suppliers.supplierpaper', verbose_name='证照')),
            ],
            options={
                'verbose_name': '到期提醒',
                'verbose_name_plural': '到期提醒',
                'ordering': ['-pk'],
                'constraints': [models.UniqueConstraint(fields=('paper', 'days'), name='warned_once_per_step'), models.CheckConstraint(condition=models.Q(('days__in', [90, 60, 30])), name='warning_step')],
            },
        ),
        migrations.AddConstraint(
            model_name='recheck',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('supplier',), name='one_open_recheck'),
        ),
        migrations.AddConstraint(
            model_name='recheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checked_at__isnull', True), ('state', 'open')), models.Q(('checked_at__isnull', False), ('state', 'done'), models.Q(('findings', ''), _negated=True)), _connector='OR'), name='recheck_done_with_findings'),
        ),
        migrations.AddConstraint(
            model_name='eventattendance',
            constraint=models.UniqueConstraint(fields=('event', 'supplier'), name='invited_once'),
        ),
        migrations.AddIndex(
            model_name='supplierissue',
            index=models.Index(fields=['state', 'due_on'], name='issue_due'),
        ),
        migrations.AddConstraint(
            model_name='supplierissue',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'verified'), _negated=True), models.Q(('verified_at__isnull', False), models.Q(('verified_by', models.F('reported_by')), _negated=True)), _connector='OR'), name='issue_verified_by_another'),
        ),
        migrations.RunSQL(RECHECK, unguard("suppliers_recheck")),
        migrations.RunSQL(ISSUE, unguard("suppliers_supplierissue")),
        migrations.RunSQL(
            protect("suppliers_paperwarning"), unprotect("suppliers_paperwarning")
        ),
    ]
