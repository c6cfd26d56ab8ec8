"""The annual rating: rules, runs, ratings with their scores, the panel and objections."""

import django.core.validators
import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from office.tables.append_only import protect, unprotect

RULE = """
CREATE OR REPLACE FUNCTION suppliers_ratingrule_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
      RAISE EXCEPTION 'suppliers_ratingrule begins as draft, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('draft', 'published')) THEN
    RAISE EXCEPTION 'suppliers_ratingrule: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS suppliers_ratingrule_state_guard ON suppliers_ratingrule;
CREATE TRIGGER suppliers_ratingrule_state_guard BEFORE INSERT OR UPDATE ON suppliers_ratingrule
  FOR EACH ROW EXECUTE FUNCTION suppliers_ratingrule_state_guard();
"""
RUN = """
CREATE OR REPLACE FUNCTION suppliers_ratingrun_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'scoped' THEN
      RAISE EXCEPTION 'suppliers_ratingrun begins as scoped, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('approved', 'published'), ('panel', 'cancelled'), ('panel', 'proposed'), ('panel', 'scoring'), ('proposed', 'approved'), ('proposed', 'cancelled'), ('proposed', 'panel'), ('published', 'final'), ('published', 'panel'), ('scoped', 'cancelled'), ('scoped', 'scoring'), ('scoring', 'panel')) THEN
    RAISE EXCEPTION 'suppliers_ratingrun: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS suppliers_ratingrun_state_guard ON suppliers_ratingrun;
CREATE TRIGGER suppliers_ratingrun_state_guard BEFORE INSERT OR UPDATE ON suppliers_ratingrun
  FOR EACH ROW EXECUTE FUNCTION suppliers_ratingrun_state_guard();
"""


def unguard(table: str) -> str:
    """Returns SQL that takes a guard back."""
    return f"""
DROP TRIGGER IF EXISTS {table}_state_guard ON {table};
DROP FUNCTION IF EXISTS {table}_state_guard();
"""


# A rule is another row: of a draft nothing changes but that it is published, of a published one
# nothing at all. Only a rule whose five weights are 100 in all may be published.
RULE_FROZEN = """
CREATE FUNCTION suppliers_freeze_rating_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.state = 'published' OR
    (OLD.title, OLD.source, OLD.from_year, OLD.grace_days, OLD.qualified_from, OLD.excellent_from,
     OLD.panel_from, OLD.objection_days, OLD.drafted_by_id, OLD.drafted_at) IS DISTINCT FROM
    (NEW.title, NEW.source, NEW.from_year, NEW.grace_days, NEW.qualified_from, NEW.excellent_from,
     NEW.panel_from, NEW.objection_days, NEW.drafted_by_id, NEW.drafted_at) THEN
    RAISE EXCEPTION 'rating rule % never changes', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state = 'published' AND NOT EXISTS (
    SELECT FROM suppliers_ratingruleline line WHERE line.rule_id = NEW.id
    HAVING count(*) = 5 AND sum(line.weight) = 100) THEN
    RAISE EXCEPTION 'the weights of rating rule % are not 100 in all', NEW.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER suppliers_ratingrule_frozen BEFORE UPDATE OR DELETE ON suppliers_ratingrule
  FOR EACH ROW EXECUTE FUNCTION suppliers_freeze_rating_rule();
"""
RULE_FREE = """
DROP TRIGGER IF EXISTS suppliers_ratingrule_frozen ON suppliers_ratingrule;
DROP FUNCTION IF EXISTS suppliers_freeze_rating_rule();
"""
# Old years never change: a final or cancelled run stands for good, with its year and its rule, and
# so do all its ratings from the moment they are with the approvers.
RUN_FROZEN = """
CREATE FUNCTION suppliers_freeze_rating_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.state IN ('final', 'cancelled') OR
    (OLD.year, OLD.rule_id, OLD.created_by_id) IS DISTINCT FROM
    (NEW.year, NEW.rule_id, NEW.created_by_id) THEN
    RAISE EXCEPTION 'the rating of %, run %, never changes', OLD.year, OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER suppliers_ratingrun_frozen BEFORE UPDATE OR DELETE ON suppliers_ratingrun
  FOR EACH ROW EXECUTE FUNCTION suppliers_freeze_rating_run();

-- By statement and not by row: thousands of ratings are written at once and share one run.
CREATE FUNCTION suppliers_freeze_ratings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM (SELECT DISTINCT run_id FROM changed) c
    JOIN suppliers_ratingrun run ON run.id = c.run_id
    WHERE run.state NOT IN ('scoring', 'panel')) THEN
    RAISE EXCEPTION 'ratings that were proposed never change'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER suppliers_supplierrating_written AFTER INSERT ON suppliers_supplierrating
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION suppliers_freeze_ratings();
CREATE TRIGGER suppliers_supplierrating_changed AFTER UPDATE ON suppliers_supplierrating
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION suppliers_freeze_ratings();
CREATE TRIGGER suppliers_supplierrating_deleted AFTER DELETE ON suppliers_supplierrating
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION suppliers_freeze_ratings();

CREATE FUNCTION suppliers_freeze_scores() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM (
      SELECT DISTINCT rating.run_id FROM changed
      JOIN suppliers_supplierrating rating ON rating.id = changed.rating_id) c
    JOIN suppliers_ratingrun run ON run.id = c.run_id
    WHERE run.state NOT IN ('scoring', 'panel')) THEN
    RAISE EXCEPTION 'scores that were proposed never change'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER suppliers_ratingscore_written AFTER INSERT ON suppliers_ratingscore
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION suppliers_freeze_scores();
CREATE TRIGGER suppliers_ratingscore_changed AFTER UPDATE ON suppliers_ratingscore
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION suppliers_freeze_scores();
CREATE TRIGGER suppliers_ratingscore_deleted AFTER DELETE ON suppliers_ratingscore
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION suppliers_freeze_scores();
"""
RUN_FREE = """
DROP TRIGGER IF EXISTS suppliers_ratingscore_written ON suppliers_ratingscore;
DROP TRIGGER IF EXISTS suppliers_ratingscore_changed ON suppliers_ratingscore;
DROP TRIGGER IF EXISTS suppliers_ratingscore_deleted ON suppliers_ratingscore;
DROP FUNCTION IF EXISTS suppliers_freeze_scores();
DROP TRIGGER IF EXISTS suppliers_supplierrating_written ON suppliers_supplierrating;
DROP TRIGGER IF EXISTS suppliers_supplierrating_changed ON suppliers_supplierrating;
DROP TRIGGER IF EXISTS suppliers_supplierrating_deleted ON suppliers_supplierrating;
DROP FUNCTION IF EXISTS suppliers_freeze_ratings();
DROP TRIGGER IF EXISTS suppliers_ratingrun_frozen ON suppliers_ratingrun;
DROP FUNCTION IF EXISTS suppliers_freeze_rating_run();
"""
# A sheet belongs to a run that is with its panel; whoever ends the panel waits for the sheet.
SHEET = """
CREATE FUNCTION suppliers_sheet_on_panel() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  standing varchar;
BEGIN
  SELECT state INTO standing FROM suppliers_ratingrun WHERE id = NEW.run_id FOR SHARE;
  IF standing <> 'panel' THEN
    RAISE EXCEPTION 'rating run % is not with its panel', NEW.run_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT EXISTS (SELECT FROM suppliers_panelmember member
                 WHERE member.id = NEW.member_id AND member.run_id = NEW.run_id) THEN
    RAISE EXCEPTION 'panel member % is not of rating run %', NEW.member_id, NEW.run_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER suppliers_panelsheet_on_panel BEFORE INSERT ON suppliers_panelsheet
  FOR EACH ROW EXECUTE FUNCTION suppliers_sheet_on_panel();
"""
NO_SHEET = """
DROP TRIGGER IF EXISTS suppliers_panelsheet_on_panel ON suppliers_panelsheet;
DROP FUNCTION IF EXISTS suppliers_sheet_on_panel();
"""
# An objection is answered once, by somebody else; what was entered stands.
OBJECTION = """
CREATE FUNCTION suppliers_freeze_objection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.upheld IS NOT NULL OR
    (OLD.run_id, OLD.supplier_id, OLD.raised_from, OLD.reason, OLD.entered_by_id, OLD.entered_at)
    IS DISTINCT FROM
    (NEW.run_id, NEW.supplier_id, NEW.raised_from, NEW.reason, NEW.entered_by_id, NEW.entered_at)
    OR NEW.answered_by_id = OLD.entered_by_id THEN
    RAISE EXCEPTION 'objection % stands as it was entered and is answered once, by another', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER suppliers_ratingobjection_frozen BEFORE UPDATE OR DELETE ON suppliers_ratingobjection
  FOR EACH ROW EXECUTE FUNCTION suppliers_freeze_objection();
"""
OBJECTION_FREE = """
DROP TRIGGER IF EXISTS suppliers_ratingobjection_frozen ON suppliers_ratingobjection;
DROP FUNCTION IF EXISTS suppliers_freeze_objection();
"""
APPEND_ONLY = (
    "suppliers_ratingruleline",
    "suppliers_panelmember",
    "suppliers_panelsheet",
    "suppliers_panelmark",
)


class Migration(migrations.Migration):

    dependencies = [
        ('office', '0009_patience_with_jobs'),
        ('suppliers', '0008_supplier_link'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PanelMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('department', models.CharField(choices=[('procurement', '采购部'), ('technical', '技术部'), ('operations', '运营部'), ('construction', '工程部'), ('finance', '财务部')], max_length=14, verbose_name='部门')),
                ('named_at', models.DateTimeField(verbose_name='指定时间')),
                ('named_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='指定人')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='评委')),
            ],
            options={
                'verbose_name': '评委',
                'verbose_name_plural': '评委',
                'ordering': ['department', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='RatingRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('draft', '草案'), ('published', '已发布')], default='draft', max_length=10, verbose_name='状态')),
                ('title', models.CharField(max_length=80, verbose_name='名称')),
                ('source', models.CharField(max_length=120, verbose_name='依据')),
                ('from_year', models.PositiveSmallIntegerField(verbose_name='自评审年度')),
                ('grace_days', models.PositiveSmallIntegerField(default=0, verbose_name='交货宽限天数')),
                ('qualified_from', models.DecimalField(decimal_places=2, max_digits=5, validators=[django.core.validators.MinValueValidator(Decimal('0')), django.core.validators.MaxValueValidator(Decimal('100'))], verbose_name='合格线')),
                ('excellent_from', models.DecimalField(decimal_places=2, max_digits=5, validators=[django.core.validators.MinValueValidator(Decimal('0')), django.core.validators.MaxValueValidator(Decimal('100'))], verbose_name='优秀线')),
                ('panel_from', models.DecimalField(decimal_places=2, max_digits=5, validators=[django.core.validators.MinValueValidator(Decimal('0')), django.core.validators.MaxValueValidator(Decimal('100'))], verbose_name='面对面评审合格线')),
                ('objection_days', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(90)], verbose_name='公示天数')),
                ('drafted_at', models.DateTimeField(verbose_name='起草时间')),
                ('published_at', models.DateTimeField(null=True, verbose_name='发布时间')),
                ('drafted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='起草人')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发布人')),
            ],
            options={
                'verbose_name': '评审规则',
                'verbose_name_plural': '评审规则',
                'ordering': ['-from_year', '-pk'],
                'permissions': [('draft_rating_rule', '起草评审规则'), ('publish_rating_rule', '发布评审规则')],
            },
        ),
        migrations.CreateModel(
            name='RatingRuleLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dimension', models.CharField(choices=[('quality', '质量'), ('contract', '履约'), ('delivery', '交货'), ('after_sales', '售后服务'), ('price', '价格')], max_length=12, verbose_name='评价维度')),
                ('weight', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='权重')),
                ('panel_share', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='评审占比')),
                ('without_data', models.CharField(choices=[('not_rated', '不予评级'), ('spread', '权重按比例分给其他各项')], max_length=10, verbose_name='无数据时')),
                ('excellent_least', models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name='优秀最低分')),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='suppliers.ratingrule', verbose_name='评审规则')),
            ],
            options={
                'verbose_name': '评审规则明细',
                'verbose_name_plural': '评审规则明细',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='RatingRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(verbose_name='创建时间')),
                ('approved_at', models.DateTimeField(null=True, verbose_name='审核时间')),
                ('business_date', models.DateField(null=True, verbose_name='入账日期')),
                ('summary', models.JSONField(default=dict, verbose_name='试算汇总')),
                ('year', models.PositiveSmallIntegerField(verbose_name='评审年度')),
                ('state', models.CharField(choices=[('scoped', '已建立'), ('scoring', '计分中'), ('panel', '面对面评审'), ('proposed', '待审批'), ('approved', '已批准'), ('published', '公示中'), ('final', '已确定'), ('cancelled', '已取消')], default='scoped', max_length=10, verbose_name='状态')),
                ('record_as_of', models.DateTimeField(null=True, verbose_name='供货记录截至')),
                ('supplier_count', models.PositiveIntegerField(default=0, verbose_name='供应商数')),
                ('published_at', models.DateTimeField(null=True, verbose_name='公示时间')),
                ('objections_until', models.DateField(null=True, verbose_name='公示截止日')),
                ('finalised_at', models.DateTimeField(null=True, verbose_name='确定时间')),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审核人')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='创建人')),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='suppliers.ratingrule', verbose_name='评审规则')),
            ],
            options={
                'verbose_name': '年度评审',
                'verbose_name_plural': '年度评审',
                'ordering': ['-year', '-pk'],
                'permissions': [('create_rating_run', '建立年度评审'), ('score_rating_run', '年度评审计分'), ('name_panel', '指定评委'), ('sit_on_panel', '担任评委'), ('close_panel', '结束面对面评审'), ('check_rating_run', '年度评审初审'), ('approve_rating_run', '批准年度评审'), ('publish_rating_run', '公示年度评审'), ('raise_objection', '登记评审异议'), ('answer_objection', '答复评审异议'), ('finalise_rating_run', '确定年度评审结果')],
            },
        ),
        migrations.CreateModel(
            name='RatingObjection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('raised_from', models.CharField(max_length=80, verbose_name='提出人')),
                ('reason', models.CharField(max_length=500, verbose_name='异议内容')),
                ('entered_at', models.DateTimeField(verbose_name='登记时间')),
                ('upheld', models.BooleanField(null=True, verbose_name='异议成立')),
                ('answer', models.CharField(blank=True, max_length=500, verbose_name='答复')),
                ('answered_at', models.DateTimeField(null=True, verbose_name='答复时间')),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='答复人')),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='suppliers.supplier', verbose_name='供应商')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='suppliers.ratingrun', verbose_name='年度评审')),
            ],
            options={
                'verbose_name': '评审异议',
                'verbose_name_plural': '评审异议',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='PanelSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField(verbose_name='版本')),
                ('opinion', models.CharField(max_length=500, verbose_name='评审意见')),
                ('filled_at', models.DateTimeField(verbose_name='填写时间')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sheets', to='suppliers.panelmember', verbose_name='评委')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='suppliers.supplier', verbose_name='供应商')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sheets', to='suppliers.ratingrun', verbose_name='年度评审')),
            ],
            options={
                'verbose_name': '评审表',
                'verbose_name_plural': '评审表',
                'ordering': ['-pk'],
            },
        ),
        migrations.AddField(
            model_name='panelmember',
            name='run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='panel', to='suppliers.ratingrun', verbose_name='年度评审'),
        ),
        migrations.CreateModel(
            name='SupplierRating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('total', models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name='总分')),
                ('rating_class', models.CharField(choices=[('excellent', '优秀'), ('qualified', '合格'), ('unqualified', '不合格'), ('not_rated', '未评级')], max_length=12, verbose_name='等级')),
                ('for_panel', models.BooleanField(verbose_name='须面对面评审')),
                ('panel_points', models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name='面对面评审得分')),
                ('counted_records', models.JSONField(verbose_name='计入的供应商档案')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ratings', to='suppliers.ratingrun', verbose_name='年度评审')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ratings', to='suppliers.supplier', verbose_name='供应商')),
            ],
            options={
                'verbose_name': '评审结果',
                'verbose_name_plural': '评审结果',
                'ordering': ['-run__year', models.OrderBy(models.F('total'), descending=True, nulls_last=True), 'pk'],
            },
        ),
        migrations.CreateModel(
            name='RatingScore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dimension', models.CharField(choices=[('quality', '质量'), ('contract', '履约'), ('delivery', '交货'), ('after_sales', '售后服务'), ('price', '价格')], max_length=12, verbose_name='评价维度')),
                ('weight', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='权重')),
                ('numerator', models.DecimalField(decimal_places=3, max_digits=30, verbose_name='分子')),
                ('denominator', models.DecimalField(decimal_places=3, max_digits=30, verbose_name='分母')),
                ('rows', models.PositiveIntegerField(verbose_name='记录数')),
                ('panel_share', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='评审占比')),
                ('panel_mean', models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name='评审均分')),
                ('value', models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name='得分')),
                ('rating', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='suppliers.supplierrating', verbose_name='评审结果')),
            ],
            options={
                'verbose_name': '分项得分',
                'verbose_name_plural': '分项得分',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='PanelMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.CharField(max_length=14, verbose_name='评审项')),
                ('points', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='分数')),
                ('remark', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='suppliers.panelsheet', verbose_name='评审表')),
            ],
            options={
                'verbose_name': '评分项',
                'verbose_name_plural': '评分项',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('sheet', 'item'), name='panel_mark_once_per_sheet'), models.CheckConstraint(condition=models.Q(('points__gte', 0), ('points__lte', 100)), name='panel_mark_in_percent')],
            },
        ),
        migrations.AddConstraint(
            model_name='ratingrule',
            constraint=models.CheckConstraint(condition=models.Q(('excellent_from__lte', 100), ('objection_days__gte', 1), ('objection_days__lte', 90), ('panel_from__gte', 0), ('panel_from__lte', 100), ('qualified_from__gte', 0), ('qualified_from__lte', models.F('excellent_from'))), name='rating_rule_bounds'),
        ),
        migrations.AddConstraint(
            model_name='ratingrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_by__isnull', True), ('state', 'draft')), models.Q(('published_by__isnull', False), ('state', 'published'), models.Q(('published_by', models.F('drafted_by')), _negated=True)), _connector='OR'), name='rating_rule_two_people'),
        ),
        migrations.AddConstraint(
            model_name='ratingruleline',
            constraint=models.UniqueConstraint(fields=('rule', 'dimension'), name='dimension_once_per_rule'),
        ),
        migrations.AddConstraint(
            model_name='ratingruleline',
            constraint=models.CheckConstraint(condition=models.Q(('dimension__in', ['quality', 'contract', 'delivery', 'after_sales', 'price'])), name='rating_rule_dimension'),
        ),
        migrations.AddConstraint(
            model_name='ratingruleline',
            constraint=models.CheckConstraint(condition=models.Q(('weight__gte', 0), ('weight__lte', 100), ('panel_share__gte', 0), ('panel_share__lte', 100), models.Q(('excellent_least__isnull', True), models.Q(('excellent_least__gte', 0), ('excellent_least__lte', 100)), _connector='OR')), name='rating_rule_percentages'),
        ),
        migrations.AddConstraint(
            model_name='ratingrun',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'cancelled'), _negated=True), fields=('year',), name='one_rating_run_a_year'),
        ),
        migrations.AddConstraint(
            model_name='ratingrun',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('created_by')), _negated=True), _connector='OR'), name='rating_run_approved_by_another'),
        ),
        migrations.AddConstraint(
            model_name='ratingobjection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at', None), ('answered_by__isnull', True), ('upheld__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('upheld__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='objection_answered_whole'),
        ),
        migrations.AddConstraint(
            model_name='panelsheet',
            constraint=models.UniqueConstraint(fields=('run', 'supplier', 'member', 'version'), name='panel_sheet_version'),
        ),
        migrations.AddConstraint(
            model_name='panelsheet',
            constraint=models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='panel_sheet_from_one'),
        ),
        migrations.AddConstraint(
            model_name='panelmember',
            constraint=models.UniqueConstraint(fields=('run', 'user'), name='panel_member_once_per_run'),
        ),
        migrations.AddConstraint(
            model_name='supplierrating',
            constraint=models.UniqueConstraint(fields=('run', 'supplier'), name='rated_once_per_run'),
        ),
        migrations.AddConstraint(
            model_name='supplierrating',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rating_class', 'not_rated'), ('total__isnull', True)), models.Q(('total__gte', 0), ('total__isnull', False), ('total__lte', 100), models.Q(('rating_class', 'not_rated'), _negated=True)), _connector='OR'), name='rated_unless_without_total'),
        ),
        migrations.AddConstraint(
            model_name='ratingscore',
            constraint=models.UniqueConstraint(fields=('rating', 'dimension'), name='scored_once_per_rating'),
        ),
        migrations.RunSQL(RULE, unguard("suppliers_ratingrule")),
        migrations.RunSQL(RUN, unguard("suppliers_ratingrun")),
        migrations.RunSQL(RULE_FROZEN, RULE_FREE),
        migrations.RunSQL(RUN_FROZEN, RUN_FREE),
        migrations.RunSQL(SHEET, NO_SHEET),
        migrations.RunSQL(OBJECTION, OBJECTION_FREE),
        *(migrations.RunSQL(protect(table), unprotect(table)) for table in APPEND_ONLY),
    ]
