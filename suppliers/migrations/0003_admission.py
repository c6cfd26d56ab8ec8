"""Admission of suppliers: applications, visits, trials, and qualifications that were earned."""

import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from office.tables.append_only import protect, unprotect

ADMISSION = """
CREATE OR REPLACE FUNCTION suppliers_admission_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'in_review' THEN
      RAISE EXCEPTION 'suppliers_admission begins as in_review, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('in_review', 'rejected'), ('in_review', 'returned'), ('in_review', 'visit'), ('in_review', 'withdrawn'), ('returned', 'in_review'), ('returned', 'rejected'), ('returned', 'withdrawn'), ('trial', 'qualified'), ('trial', 'rejected'), ('trial', 'withdrawn'), ('visit', 'rejected'), ('visit', 'trial'), ('visit', 'withdrawn')) THEN
    RAISE EXCEPTION 'suppliers_admission: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS suppliers_admission_state_guard ON suppliers_admission;
CREATE TRIGGER suppliers_admission_state_guard BEFORE INSERT OR UPDATE ON suppliers_admission
  FOR EACH ROW EXECUTE FUNCTION suppliers_admission_state_guard();
"""
SITE_VISIT = """
CREATE OR REPLACE FUNCTION suppliers_sitevisit_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'planned' THEN
      RAISE EXCEPTION 'suppliers_sitevisit begins as planned, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('planned', 'called_off'), ('planned', 'failed'), ('planned', 'passed')) THEN
    RAISE EXCEPTION 'suppliers_sitevisit: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS suppliers_sitevisit_state_guard ON suppliers_sitevisit;
CREATE TRIGGER suppliers_sitevisit_state_guard BEFORE INSERT OR UPDATE ON suppliers_sitevisit
  FOR EACH ROW EXECUTE FUNCTION suppliers_sitevisit_state_guard();
"""
TRIAL = """
CREATE OR REPLACE FUNCTION suppliers_trial_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'ordered' THEN
      RAISE EXCEPTION 'suppliers_trial begins as ordered, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('inspected', 'called_off'), ('inspected', 'confirmed'), ('inspected', 'refused'), ('ordered', 'called_off'), ('ordered', 'inspected')) THEN
    RAISE EXCEPTION 'suppliers_trial: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS suppliers_trial_state_guard ON suppliers_trial;
CREATE TRIGGER suppliers_trial_state_guard BEFORE INSERT OR UPDATE ON suppliers_trial
  FOR EACH ROW EXECUTE FUNCTION suppliers_trial_state_guard();
"""


def unguard(table: str) -> str:
    """Returns SQL that takes a guard back."""
    return f"""
DROP TRIGGER IF EXISTS {table}_state_guard ON {table};
DROP FUNCTION IF EXISTS {table}_state_guard();
"""


# Says the same as `suppliers/papers/gates.py` about a day that is today; a test holds both together.
MISSING_PAPERS = """
CREATE FUNCTION suppliers_missing_papers(the_supplier bigint, the_category bigint, the_day date)
RETURNS SETOF varchar LANGUAGE sql STABLE AS $$
  WITH RECURSIVE above AS (
    SELECT id, parent_id FROM suppliers_supplycategory WHERE id = the_category
    UNION
    SELECT c.id, c.parent_id FROM suppliers_supplycategory c JOIN above ON c.id = above.parent_id
  )
  SELECT DISTINCT r.paper_type FROM suppliers_paperrequirement r
  WHERE (r.category_id IS NULL OR r.category_id IN (SELECT id FROM above))
    AND r.starts <= the_day AND (r.ends IS NULL OR r.ends >= the_day)
    AND NOT EXISTS (
      SELECT FROM suppliers_supplierpaper p
      WHERE p.supplier_id = the_supplier AND p.paper_type = r.paper_type AND p.state = 'verified'
        AND p.valid_from <= the_day
        AND COALESCE(p.valid_until, p.valid_from + r.most_days, 'infinity') >= the_day
    )
  ORDER BY 1
$$;
"""
NO_MISSING_PAPERS = "DROP FUNCTION IF EXISTS suppliers_missing_papers(bigint, bigint, date);"
# Whatever way a qualification comes in, it has its levels, its visit, its trial and its papers.
QUALIFICATION = """
CREATE FUNCTION suppliers_qualification_earned() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  passage suppliers_admission%ROWTYPE;
  levels integer;
  people integer;
  trial bigint;
  missing varchar;
BEGIN
  SELECT * INTO passage FROM suppliers_admission WHERE id = NEW.admission_id FOR NO KEY UPDATE;
  IF (passage.supplier_id, passage.category_id) <> (NEW.supplier_id, NEW.category_id) THEN
    RAISE EXCEPTION 'qualification is for another supplier or category than admission %', passage.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.granted_by_id = passage.applied_by_id THEN
    RAISE EXCEPTION 'admission % is granted by its applicant', passage.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  SELECT count(DISTINCT o.level), count(DISTINCT o.by_id) INTO levels, people
  FROM office_approval a
  JOIN django_content_type t ON t.id = a.record_type_id
  JOIN office_approvalopinion o ON o.approval_id = a.id AND o.verdict = 'approved'
  WHERE t.app_label = 'suppliers' AND t.model = 'admission' AND a.record_id = passage.id
    AND a.state = 'approved' AND o.by_id <> passage.applied_by_id;
  IF levels < 3 OR people < 3 THEN
    RAISE EXCEPTION 'admission % has % of three levels approved by % people', passage.id, levels, people
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT EXISTS (
    SELECT FROM suppliers_sitevisit WHERE admission_id = passage.id AND state = 'passed'
  ) THEN
    RAISE EXCEPTION 'admission % has passed no site visit', passage.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  SELECT id INTO trial FROM suppliers_trial
  WHERE admission_id = passage.id AND state = 'confirmed' ORDER BY id DESC LIMIT 1;
  SELECT count(DISTINCT o.role), count(DISTINCT o.by_id) INTO levels, people
  FROM suppliers_trialopinion o
  WHERE o.trial_id = trial AND o.agrees AND o.by_id <> passage.applied_by_id;
  IF levels < 3 OR people < 3 THEN
    RAISE EXCEPTION 'admission % has no trial with three opinions in favour', passage.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  SELECT string_agg(paper, ', ') INTO missing FROM suppliers_missing_papers(
    NEW.supplier_id, NEW.category_id, (NEW.granted_at AT TIME ZONE 'Asia/Shanghai')::date
  ) AS paper;
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'admission % lacks papers: %', passage.id, missing
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER suppliers_qualification_earned BEFORE INSERT ON suppliers_qualification
  FOR EACH ROW EXECUTE FUNCTION suppliers_qualification_earned();
"""
NO_QUALIFICATION = """
DROP TRIGGER IF EXISTS suppliers_qualification_earned ON suppliers_qualification;
DROP FUNCTION IF EXISTS suppliers_qualification_earned();
"""
# An admission is never called qualified without the row that the trigger above has let in.
QUALIFIED = """
CREATE FUNCTION suppliers_admission_qualified() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM suppliers_qualification WHERE admission_id = NEW.id) THEN
    RAISE EXCEPTION 'admission % has no qualification', NEW.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER suppliers_admission_qualified BEFORE UPDATE ON suppliers_admission
  FOR EACH ROW WHEN (NEW.state = 'qualified' AND OLD.state <> 'qualified')
  EXECUTE FUNCTION suppliers_admission_qualified();
"""
NO_QUALIFIED = """
DROP TRIGGER IF EXISTS suppliers_admission_qualified ON suppliers_admission;
DROP FUNCTION IF EXISTS suppliers_admission_qualified();
"""
APPEND_ONLY = (
    "suppliers_admissioncheck",
    "suppliers_qualification",
    "suppliers_trialopinion",
    "suppliers_visitfinding",
    "suppliers_visiteduser",
)


class Migration(migrations.Migration):

    dependencies = [
        ('office', '0008_books_begin_on'),
        ('suppliers', '0002_rules'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Admission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('in_review', '审批中'), ('returned', '已退回'), ('visit', '考察'), ('trial', '试用'), ('qualified', '已合格'), ('rejected', '未通过'), ('withdrawn', '已撤回')], default='in_review', max_length=10, verbose_name='状态')),
                ('reason', models.CharField(max_length=400, verbose_name='申请理由')),
                ('applied_at', models.DateTimeField(verbose_name='申请时间')),
                ('waiting_since', models.DateTimeField(verbose_name='停留起始')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                ('remark', models.CharField(blank=True, max_length=500, verbose_name='结束原因')),
                ('applied_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='申请人')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='admissions', to='suppliers.supplycategory', verbose_name='采购类别')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='admissions', to='suppliers.supplier', verbose_name='供应商')),
            ],
            options={
                'verbose_name': '供应商准入',
                'verbose_name_plural': '供应商准入',
                'ordering': ['-pk'],
                'permissions': [('apply_for_admission', '申请供应商准入'), ('check_admission_business', '准入商务审查'), ('check_admission_technology', '准入技术审查'), ('check_admission_group', '准入集团审定'), ('meet_condition', '确认准入条件已满足'), ('plan_site_visit', '安排供应商考察'), ('pass_site_visit', '登记考察结论'), ('order_trial', '下达试用'), ('inspect_trial', '试用到货验收'), ('give_construction_opinion', '试用施工意见'), ('give_technical_opinion', '试用技术意见'), ('give_operations_opinion', '试用运营意见'), ('qualify_supplier', '准予批量供应'), ('stop_admission', '终止供应商准入')],
            },
        ),
        migrations.CreateModel(
            name='AdmissionCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.CharField(choices=[('business_record', '业绩与信誉'), ('capacity', '规模与产能'), ('independence', '与其他供应商的关联关系'), ('technology', '技术能力'), ('quality', '质量保证'), ('papers', '证照齐全有效'), ('delivery', '交货能力'), ('after_sales', '售后服务'), ('integrity', '廉政与失信情况')], max_length=20, verbose_name='审查项')),
                ('admission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='suppliers.admission', verbose_name='供应商准入')),
                ('opinion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.approvalopinion', verbose_name='审批意见')),
            ],
            options={
                'verbose_name': '准入审查项',
                'verbose_name_plural': '准入审查项',
                'ordering': ['opinion', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='AdmissionCondition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=200, verbose_name='条件')),
                ('due_on', models.DateField(verbose_name='期限')),
                ('set_at', models.DateTimeField(verbose_name='提出时间')),
                ('evidence', models.CharField(blank=True, max_length=400, verbose_name='落实情况')),
                ('met_at', models.DateTimeField(blank=True, null=True, verbose_name='确认时间')),
                ('admission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conditions', to='suppliers.admission', verbose_name='供应商准入')),
                ('met_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='确认人')),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人')),
            ],
            options={
                'verbose_name': '准入条件',
                'verbose_name_plural': '准入条件',
                'ordering': ['due_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Qualification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(verbose_name='有效期自')),
                ('valid_until', models.DateField(verbose_name='有效期至')),
                ('granted_at', models.DateTimeField(verbose_name='批准时间')),
                ('admission', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='qualification', to='suppliers.admission', verbose_name='供应商准入')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='qualifications', to='suppliers.supplycategory', verbose_name='采购类别')),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='批准人')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='qualifications', to='suppliers.supplier', verbose_name='供应商')),
            ],
            options={
                'verbose_name': '供货资格',
                'verbose_name_plural': '供货资格',
                'ordering': ['category', 'supplier', '-valid_until'],
            },
        ),
        migrations.CreateModel(
            name='SiteVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('planned', '待考察'), ('passed', '考察通过'), ('failed', '考察未通过'), ('called_off', '已取消')], default='planned', max_length=10, verbose_name='状态')),
                ('place', models.CharField(max_length=120, verbose_name='地点')),
                ('planned_for', models.DateField(verbose_name='计划日期')),
                ('planned_at', models.DateTimeField(verbose_name='安排时间')),
                ('visited_on', models.DateField(blank=True, null=True, verbose_name='考察日期')),
                ('conclusion', models.CharField(blank=True, max_length=500, verbose_name='考察结论')),
                ('reported_at', models.DateTimeField(blank=True, null=True, verbose_name='报告时间')),
                ('admission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='suppliers.admission', verbose_name='供应商准入')),
                ('planned_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='安排人')),
                ('reported_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='报告人')),
                ('team', models.ManyToManyField(related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='考察组')),
            ],
            options={
                'verbose_name': '供应商考察',
                'verbose_name_plural': '供应商考察',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Trial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('ordered', '待到货验收'), ('inspected', '试用中'), ('confirmed', '试用通过'), ('refused', '试用未通过'), ('called_off', '已取消')], default='ordered', max_length=10, verbose_name='状态')),
                ('goods', models.CharField(max_length=120, verbose_name='试用内容')),
                ('quantity', models.DecimalField(decimal_places=3, max_digits=12, verbose_name='试用数量')),
                ('unit', models.CharField(max_length=10, verbose_name='单位')),
                ('ordered_at', models.DateTimeField(verbose_name='下达时间')),
                ('received_on', models.DateField(blank=True, null=True, verbose_name='到货日期')),
                ('received', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, verbose_name='到货数量')),
                ('accepted', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, verbose_name='合格数量')),
                ('inspection', models.CharField(blank=True, max_length=400, verbose_name='验收情况')),
                ('inspected_at', models.DateTimeField(blank=True, null=True, verbose_name='验收时间')),
                ('admission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trials', to='suppliers.admission', verbose_name='供应商准入')),
                ('inspected_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='验收人')),
                ('ordered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='下达人')),
            ],
            options={
                'verbose_name': '供应商试用',
                'verbose_name_plural': '供应商试用',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='TrialOpinion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('construction', '施工'), ('technical', '技术'), ('operations', '运营')], max_length=14, verbose_name='意见方')),
                ('agrees', models.BooleanField(verbose_name='同意')),
                ('text', models.CharField(max_length=400, verbose_name='意见')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='意见人')),
                ('trial', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='opinions', to='suppliers.trial', verbose_name='供应商试用')),
            ],
            options={
                'verbose_name': '试用意见',
                'verbose_name_plural': '试用意见',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='VisitedUser',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='用户单位')),
                ('opinion', models.CharField(max_length=300, verbose_name='用户评价')),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='users', to='suppliers.sitevisit', verbose_name='供应商考察')),
            ],
            options={
                'verbose_name': '走访用户',
                'verbose_name_plural': '走访用户',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='VisitFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.CharField(choices=[('business_record', '业绩与信誉'), ('capacity', '规模与产能'), ('technology', '技术与设备'), ('quality', '质量控制'), ('delivery', '交货能力'), ('after_sales', '售后服务'), ('safety', '安全与环保')], max_length=20, verbose_name='考察项')),
                ('points', models.PositiveSmallIntegerField(verbose_name='得分')),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='suppliers.sitevisit', verbose_name='供应商考察')),
            ],
            options={
                'verbose_name': '考察项得分',
                'verbose_name_plural': '考察项得分',
                'ordering': ['pk'],
            },
        ),
        migrations.AddIndex(
            model_name='admission',
            index=models.Index(fields=['state', 'waiting_since'], name='admission_standing'),
        ),
        migrations.AddConstraint(
            model_name='admission',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('in_review', 'returned', 'visit', 'trial'))), fields=('supplier', 'category'), name='one_open_admission'),
        ),
        migrations.AddConstraint(
            model_name='admission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state__in', ('in_review', 'returned', 'visit', 'trial'))), models.Q(models.Q(('state__in', ('in_review', 'returned', 'visit', 'trial')), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='admission_ended_unless_open'),
        ),
        migrations.AddConstraint(
            model_name='admissioncheck',
            constraint=models.UniqueConstraint(fields=('opinion', 'item'), name='checked_once_per_opinion'),
        ),
        migrations.AddConstraint(
            model_name='admissioncondition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('evidence', ''), ('met_at__isnull', True), ('met_by__isnull', True)), models.Q(('met_at__isnull', False), ('met_by__isnull', False), models.Q(('evidence', ''), _negated=True)), _connector='OR'), name='condition_met_by_somebody'),
        ),
        migrations.AddIndex(
            model_name='qualification',
            index=models.Index(fields=['category', 'valid_until'], name='qualification_of_category'),
        ),
        migrations.AddConstraint(
            model_name='qualification',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('valid_from'))), name='qualification_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='sitevisit',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'planned')), fields=('admission',), name='one_site_visit_planned'),
        ),
        migrations.AddConstraint(
            model_name='trial',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', Decimal('0'))), name='trial_of_something'),
        ),
        migrations.AddConstraint(
            model_name='trial',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted__isnull', True), ('received__isnull', True)), models.Q(('accepted__gte', Decimal('0')), ('received__gte', models.F('accepted'))), _connector='OR'), name='trial_accepted_of_received'),
        ),
        migrations.AddConstraint(
            model_name='trial',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['ordered', 'inspected'])), fields=('admission',), name='one_trial_running'),
        ),
        migrations.AddConstraint(
            model_name='trialopinion',
            constraint=models.UniqueConstraint(fields=('trial', 'role'), name='trial_opinion_once_per_role'),
        ),
        migrations.AddConstraint(
            model_name='trialopinion',
            constraint=models.UniqueConstraint(fields=('trial', 'by'), name='trial_opinion_once_per_person'),
        ),
        migrations.AddConstraint(
            model_name='visitfinding',
            constraint=models.UniqueConstraint(fields=('visit', 'item'), name='finding_once_per_visit'),
        ),
        migrations.AddConstraint(
            model_name='visitfinding',
            constraint=models.CheckConstraint(condition=models.Q(('points__lte', 20)), name='finding_points'),
        ),
        migrations.RunSQL(ADMISSION, unguard("suppliers_admission")),
        migrations.RunSQL(SITE_VISIT, unguard("suppliers_sitevisit")),
        migrations.RunSQL(TRIAL, unguard("suppliers_trial")),
        migrations.RunSQL(MISSING_PAPERS, NO_MISSING_PAPERS),
        migrations.RunSQL(QUALIFICATION, NO_QUALIFICATION),
        migrations.RunSQL(QUALIFIED, NO_QUALIFIED),
        *(migrations.RunSQL(protect(table), unprotect(table)) for table in APPEND_ONLY),
    ]
