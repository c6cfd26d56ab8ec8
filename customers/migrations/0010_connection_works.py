"""Grid connection ends: contracts, construction, acceptance, heat-on."""

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
    AND (OLD.state, NEW.state) NOT IN (('applied', 'rejected'), ('applied', 'returned'), ('applied', 'survey'), ('applied', 'withdrawn'), ('approval', 'contract'), ('approval', 'plan'), ('approval', 'rejected'), ('approval', 'withdrawn'), ('construction', 'ready'), ('construction', 'withdrawn'), ('contract', 'kick_off'), ('contract', 'rejected'), ('contract', 'withdrawn'), ('design', 'rejected'), ('design', 'review'), ('design', 'withdrawn'), ('kick_off', 'construction'), ('kick_off', 'withdrawn'), ('plan', 'approval'), ('plan', 'design'), ('plan', 'rejected'), ('plan', 'withdrawn'), ('ready', 'heated'), ('ready', 'withdrawn'), ('rejected', 'applied'), ('returned', 'applied'), ('returned', 'rejected'), ('returned', 'withdrawn'), ('review', 'design'), ('review', 'plan'), ('review', 'rejected'), ('review', 'withdrawn'), ('survey', 'design'), ('survey', 'rejected'), ('survey', 'withdrawn'), ('withdrawn', 'applied')) THEN
    RAISE EXCEPTION 'customers_connection: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS customers_connection_state_guard ON customers_connection;
CREATE TRIGGER customers_connection_state_guard BEFORE INSERT OR UPDATE ON customers_connection
  FOR EACH ROW EXECUTE FUNCTION customers_connection_state_guard();
"""
FORMER_CONNECTION = """
CREATE OR REPLACE FUNCTION customers_connection_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'applied' THEN
      RAISE EXCEPTION 'customers_connection begins as applied, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('applied', 'rejected'), ('applied', 'returned'), ('applied', 'survey'), ('applied', 'withdrawn'), ('approval', 'contract'), ('approval', 'plan'), ('approval', 'rejected'), ('approval', 'withdrawn'), ('contract', 'rejected'), ('contract', 'withdrawn'), ('design', 'rejected'), ('design', 'review'), ('design', 'withdrawn'), ('plan', 'approval'), ('plan', 'design'), ('plan', 'rejected'), ('plan', 'withdrawn'), ('rejected', 'applied'), ('returned', 'applied'), ('returned', 'rejected'), ('returned', 'withdrawn'), ('review', 'design'), ('review', 'plan'), ('review', 'rejected'), ('review', 'withdrawn'), ('survey', 'design'), ('survey', 'rejected'), ('survey', 'withdrawn'), ('withdrawn', 'applied')) THEN
    RAISE EXCEPTION 'customers_connection: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS customers_connection_state_guard ON customers_connection;
CREATE TRIGGER customers_connection_state_guard BEFORE INSERT OR UPDATE ON customers_connection
  FOR EACH ROW EXECUTE FUNCTION customers_connection_state_guard();
"""
# As before, and what contract, construction and heat-on rest on.
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
  IF NEW.state = 'review' AND NOT EXISTS (
    SELECT FROM customers_designreview WHERE connection_id = OLD.id AND closed_at IS NULL
  ) THEN
    RAISE EXCEPTION 'connection % has no design to review', OLD.number;
  END IF;
  IF NEW.state = 'plan' AND OLD.state = 'review' AND NOT EXISTS (
    SELECT FROM customers_designreview
    WHERE connection_id = OLD.id AND passed AND closed_at >= OLD.waiting_since
  ) THEN
    RAISE EXCEPTION 'connection % has no review that was passed', OLD.number;
  END IF;
  IF NEW.state = 'contract' AND OLD.state = 'approval' AND NOT EXISTS (
    SELECT FROM office_approval
    JOIN django_content_type ON django_content_type.id = record_type_id
    WHERE app_label = 'customers' AND model = 'connection' AND record_id = OLD.id
      AND office_approval.state = 'approved' AND ended_at >= OLD.waiting_since
  ) THEN
    RAISE EXCEPTION 'connection % has no plan that was approved', OLD.number;
  END IF;
  IF NEW.state = 'kick_off' AND NOT EXISTS (
    SELECT FROM customers_connectioncontract WHERE connection_id = OLD.id AND ended_at IS NULL
  ) THEN
    RAISE EXCEPTION 'connection % has no contract', OLD.number;
  END IF;
  IF NEW.state = 'construction' AND NOT EXISTS (
    SELECT FROM customers_connectionworks
    WHERE connection_id = OLD.id AND begun_at >= OLD.waiting_since
  ) THEN
    RAISE EXCEPTION 'connection % has no kick-off', OLD.number;
  END IF;
  IF NEW.state = 'ready' AND NOT EXISTS (
    SELECT FROM customers_connectionworks
    WHERE connection_id = OLD.id AND accepted_at >= OLD.waiting_since
  ) THEN
    RAISE EXCEPTION 'connection % has no works that were accepted', OLD.number;
  END IF;
  IF NEW.state = 'heated' AND NOT EXISTS (
    SELECT FROM customers_heaton WHERE connection_id = OLD.id
  ) THEN
    RAISE EXCEPTION 'connection % has no accounts', OLD.number;
  END IF;
  RETURN NEW;
END $$;
"""
FORMER_EVIDENCE = """
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
  IF NEW.state = 'review' AND NOT EXISTS (
    SELECT FROM customers_designreview WHERE connection_id = OLD.id AND closed_at IS NULL
  ) THEN
    RAISE EXCEPTION 'connection % has no design to review', OLD.number;
  END IF;
  IF NEW.state = 'plan' AND OLD.state = 'review' AND NOT EXISTS (
    SELECT FROM customers_designreview
    WHERE connection_id = OLD.id AND passed AND closed_at >= OLD.waiting_since
  ) THEN
    RAISE EXCEPTION 'connection % has no review that was passed', OLD.number;
  END IF;
  IF NEW.state = 'contract' AND OLD.state = 'approval' AND NOT EXISTS (
    SELECT FROM office_approval
    JOIN django_content_type ON django_content_type.id = record_type_id
    WHERE app_label = 'customers' AND model = 'connection' AND record_id = OLD.id
      AND office_approval.state = 'approved' AND ended_at >= OLD.waiting_since
  ) THEN
    RAISE EXCEPTION 'connection % has no plan that was approved', OLD.number;
  END IF;
  RETURN NEW;
END $$;
"""
# At the end of the transaction, since the instalments are written after their contract.
SCHEDULE = """
CREATE OR REPLACE FUNCTION customers_connectioncontract_schedule() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  total bigint;
BEGIN
  SELECT COALESCE(sum(amount_fen), 0) INTO total
  FROM customers_connectioninstalment WHERE contract_id = NEW.id;
  IF total <> NEW.amount_fen THEN
    RAISE EXCEPTION 'contract %: instalments make % fen, not %', NEW.number, total, NEW.amount_fen
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER customers_connectioncontract_schedule
  AFTER INSERT ON customers_connectioncontract DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION customers_connectioncontract_schedule();
CREATE OR REPLACE FUNCTION customers_connectioninstalment_schedule() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  total bigint;
  owed bigint;
BEGIN
  SELECT sum(amount_fen) INTO total
  FROM customers_connectioninstalment WHERE contract_id = NEW.contract_id;
  SELECT amount_fen INTO owed FROM customers_connectioncontract WHERE id = NEW.contract_id;
  IF total <> owed THEN
    RAISE EXCEPTION 'instalments of contract % make % fen, not %', NEW.contract_id, total, owed
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER customers_connectioninstalment_schedule
  AFTER INSERT ON customers_connectioninstalment DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION customers_connectioninstalment_schedule();
"""
NO_SCHEDULE = """
DROP TRIGGER IF EXISTS customers_connectioninstalment_schedule ON customers_connectioninstalment;
DROP FUNCTION IF EXISTS customers_connectioninstalment_schedule();
DROP TRIGGER IF EXISTS customers_connectioncontract_schedule ON customers_connectioncontract;
DROP FUNCTION IF EXISTS customers_connectioncontract_schedule();
"""
# What was signed, inspected, read and opened is evidence.
APPEND_ONLY = (
    "customers_connectioninstalment",
    "customers_nodeinspection",
    "customers_buildingtable",
    "customers_heaton",
)


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0009_connection_design'),
        ('office', '0010_paper_revocations'),
        ('suppliers', '0011_sourcing'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BuildingTable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('community', models.CharField(max_length=60, verbose_name='小区')),
                ('rows', models.JSONField(verbose_name='行')),
                ('faults', models.JSONField(verbose_name='问题')),
                ('area', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='建筑面积合计（m²）')),
                ('uploaded_at', models.DateTimeField(verbose_name='登记时间')),
            ],
            options={
                'verbose_name': '楼栋表',
                'verbose_name_plural': '楼栋表',
                'ordering': ['connection', '-pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ConnectionContract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=32, unique=True, verbose_name='合同编号')),
                ('payer', models.CharField(max_length=80, verbose_name='付款方')),
                ('area', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='合同面积（m²）')),
                ('price_fen', models.BigIntegerField(verbose_name='入网单价（分/m²）')),
                ('amount_fen', models.BigIntegerField(verbose_name='合同金额（分）')),
                ('signed_on', models.DateField(verbose_name='签订日期')),
                ('entered_at', models.DateTimeField(verbose_name='登记时间')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='结束时间')),
            ],
            options={
                'verbose_name': '入网合同',
                'verbose_name_plural': '入网合同',
                'ordering': ['connection', '-pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ConnectionInstalment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_on', models.DateField(verbose_name='应付日期')),
                ('amount_fen', models.BigIntegerField(verbose_name='金额（分）')),
            ],
            options={
                'verbose_name': '入网付款计划',
                'verbose_name_plural': '入网付款计划',
                'ordering': ['contract', 'due_on', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ConnectionTerms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts', models.DateField(verbose_name='执行日期')),
                ('price_fen', models.BigIntegerField(verbose_name='入网单价（分/m²）')),
                ('residents_pay', models.BooleanField(default=False, verbose_name='可向居民个人收取')),
                ('tolerance_permille', models.PositiveSmallIntegerField(verbose_name='面积允许偏差（‰）')),
                ('source', models.CharField(max_length=120, verbose_name='依据')),
            ],
            options={
                'verbose_name': '入网收费规定',
                'verbose_name_plural': '入网收费规定',
                'ordering': ['company', '-starts'],
            },
        ),
        migrations.CreateModel(
            name='ConnectionWorks',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('met_on', models.DateField(verbose_name='启动会日期')),
                ('materials', models.CharField(max_length=400, verbose_name='材料落实')),
                ('staff', models.CharField(max_length=400, verbose_name='人员落实')),
                ('minutes', models.CharField(max_length=1000, verbose_name='会议纪要')),
                ('begun_at', models.DateTimeField(verbose_name='启动时间')),
                ('score', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, verbose_name='验收得分')),
                ('conclusion', models.CharField(blank=True, max_length=500, verbose_name='验收结论')),
                ('accepted_at', models.DateTimeField(null=True, verbose_name='验收时间')),
            ],
            options={
                'verbose_name': '入网施工',
                'verbose_name_plural': '入网施工',
                'ordering': ['connection', '-pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='HeatOn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_day', models.DateField(verbose_name='首个供热日')),
                ('flats', models.PositiveIntegerField(verbose_name='户数')),
                ('area', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='建筑面积（m²）')),
                ('first_number', models.CharField(max_length=20, verbose_name='起始户号')),
                ('last_number', models.CharField(max_length=20, verbose_name='终止户号')),
                ('at', models.DateTimeField(verbose_name='时间')),
            ],
            options={
                'verbose_name': '通热',
                'verbose_name_plural': '通热',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='NodeInspection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('node', models.CharField(choices=[('drawings', '事前：图纸会审'), ('welders', '事前：焊工考试'), ('trench', '事中：沟槽验收'), ('pressure', '事中：强度与严密性试压'), ('insulation', '事中：保温补口'), ('backfill', '事后：回填压实'), ('flushing', '事后：管网冲洗')], max_length=12, verbose_name='节点')),
                ('passed', models.BooleanField(verbose_name='合格')),
                ('note', models.CharField(max_length=400, verbose_name='检查情况')),
                ('inspected_at', models.DateTimeField(verbose_name='检查时间')),
            ],
            options={
                'verbose_name': '节点检查',
                'verbose_name_plural': '节点检查',
                'ordering': ['works', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='WorksDefect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=300, verbose_name='缺陷')),
                ('due_on', models.DateField(verbose_name='整改期限')),
                ('found_at', models.DateTimeField(verbose_name='发现时间')),
                ('remedy', models.CharField(blank=True, max_length=300, verbose_name='整改情况')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='确认时间')),
            ],
            options={
                'verbose_name': '施工缺陷',
                'verbose_name_plural': '施工缺陷',
                'ordering': ['works', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.AlterModelOptions(
            name='connection',
            options={'ordering': ['-pk'], 'permissions': [('apply_for_connection', '登记入网申请'), ('hand_in_connection_paper', '登记入网材料'), ('accept_application', '受理入网申请'), ('plan_survey', '安排踏勘'), ('report_survey', '登记踏勘结论'), ('submit_design', '提交初步设计'), ('convene_review', '召集联合会审'), ('give_review_opinion', '签署会审意见'), ('submit_connection_plan', '提交施工方案与预算'), ('check_plan_company', '入网方案公司审批'), ('check_plan_technology', '入网方案技术审批'), ('check_plan_group', '入网方案集团审批'), ('sign_connection_contract', '登记入网合同'), ('kick_off_connection', '登记启动会'), ('inspect_node', '登记节点检查'), ('accept_construction', '验收入网施工'), ('hand_in_building_table', '上传楼栋表'), ('heat_on', '通热开户'), ('hold_connection', '暂缓入网'), ('reject_connection', '不予入网')], 'verbose_name': '供热入网', 'verbose_name_plural': '供热入网'},
        ),
        migrations.RemoveConstraint(
            model_name='connection',
            name='connection_ended_unless_open',
        ),
        migrations.RemoveConstraint(
            model_name='connectionrule',
            name='connection_rule_days',
        ),
        migrations.AddField(
            model_name='connectionrule',
            name='construction_days',
            field=models.PositiveSmallIntegerField(db_default=1, verbose_name='施工（工作日）'),
        ),
        migrations.AddField(
            model_name='connectionrule',
            name='heat_on_days',
            field=models.PositiveSmallIntegerField(db_default=1, verbose_name='通热（工作日）'),
        ),
        migrations.AddField(
            model_name='connectionrule',
            name='kick_off_days',
            field=models.PositiveSmallIntegerField(db_default=1, verbose_name='启动会（工作日）'),
        ),
        migrations.AlterField(
            model_name='connection',
            name='state',
            field=models.CharField(choices=[('applied', '待受理'), ('returned', '待补正'), ('survey', '踏勘'), ('design', '初步设计'), ('review', '联合会审'), ('plan', '方案与预算'), ('approval', '方案审批'), ('contract', '待签合同'), ('kick_off', '待启动'), ('construction', '施工'), ('ready', '待通热'), ('heated', '已通热'), ('rejected', '不予入网'), ('withdrawn', '已撤回')], default='applied', max_length=12, verbose_name='状态'),
        ),
        migrations.AlterField(
            model_name='connectionstay',
            name='state',
            field=models.CharField(choices=[('applied', '待受理'), ('returned', '待补正'), ('survey', '踏勘'), ('design', '初步设计'), ('review', '联合会审'), ('plan', '方案与预算'), ('approval', '方案审批'), ('contract', '待签合同'), ('kick_off', '待启动'), ('construction', '施工'), ('ready', '待通热'), ('heated', '已通热'), ('rejected', '不予入网'), ('withdrawn', '已撤回')], max_length=12, verbose_name='步骤'),
        ),
        migrations.AddConstraint(
            model_name='connection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state__in', ('applied', 'returned', 'survey', 'design', 'review', 'plan', 'approval', 'contract', 'kick_off', 'construction', 'ready'))), models.Q(models.Q(('state__in', ('applied', 'returned', 'survey', 'design', 'review', 'plan', 'approval', 'contract', 'kick_off', 'construction', 'ready')), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='connection_ended_unless_open'),
        ),
        migrations.AddConstraint(
            model_name='connectionrule',
            constraint=models.CheckConstraint(condition=models.Q(('accept_days__gte', 1), ('approval_days__gte', 1), ('construction_days__gte', 1), ('contract_days__gte', 1), ('design_days__gte', 1), ('heat_on_days__gte', 1), ('kick_off_days__gte', 1), ('outside_quorum__lte', models.F('quorum')), ('plan_days__gte', 1), ('quorum__gte', 1), ('review_days__gte', 1), ('survey_days__gte', 1)), name='connection_rule_days'),
        ),
        migrations.AddField(
            model_name='buildingtable',
            name='connection',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tables', to='customers.connection', verbose_name='供热入网'),
        ),
        migrations.AddField(
            model_name='buildingtable',
            name='document',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.document', verbose_name='档案'),
        ),
        migrations.AddField(
            model_name='buildingtable',
            name='uploaded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人'),
        ),
        migrations.AddField(
            model_name='connectioncontract',
            name='amends',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='amended_by', to='customers.connectioncontract', verbose_name='补充的合同'),
        ),
        migrations.AddField(
            model_name='connectioncontract',
            name='connection',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='customers.connection', verbose_name='供热入网'),
        ),
        migrations.AddField(
            model_name='connectioncontract',
            name='document',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.document', verbose_name='签字扫描件'),
        ),
        migrations.AddField(
            model_name='connectioncontract',
            name='entered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人'),
        ),
        migrations.AddField(
            model_name='connectioninstalment',
            name='contract',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='instalments', to='customers.connectioncontract', verbose_name='入网合同'),
        ),
        migrations.AddField(
            model_name='connectionterms',
            name='company',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司'),
        ),
        migrations.AddField(
            model_name='connectioncontract',
            name='terms',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.connectionterms', verbose_name='入网收费规定'),
        ),
        migrations.AddField(
            model_name='connectionworks',
            name='accepted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='验收人'),
        ),
        migrations.AddField(
            model_name='connectionworks',
            name='begun_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='召集人'),
        ),
        migrations.AddField(
            model_name='connectionworks',
            name='connection',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='works', to='customers.connection', verbose_name='供热入网'),
        ),
        migrations.AddField(
            model_name='connectionworks',
            name='contractor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='suppliers.supplier', verbose_name='施工单位'),
        ),
        migrations.AddField(
            model_name='heaton',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人'),
        ),
        migrations.AddField(
            model_name='heaton',
            name='connection',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='heat_on', to='customers.connection', verbose_name='供热入网'),
        ),
        migrations.AddField(
            model_name='heaton',
            name='table',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='heat_on', to='customers.buildingtable', verbose_name='楼栋表'),
        ),
        migrations.AddField(
            model_name='nodeinspection',
            name='inspected_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='检查人'),
        ),
        migrations.AddField(
            model_name='nodeinspection',
            name='works',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to='customers.connectionworks', verbose_name='入网施工'),
        ),
        migrations.AddField(
            model_name='worksdefect',
            name='closed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='确认人'),
        ),
        migrations.AddField(
            model_name='worksdefect',
            name='found_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发现人'),
        ),
        migrations.AddField(
            model_name='worksdefect',
            name='works',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='defects', to='customers.connectionworks', verbose_name='入网施工'),
        ),
        migrations.AddConstraint(
            model_name='connectioninstalment',
            constraint=models.UniqueConstraint(fields=('contract', 'due_on'), name='one_instalment_per_day'),
        ),
        migrations.AddConstraint(
            model_name='connectioninstalment',
            constraint=models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0)), name='instalment_above_zero'),
        ),
        migrations.AddConstraint(
            model_name='connectionterms',
            constraint=models.UniqueConstraint(fields=('company', 'starts'), name='one_connection_terms_per_day'),
        ),
        migrations.AddConstraint(
            model_name='connectionterms',
            constraint=models.CheckConstraint(condition=models.Q(('price_fen__gt', 0)), name='connection_price'),
        ),
        migrations.AddConstraint(
            model_name='connectioncontract',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('connection',), name='one_connection_contract_in_force'),
        ),
        migrations.AddConstraint(
            model_name='connectioncontract',
            constraint=models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0), ('area__gt', Decimal('0')), ('price_fen__gt', 0)), name='connection_contract_figures'),
        ),
        migrations.AddConstraint(
            model_name='connectionworks',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_at__isnull', True), ('accepted_by__isnull', True), ('conclusion', ''), ('score__isnull', True)), models.Q(('accepted_at__isnull', False), ('accepted_by__isnull', False), ('score__gte', 0), ('score__lte', 100), models.Q(('conclusion', ''), _negated=True)), _connector='OR'), name='works_accepted_whole'),
        ),
        migrations.AddConstraint(
            model_name='worksdefect',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by__isnull', True), ('remedy', '')), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), models.Q(('remedy', ''), _negated=True)), _connector='OR'), name='defect_closed_with_its_remedy'),
        ),
        migrations.RunSQL(CONNECTION, FORMER_CONNECTION),
        migrations.RunSQL(EVIDENCE, FORMER_EVIDENCE),
        migrations.RunSQL(SCHEDULE, NO_SCHEDULE),
        *(migrations.RunSQL(protect(table), unprotect(table)) for table in APPEND_ONLY),
    ]
