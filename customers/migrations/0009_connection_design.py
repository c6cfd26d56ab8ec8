"""Grid connection goes on: designs, joint reviews, plans and budgets."""

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
    AND (OLD.state, NEW.state) NOT IN (('applied', 'rejected'), ('applied', 'returned'), ('applied', 'survey'), ('applied', 'withdrawn'), ('approval', 'contract'), ('approval', 'plan'), ('approval', 'rejected'), ('approval', 'withdrawn'), ('contract', 'rejected'), ('contract', 'withdrawn'), ('design', 'rejected'), ('design', 'review'), ('design', 'withdrawn'), ('plan', 'approval'), ('plan', 'design'), ('plan', 'rejected'), ('plan', 'withdrawn'), ('rejected', 'applied'), ('returned', 'applied'), ('returned', 'rejected'), ('returned', 'withdrawn'), ('review', 'design'), ('review', 'plan'), ('review', 'rejected'), ('review', 'withdrawn'), ('survey', 'design'), ('survey', 'rejected'), ('survey', 'withdrawn'), ('withdrawn', 'applied')) THEN
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
    AND (OLD.state, NEW.state) NOT IN (('applied', 'rejected'), ('applied', 'returned'), ('applied', 'survey'), ('applied', 'withdrawn'), ('design', 'rejected'), ('design', 'withdrawn'), ('rejected', 'applied'), ('returned', 'applied'), ('returned', 'rejected'), ('returned', 'withdrawn'), ('survey', 'design'), ('survey', 'rejected'), ('survey', 'withdrawn'), ('withdrawn', 'applied')) THEN
    RAISE EXCEPTION 'customers_connection: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS customers_connection_state_guard ON customers_connection;
CREATE TRIGGER customers_connection_state_guard BEFORE INSERT OR UPDATE ON customers_connection
  FOR EACH ROW EXECUTE FUNCTION customers_connection_state_guard();
"""
# As before, and what design, review and approval rest on.
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
  RETURN NEW;
END $$;
"""
# What was submitted, asked and signed is evidence.
APPEND_ONLY = (
    "customers_preliminarydesign",
    "customers_designreviewer",
    "customers_reviewopinion",
    "customers_connectionbudget",
)


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0008_contract_papers'),
        ('office', '0010_paper_revocations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ConnectionBudget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField(verbose_name='版本')),
                ('scheme', models.CharField(max_length=1000, verbose_name='施工方案')),
                ('amount_fen', models.BigIntegerField(verbose_name='预算（分）')),
                ('starts_on', models.DateField(verbose_name='计划开工')),
                ('ends_on', models.DateField(verbose_name='计划完工')),
                ('drafted_at', models.DateTimeField(verbose_name='起草时间')),
            ],
            options={
                'verbose_name': '施工方案与预算',
                'verbose_name_plural': '施工方案与预算',
                'ordering': ['connection', '-version'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='DesignReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quorum', models.PositiveSmallIntegerField(verbose_name='法定人数')),
                ('outside_quorum', models.PositiveSmallIntegerField(verbose_name='其中外部专家')),
                ('opened_at', models.DateTimeField(verbose_name='开始时间')),
                ('passed', models.BooleanField(null=True, verbose_name='通过')),
                ('summary', models.CharField(blank=True, max_length=500, verbose_name='会审结论')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='结束时间')),
            ],
            options={
                'verbose_name': '联合会审',
                'verbose_name_plural': '联合会审',
                'ordering': ['connection', '-pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='DesignReviewer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='姓名')),
                ('organisation', models.CharField(max_length=80, verbose_name='单位')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='电话')),
                ('invited_at', models.DateTimeField(verbose_name='邀请时间')),
            ],
            options={
                'verbose_name': '会审专家',
                'verbose_name_plural': '会审专家',
                'ordering': ['review', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='PreliminaryDesign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField(verbose_name='版本')),
                ('designer', models.CharField(blank=True, max_length=80, verbose_name='外部设计单位')),
                ('heat_load_kw', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='热负荷（kW）')),
                ('pipe_m', models.PositiveIntegerField(verbose_name='管线长度（m）')),
                ('scheme', models.CharField(max_length=1000, verbose_name='设计方案')),
                ('submitted_at', models.DateTimeField(verbose_name='提交时间')),
            ],
            options={
                'verbose_name': '初步设计',
                'verbose_name_plural': '初步设计',
                'ordering': ['connection', '-version'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ReviewCondition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=200, verbose_name='条件')),
                ('evidence', models.CharField(blank=True, max_length=400, verbose_name='落实情况')),
                ('met_at', models.DateTimeField(null=True, verbose_name='确认时间')),
            ],
            options={
                'verbose_name': '会审条件',
                'verbose_name_plural': '会审条件',
                'ordering': ['opinion', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ReviewOpinion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(choices=[('agree', '同意'), ('conditions', '有条件同意'), ('against', '不同意')], max_length=12, verbose_name='结论')),
                ('text', models.CharField(max_length=1000, verbose_name='意见')),
                ('signature', models.CharField(max_length=40, verbose_name='签名')),
                ('signed_at', models.DateTimeField(verbose_name='签署时间')),
                ('origin', models.CharField(blank=True, max_length=60, verbose_name='来源')),
            ],
            options={
                'verbose_name': '会审意见',
                'verbose_name_plural': '会审意见',
                'ordering': ['signed_at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.AlterModelOptions(
            name='connection',
            options={'ordering': ['-pk'], 'permissions': [('apply_for_connection', '登记入网申请'), ('hand_in_connection_paper', '登记入网材料'), ('accept_application', '受理入网申请'), ('plan_survey', '安排踏勘'), ('report_survey', '登记踏勘结论'), ('submit_design', '提交初步设计'), ('convene_review', '召集联合会审'), ('give_review_opinion', '签署会审意见'), ('submit_connection_plan', '提交施工方案与预算'), ('check_plan_company', '入网方案公司审批'), ('check_plan_technology', '入网方案技术审批'), ('check_plan_group', '入网方案集团审批'), ('hold_connection', '暂缓入网'), ('reject_connection', '不予入网')], 'verbose_name': '供热入网', 'verbose_name_plural': '供热入网'},
        ),
        migrations.RemoveConstraint(
            model_name='connection',
            name='one_open_connection_per_project',
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
            name='approval_days',
            field=models.PositiveSmallIntegerField(db_default=1, verbose_name='方案审批（工作日）'),
        ),
        migrations.AddField(
            model_name='connectionrule',
            name='contract_days',
            field=models.PositiveSmallIntegerField(db_default=1, verbose_name='签订合同（工作日）'),
        ),
        migrations.AddField(
            model_name='connectionrule',
            name='outside_quorum',
            field=models.PositiveSmallIntegerField(db_default=1, verbose_name='其中外部专家'),
        ),
        migrations.AddField(
            model_name='connectionrule',
            name='plan_days',
            field=models.PositiveSmallIntegerField(db_default=1, verbose_name='方案与预算（工作日）'),
        ),
        migrations.AddField(
            model_name='connectionrule',
            name='quorum',
            field=models.PositiveSmallIntegerField(db_default=1, verbose_name='会审法定人数'),
        ),
        migrations.AddField(
            model_name='connectionrule',
            name='review_days',
            field=models.PositiveSmallIntegerField(db_default=1, verbose_name='联合会审（工作日）'),
        ),
        migrations.AlterField(
            model_name='connection',
            name='state',
            field=models.CharField(choices=[('applied', '待受理'), ('returned', '待补正'), ('survey', '踏勘'), ('design', '初步设计'), ('review', '联合会审'), ('plan', '方案与预算'), ('approval', '方案审批'), ('contract', '待签合同'), ('rejected', '不予入网'), ('withdrawn', '已撤回')], default='applied', max_length=12, verbose_name='状态'),
        ),
        migrations.AlterField(
            model_name='connectionstay',
            name='state',
            field=models.CharField(choices=[('applied', '待受理'), ('returned', '待补正'), ('survey', '踏勘'), ('design', '初步设计'), ('review', '联合会审'), ('plan', '方案与预算'), ('approval', '方案审批'), ('contract', '待签合同'), ('rejected', '不予入网'), ('withdrawn', '已撤回')], max_length=12, verbose_name='步骤'),
        ),
        migrations.AddConstraint(
            model_name='connection',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('company', 'project'), name='one_open_connection_per_project'),
        ),
        migrations.AddConstraint(
            model_name='connection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state__in', ('applied', 'returned', 'survey', 'design', 'review', 'plan', 'approval', 'contract'))), models.Q(models.Q(('state__in', ('applied', 'returned', 'survey', 'design', 'review', 'plan', 'approval', 'contract')), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='connection_ended_unless_open'),
        ),
        migrations.AddConstraint(
            model_name='connectionrule',
            constraint=models.CheckConstraint(condition=models.Q(('accept_days__gte', 1), ('approval_days__gte', 1), ('contract_days__gte', 1), ('design_days__gte', 1), ('outside_quorum__lte', models.F('quorum')), ('plan_days__gte', 1), ('quorum__gte', 1), ('review_days__gte', 1), ('survey_days__gte', 1)), name='connection_rule_days'),
        ),
        migrations.AddField(
            model_name='connectionbudget',
            name='connection',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='budgets', to='customers.connection', verbose_name='供热入网'),
        ),
        migrations.AddField(
            model_name='connectionbudget',
            name='drafted_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='起草人'),
        ),
        migrations.AddField(
            model_name='designreview',
            name='closed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='结束人'),
        ),
        migrations.AddField(
            model_name='designreview',
            name='connection',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='customers.connection', verbose_name='供热入网'),
        ),
        migrations.AddField(
            model_name='designreviewer',
            name='invited_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='邀请人'),
        ),
        migrations.AddField(
            model_name='designreviewer',
            name='review',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviewers', to='customers.designreview', verbose_name='联合会审'),
        ),
        migrations.AddField(
            model_name='designreviewer',
            name='user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='员工'),
        ),
        migrations.AddField(
            model_name='preliminarydesign',
            name='connection',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='designs', to='customers.connection', verbose_name='供热入网'),
        ),
        migrations.AddField(
            model_name='preliminarydesign',
            name='submitted_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提交人'),
        ),
        migrations.AddField(
            model_name='designreview',
            name='design',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='review', to='customers.preliminarydesign', verbose_name='初步设计'),
        ),
        migrations.AddField(
            model_name='reviewcondition',
            name='met_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='确认人'),
        ),
        migrations.AddField(
            model_name='reviewopinion',
            name='reviewer',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='opinion', to='customers.designreviewer', verbose_name='会审专家'),
        ),
        migrations.AddField(
            model_name='reviewcondition',
            name='opinion',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conditions', to='customers.reviewopinion', verbose_name='会审意见'),
        ),
        migrations.AddConstraint(
            model_name='connectionbudget',
            constraint=models.UniqueConstraint(fields=('connection', 'version'), name='one_budget_per_version'),
        ),
        migrations.AddConstraint(
            model_name='connectionbudget',
            constraint=models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0), ('ends_on__gte', models.F('starts_on'))), name='budget_figures'),
        ),
        migrations.AddConstraint(
            model_name='designreviewer',
            constraint=models.UniqueConstraint(condition=models.Q(('user__isnull', False)), fields=('review', 'user'), name='reviewer_invited_once'),
        ),
        migrations.AddConstraint(
            model_name='designreviewer',
            constraint=models.UniqueConstraint(condition=models.Q(('user__isnull', True)), fields=('review', 'phone'), name='outside_reviewer_invited_once'),
        ),
        migrations.AddConstraint(
            model_name='designreviewer',
            constraint=models.CheckConstraint(condition=models.Q(('user__isnull', False), models.Q(('phone', ''), _negated=True), _connector='OR'), name='outside_reviewer_has_a_phone'),
        ),
        migrations.AddConstraint(
            model_name='preliminarydesign',
            constraint=models.UniqueConstraint(fields=('connection', 'version'), name='one_design_per_version'),
        ),
        migrations.AddConstraint(
            model_name='preliminarydesign',
            constraint=models.CheckConstraint(condition=models.Q(('heat_load_kw__gt', Decimal('0')), ('version__gte', 1)), name='design_figures'),
        ),
        migrations.AddConstraint(
            model_name='designreview',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('connection',), name='one_review_open'),
        ),
        migrations.AddConstraint(
            model_name='designreview',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('passed__isnull', True)), models.Q(('closed_at__isnull', False), ('passed__isnull', False)), _connector='OR'), name='review_closed_with_a_result'),
        ),
        migrations.AddConstraint(
            model_name='designreview',
            constraint=models.CheckConstraint(condition=models.Q(('outside_quorum__lte', models.F('quorum')), ('quorum__gte', 1)), name='review_quorum'),
        ),
        migrations.AddConstraint(
            model_name='reviewcondition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('evidence', ''), ('met_at__isnull', True), ('met_by__isnull', True)), models.Q(('met_at__isnull', False), ('met_by__isnull', False), models.Q(('evidence', ''), _negated=True)), _connector='OR'), name='review_condition_met_by_somebody'),
        ),
        migrations.RunSQL(CONNECTION, FORMER_CONNECTION),
        migrations.RunSQL(EVIDENCE, FORMER_EVIDENCE),
        *(migrations.RunSQL(protect(table), unprotect(table)) for table in APPEND_ONLY),
    ]
