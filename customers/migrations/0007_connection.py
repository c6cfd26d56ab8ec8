"""Grid connection: applications with their papers, steps with their promises, holds, surveys."""

import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from office.tables.append_only import protect, unprotect

CONNECTION = """
CREATE OR REPLACE FUNCTION customers_connection_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'applied' THEN
      RAISE EXCEPTION 'customers_connection begins as applied, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('applied', 'rejected'), ('applied', 'returned'), ('applied', 'survey'), ('applied', 'withdrawn'), ('design', 'rejected'), ('design', 'withdrawn'), ('rejected', 'applied'), ('returned', 'applied'), ('returned', 'rejected'), ('returned', 'withdrawn'), ('survey', 'design'), ('survey', 'rejected'), ('survey', 'withdrawn'), ('withdrawn', 'applied')) THEN
    RAISE EXCEPTION 'customers_connection: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS customers_connection_state_guard ON customers_connection;
CREATE TRIGGER customers_connection_state_guard BEFORE INSERT OR UPDATE ON customers_connection
  FOR EACH ROW EXECUTE FUNCTION customers_connection_state_guard();
"""
NO_CONNECTION = """
DROP TRIGGER IF EXISTS customers_connection_state_guard ON customers_connection;
DROP FUNCTION IF EXISTS customers_connection_state_guard();
"""
# What a step rests on must be there when the connection leaves it, whoever writes the state.
EVIDENCE = """
CREATE OR REPLACE FUNCTION customers_connection_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = OLD.state THEN
    RETURN NEW;
  END IF;
  IF OLD.held_at IS NOT NULL AND NEW.ended_at IS NULL THEN
    RAISE EXCEPTION 'connection % is on hold', OLD.number;
  END IF;
  IF NEW.state = 'design' AND OLD.state = 'survey' AND NOT EXISTS (
    SELECT FROM customers_connectionsurvey
    WHERE connection_id = OLD.id AND feasible AND reported_at >= OLD.waiting_since
  ) THEN
    RAISE EXCEPTION 'connection % has no survey that was passed', OLD.number;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER customers_connection_evidence BEFORE UPDATE OF state ON customers_connection
  FOR EACH ROW EXECUTE FUNCTION customers_connection_evidence();
"""
NO_EVIDENCE = """
DROP TRIGGER IF EXISTS customers_connection_evidence ON customers_connection;
DROP FUNCTION IF EXISTS customers_connection_evidence();
"""
PAPERS = "customers_connectionpaper"


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0006_phones_change_hands'),
        ('office', '0010_paper_revocations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Connection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='入网编号')),
                ('state', models.CharField(choices=[('applied', '待受理'), ('returned', '待补正'), ('survey', '踏勘'), ('design', '初步设计'), ('rejected', '不予入网'), ('withdrawn', '已撤回')], default='applied', max_length=12, verbose_name='状态')),
                ('applicant', models.CharField(max_length=80, verbose_name='申请人')),
                ('applicant_kind', models.CharField(choices=[('resident', '居民'), ('property', '物业公司'), ('commercial', '商业经营'), ('government', '机关'), ('school', '学校'), ('hospital', '医院'), ('transport', '机场车站'), ('other', '其他非居民')], max_length=12, verbose_name='申请人类型')),
                ('credit_code', models.CharField(blank=True, max_length=18, verbose_name='统一社会信用代码')),
                ('contact', models.CharField(max_length=40, verbose_name='联系人')),
                ('phone', models.CharField(max_length=20, verbose_name='电话')),
                ('project', models.CharField(max_length=80, verbose_name='项目名称')),
                ('address', models.CharField(max_length=120, verbose_name='项目地址')),
                ('area', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='申请面积（m²）')),
                ('flats', models.PositiveIntegerField(verbose_name='户数')),
                ('wanted_on', models.DateField(verbose_name='期望通热日期')),
                ('applied_at', models.DateTimeField(verbose_name='申请时间')),
                ('waiting_since', models.DateTimeField(verbose_name='停留起始')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='承诺时限')),
                ('held_at', models.DateTimeField(blank=True, null=True, verbose_name='暂缓起始')),
                ('remark', models.CharField(blank=True, max_length=500, verbose_name='最近原因')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                ('applied_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='connections', to='office.company', verbose_name='公司')),
            ],
            options={
                'verbose_name': '供热入网',
                'verbose_name_plural': '供热入网',
                'ordering': ['-pk'],
                'permissions': [('apply_for_connection', '登记入网申请'), ('hand_in_connection_paper', '登记入网材料'), ('accept_application', '受理入网申请'), ('plan_survey', '安排踏勘'), ('report_survey', '登记踏勘结论'), ('hold_connection', '暂缓入网'), ('reject_connection', '不予入网')],
            },
        ),
        migrations.CreateModel(
            name='ConnectionHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=400, verbose_name='暂缓原因')),
                ('begun_at', models.DateTimeField(verbose_name='起')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='止')),
                ('begun_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人')),
                ('connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='customers.connection', verbose_name='供热入网')),
            ],
            options={
                'verbose_name': '入网暂缓',
                'verbose_name_plural': '入网暂缓',
                'ordering': ['connection', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ConnectionPaperRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='材料名称')),
                ('paper_of', models.CharField(choices=[('everybody', '所有申请人'), ('organisation', '单位'), ('resident', '居民')], default='everybody', max_length=12, verbose_name='申请人')),
                ('starts', models.DateField(verbose_name='自')),
                ('ends', models.DateField(blank=True, null=True, verbose_name='至')),
                ('source', models.CharField(max_length=120, verbose_name='依据')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
            ],
            options={
                'verbose_name': '入网材料清单',
                'verbose_name_plural': '入网材料清单',
                'ordering': ['company', 'starts', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ConnectionPaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handed_in_at', models.DateTimeField(verbose_name='登记时间')),
                ('connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='customers.connection', verbose_name='供热入网')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.document', verbose_name='档案')),
                ('handed_in_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.connectionpaperrule', verbose_name='材料')),
            ],
            options={
                'verbose_name': '入网材料',
                'verbose_name_plural': '入网材料',
                'ordering': ['connection', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ConnectionRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts', models.DateField(verbose_name='执行日期')),
                ('accept_days', models.PositiveSmallIntegerField(verbose_name='受理（工作日）')),
                ('survey_days', models.PositiveSmallIntegerField(verbose_name='踏勘（工作日）')),
                ('design_days', models.PositiveSmallIntegerField(verbose_name='初步设计（工作日）')),
                ('source', models.CharField(max_length=120, verbose_name='依据')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
            ],
            options={
                'verbose_name': '入网规定',
                'verbose_name_plural': '入网规定',
                'ordering': ['company', '-starts'],
            },
        ),
        migrations.CreateModel(
            name='ConnectionStay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('received_at', models.DateTimeField(verbose_name='首次受理')),
                ('due_at', models.DateTimeField(verbose_name='承诺时刻')),
                ('provisional', models.BooleanField(verbose_name='暂定')),
                ('made_at', models.DateTimeField(verbose_name='承诺时间')),
                ('made_by', models.CharField(max_length=80, verbose_name='经办')),
                ('ordinal', models.PositiveSmallIntegerField(verbose_name='序号')),
                ('state', models.CharField(choices=[('applied', '待受理'), ('returned', '待补正'), ('survey', '踏勘'), ('design', '初步设计'), ('rejected', '不予入网'), ('withdrawn', '已撤回')], max_length=12, verbose_name='步骤')),
                ('days', models.PositiveSmallIntegerField(verbose_name='承诺工作日')),
                ('left_at', models.DateTimeField(null=True, verbose_name='离开时间')),
                ('left_by', models.CharField(blank=True, max_length=40, verbose_name='离开动作')),
                ('calendar', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.calendarversion', verbose_name='工作日历')),
                ('connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stays', to='customers.connection', verbose_name='供热入网')),
            ],
            options={
                'verbose_name': '入网步骤',
                'verbose_name_plural': '入网步骤',
                'ordering': ['connection', 'ordinal'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ConnectionSurvey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('planned_for', models.DateField(verbose_name='计划日期')),
                ('planned_at', models.DateTimeField(verbose_name='安排时间')),
                ('called_off_at', models.DateTimeField(null=True, verbose_name='取消时间')),
                ('surveyed_on', models.DateField(null=True, verbose_name='踏勘日期')),
                ('feasible', models.BooleanField(null=True, verbose_name='可行')),
                ('heat_load_kw', models.DecimalField(decimal_places=2, max_digits=10, null=True, verbose_name='热负荷（kW）')),
                ('distance_m', models.PositiveIntegerField(null=True, verbose_name='接入距离（m）')),
                ('network_point', models.CharField(blank=True, max_length=80, verbose_name='接入点')),
                ('conclusion', models.CharField(blank=True, max_length=500, verbose_name='踏勘结论')),
                ('reported_at', models.DateTimeField(null=True, verbose_name='报告时间')),
                ('connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='surveys', to='customers.connection', verbose_name='供热入网')),
                ('planned_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='安排人')),
                ('surveyor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='踏勘人')),
            ],
            options={
                'verbose_name': '入网踏勘',
                'verbose_name_plural': '入网踏勘',
                'ordering': ['connection', '-pk'],
                'default_permissions': (),
            },
        ),
        migrations.AddIndex(
            model_name='connection',
            index=models.Index(fields=['company', 'state', 'waiting_since'], name='connection_standing'),
        ),
        migrations.AddConstraint(
            model_name='connection',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('applied', 'returned', 'survey', 'design'))), fields=('company', 'project'), name='one_open_connection_per_project'),
        ),
        migrations.AddConstraint(
            model_name='connection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state__in', ('applied', 'returned', 'survey', 'design'))), models.Q(models.Q(('state__in', ('applied', 'returned', 'survey', 'design')), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='connection_ended_unless_open'),
        ),
        migrations.AddConstraint(
            model_name='connection',
            constraint=models.CheckConstraint(condition=models.Q(('held_at__isnull', True), models.Q(('due_at__isnull', True), ('ended_at__isnull', True)), _connector='OR'), name='connection_on_hold_is_open'),
        ),
        migrations.AddConstraint(
            model_name='connection',
            constraint=models.CheckConstraint(condition=models.Q(('area__gt', Decimal('0')), ('flats__gt', 0)), name='connection_of_something'),
        ),
        migrations.AddConstraint(
            model_name='connectionhold',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('connection',), name='one_hold_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='connectionhold',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('begun_at')), _connector='OR'), name='hold_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='connectionpaperrule',
            constraint=models.CheckConstraint(condition=models.Q(('ends__isnull', True), ('ends__gte', models.F('starts')), _connector='OR'), name='connection_paper_rule_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='connectionpaperrule',
            constraint=models.UniqueConstraint(fields=('company', 'name', 'starts'), name='one_connection_paper_rule'),
        ),
        migrations.AddConstraint(
            model_name='connectionrule',
            constraint=models.UniqueConstraint(fields=('company', 'starts'), name='one_connection_rule_per_day'),
        ),
        migrations.AddConstraint(
            model_name='connectionrule',
            constraint=models.CheckConstraint(condition=models.Q(('accept_days__gte', 1), ('design_days__gte', 1), ('survey_days__gte', 1)), name='connection_rule_days'),
        ),
        migrations.AddConstraint(
            model_name='connectionstay',
            constraint=models.UniqueConstraint(fields=('connection', 'ordinal'), name='connection_stay_ordinal'),
        ),
        migrations.AddConstraint(
            model_name='connectionstay',
            constraint=models.UniqueConstraint(condition=models.Q(('left_at__isnull', True)), fields=('connection',), name='connection_at_one_step'),
        ),
        migrations.AddConstraint(
            model_name='connectionsurvey',
            constraint=models.UniqueConstraint(condition=models.Q(('called_off_at__isnull', True), ('reported_at__isnull', True)), fields=('connection',), name='one_survey_planned'),
        ),
        migrations.AddConstraint(
            model_name='connectionsurvey',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('feasible__isnull', True), ('reported_at__isnull', True), ('surveyed_on__isnull', True)), models.Q(('called_off_at__isnull', True), ('distance_m__isnull', False), ('feasible__isnull', False), ('heat_load_kw__gt', Decimal('0')), ('reported_at__isnull', False), ('surveyed_on__isnull', False), models.Q(('conclusion', ''), _negated=True)), _connector='OR'), name='survey_reported_whole'),
        ),
        migrations.RunSQL(CONNECTION, NO_CONNECTION),
        migrations.RunSQL(EVIDENCE, NO_EVIDENCE),
        migrations.RunSQL(protect(PAPERS), unprotect(PAPERS)),
    ]
