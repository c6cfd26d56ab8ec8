"""The blacklist: bans with their subjects, reviews and appeals; nothing new with who is on it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from office.tables.append_only import protect, unprotect

BAN = """
CREATE OR REPLACE FUNCTION suppliers_ban_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'in_review' THEN
      RAISE EXCEPTION 'suppliers_ban begins as in_review, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('in_force', 'lifted'), ('in_review', 'in_force'), ('in_review', 'rejected'), ('in_review', 'returned'), ('in_review', 'withdrawn'), ('returned', 'in_review'), ('returned', 'withdrawn')) THEN
    RAISE EXCEPTION 'suppliers_ban: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS suppliers_ban_state_guard ON suppliers_ban;
CREATE TRIGGER suppliers_ban_state_guard BEFORE INSERT OR UPDATE ON suppliers_ban
  FOR EACH ROW EXECUTE FUNCTION suppliers_ban_state_guard();
"""
APPEAL = """
CREATE OR REPLACE FUNCTION suppliers_banappeal_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'open' THEN
      RAISE EXCEPTION 'suppliers_banappeal begins as open, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('open', 'denied'), ('open', 'upheld')) THEN
    RAISE EXCEPTION 'suppliers_banappeal: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS suppliers_banappeal_state_guard ON suppliers_banappeal;
CREATE TRIGGER suppliers_banappeal_state_guard BEFORE INSERT OR UPDATE ON suppliers_banappeal
  FOR EACH ROW EXECUTE FUNCTION suppliers_banappeal_state_guard();
"""


def unguard(table: str) -> str:
    """Returns SQL that takes a guard back."""
    return f"""
DROP TRIGGER IF EXISTS {table}_state_guard ON {table};
DROP FUNCTION IF EXISTS {table}_state_guard();
"""


# Says the same as `suppliers/blacklist/gate.py`; a test holds both together.
BANNED = """
CREATE FUNCTION suppliers_banned(the_supplier bigint, the_category bigint, the_moment timestamptz)
RETURNS boolean LANGUAGE sql STABLE AS $$
  WITH RECURSIVE above AS (
    SELECT id, parent_id FROM suppliers_supplycategory WHERE id = the_category
    UNION
    SELECT c.id, c.parent_id FROM suppliers_supplycategory c JOIN above ON c.id = above.parent_id
  ), members AS (
    SELECT id, credit_code FROM suppliers_supplier
    WHERE id = the_supplier OR merged_into_id = the_supplier
  )
  SELECT EXISTS (
    SELECT FROM suppliers_ban b
    WHERE b.starts_at <= the_moment AND (b.lifted_at IS NULL OR b.lifted_at > the_moment)
      AND (b.ends_on IS NULL OR b.ends_on >= (the_moment AT TIME ZONE 'Asia/Shanghai')::date)
      AND (b.category_id IS NULL OR b.category_id IN (SELECT id FROM above))
      AND (
        b.supplier_id IN (SELECT id FROM members)
        OR EXISTS (
          SELECT FROM suppliers_bansubject s JOIN members m ON s.value = m.credit_code
          WHERE s.ban_id = b.id AND s.kind = 'code'
        )
        OR EXISTS (
          SELECT FROM suppliers_bansubject s
          JOIN suppliers_suppliertrait t ON t.value = s.value AND (
            s.kind = 'person' AND t.kind IN ('representative', 'owner')
            OR s.kind = 'account' AND t.kind = 'account'
          )
          JOIN members m ON m.id = t.supplier_id
          WHERE s.ban_id = b.id AND NOT EXISTS (
            SELECT FROM suppliers_banclearance c
            WHERE c.subject_id = s.id AND c.supplier_id = m.id
          )
        )
      )
  )
$$;
"""
NOT_BANNED = "DROP FUNCTION IF EXISTS suppliers_banned(bigint, bigint, timestamptz);"
# Whatever way a new dealing comes in, nobody on the blacklist is part of it.
GATES = """
CREATE FUNCTION suppliers_refuse_banned() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  the_supplier bigint;
  the_category bigint;
  the_moment timestamptz;
BEGIN
  IF TG_TABLE_NAME = 'suppliers_trial' THEN
    SELECT supplier_id, category_id INTO the_supplier, the_category
    FROM suppliers_admission WHERE id = NEW.admission_id;
    the_moment := NEW.ordered_at;
  ELSIF TG_TABLE_NAME = 'suppliers_admission' THEN
    the_supplier := NEW.supplier_id;
    the_category := NEW.category_id;
    the_moment := NEW.applied_at;
  ELSIF TG_TABLE_NAME = 'suppliers_qualification' THEN
    the_supplier := NEW.supplier_id;
    the_category := NEW.category_id;
    the_moment := NEW.granted_at;
  ELSE
    the_supplier := NEW.supplier_id;
    the_category := NEW.category_id;
    the_moment := NEW.entered_at;
  END IF;
  IF suppliers_banned(the_supplier, the_category, the_moment) THEN
    RAISE EXCEPTION 'supplier % is on the blacklist for category % at %',
      the_supplier, the_category, the_moment USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER suppliers_refuse_banned BEFORE INSERT ON suppliers_admission
  FOR EACH ROW EXECUTE FUNCTION suppliers_refuse_banned();
CREATE TRIGGER suppliers_refuse_banned BEFORE INSERT ON suppliers_trial
  FOR EACH ROW EXECUTE FUNCTION suppliers_refuse_banned();
CREATE TRIGGER suppliers_refuse_banned BEFORE INSERT ON suppliers_qualification
  FOR EACH ROW EXECUTE FUNCTION suppliers_refuse_banned();
-- A correction replaces an order that was placed before.
CREATE TRIGGER suppliers_refuse_banned BEFORE INSERT ON suppliers_supplyorder
  FOR EACH ROW WHEN (NEW.replaces_id IS NULL) EXECUTE FUNCTION suppliers_refuse_banned();
"""
NO_GATES = """
DROP TRIGGER IF EXISTS suppliers_refuse_banned ON suppliers_admission;
DROP TRIGGER IF EXISTS suppliers_refuse_banned ON suppliers_trial;
DROP TRIGGER IF EXISTS suppliers_refuse_banned ON suppliers_qualification;
DROP TRIGGER IF EXISTS suppliers_refuse_banned ON suppliers_supplyorder;
DROP FUNCTION IF EXISTS suppliers_refuse_banned();
"""
# However a ban comes into force, two people besides who proposed it have approved it.
APPROVED = """
CREATE FUNCTION suppliers_ban_approved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  people integer;
BEGIN
  SELECT count(DISTINCT o.by_id) INTO people
  FROM office_approval a
  JOIN django_content_type t ON t.id = a.record_type_id
  JOIN office_approvalopinion o ON o.approval_id = a.id AND o.verdict = 'approved'
  WHERE t.app_label = 'suppliers' AND t.model = 'ban' AND a.record_id = NEW.id
    AND a.state = 'approved' AND o.by_id <> NEW.proposed_by_id;
  IF people < 2 THEN
    RAISE EXCEPTION 'ban % is approved by % people', NEW.id, people
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER suppliers_ban_approved BEFORE UPDATE ON suppliers_ban
  FOR EACH ROW WHEN (NEW.state = 'in_force' AND OLD.state <> 'in_force')
  EXECUTE FUNCTION suppliers_ban_approved();
"""
NOT_APPROVED = """
DROP TRIGGER IF EXISTS suppliers_ban_approved ON suppliers_ban;
DROP FUNCTION IF EXISTS suppliers_ban_approved();
"""
APPEND_ONLY = ("suppliers_bansubject", "suppliers_banreview", "suppliers_banclearance")


class Migration(migrations.Migration):

    dependencies = [
        ('suppliers', '0005_supply_list'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Ban',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('in_review', '审批中'), ('returned', '已退回'), ('in_force', '已列入'), ('lifted', '已解除'), ('rejected', '不予列入'), ('withdrawn', '已撤回')], default='in_review', max_length=10, verbose_name='状态')),
                ('reason', models.CharField(max_length=400, verbose_name='列入原因')),
                ('source', models.CharField(max_length=120, verbose_name='依据文件')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='截止日期')),
                ('review_on', models.DateField(verbose_name='复核日期')),
                ('proposed_at', models.DateTimeField(verbose_name='提出时间')),
                ('starts_at', models.DateTimeField(blank=True, null=True, verbose_name='生效时间')),
                ('lifted_at', models.DateTimeField(blank=True, null=True, verbose_name='解除时间')),
                ('remark', models.CharField(blank=True, max_length=400, verbose_name='结束原因')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='suppliers.supplycategory', verbose_name='范围')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bans', to='suppliers.supplier', verbose_name='供应商')),
            ],
            options={
                'verbose_name': '供应商黑名单',
                'verbose_name_plural': '供应商黑名单',
                'ordering': ['-pk'],
                'permissions': [('propose_ban', '提出列入黑名单'), ('check_ban_procurement', '黑名单采购审核'), ('check_ban_group', '黑名单集团审定'), ('review_ban', '复核黑名单'), ('lift_ban', '解除黑名单'), ('enter_appeal', '登记黑名单申诉'), ('decide_appeal', '裁定黑名单申诉'), ('clear_match', '核实黑名单疑似人员')],
            },
        ),
        migrations.CreateModel(
            name='BanAppeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', '待裁定'), ('upheld', '申诉成立'), ('denied', '申诉不成立')], default='open', max_length=8, verbose_name='状态')),
                ('text', models.CharField(max_length=1000, verbose_name='申诉内容')),
                ('received_on', models.DateField(verbose_name='收到日期')),
                ('entered_at', models.DateTimeField(verbose_name='登记时间')),
                ('decision', models.CharField(blank=True, max_length=400, verbose_name='裁定理由')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='裁定时间')),
                ('ban', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='suppliers.ban', verbose_name='供应商黑名单')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='裁定人')),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
            ],
            options={
                'verbose_name': '黑名单申诉',
                'verbose_name_plural': '黑名单申诉',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='BanReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('conclusion', models.CharField(max_length=400, verbose_name='复核结论')),
                ('next_on', models.DateField(verbose_name='下次复核日期')),
                ('at', models.DateTimeField(verbose_name='复核时间')),
                ('ban', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='suppliers.ban', verbose_name='供应商黑名单')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='复核人')),
            ],
            options={
                'verbose_name': '黑名单复核',
                'verbose_name_plural': '黑名单复核',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='BanSubject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('code', '统一社会信用代码'), ('person', '人员'), ('account', '银行账号')], max_length=8, verbose_name='种类')),
                ('text', models.CharField(max_length=120, verbose_name='内容')),
                ('value', models.CharField(editable=False, max_length=120)),
                ('ban', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='subjects', to='suppliers.ban', verbose_name='供应商黑名单')),
            ],
            options={
                'verbose_name': '黑名单对象',
                'verbose_name_plural': '黑名单对象',
                'ordering': ['ban', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='BanClearance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=400, verbose_name='核实情况')),
                ('at', models.DateTimeField(verbose_name='核实时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='核实人')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='suppliers.supplier', verbose_name='供应商')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='suppliers.bansubject', verbose_name='黑名单对象')),
            ],
            options={
                'verbose_name': '疑似排除',
                'verbose_name_plural': '疑似排除',
                'ordering': ['-pk'],
            },
        ),
        migrations.AddIndex(
            model_name='ban',
            index=models.Index(fields=['state', 'review_on'], name='ban_to_review'),
        ),
        migrations.AddConstraint(
            model_name='ban',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('starts_at__isnull', False), ('state__in', ['in_force', 'lifted'])), models.Q(models.Q(('state__in', ['in_force', 'lifted']), _negated=True), ('starts_at__isnull', True)), _connector='OR'), name='ban_begins_when_approved'),
        ),
        migrations.AddConstraint(
            model_name='ban',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lifted_at__isnull', False), ('state', 'lifted')), models.Q(models.Q(('state', 'lifted'), _negated=True), ('lifted_at__isnull', True)), _connector='OR'), name='ban_lifted_at_a_moment'),
        ),
        migrations.AddConstraint(
            model_name='banappeal',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('ban',), name='one_open_appeal'),
        ),
        migrations.AddConstraint(
            model_name='banappeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False), models.Q(('decision', ''), _negated=True)), _connector='OR'), name='appeal_decided_with_reason'),
        ),
        migrations.AddIndex(
            model_name='bansubject',
            index=models.Index(fields=['kind', 'value'], name='subject_by_value'),
        ),
        migrations.AddConstraint(
            model_name='bansubject',
            constraint=models.UniqueConstraint(fields=('ban', 'kind', 'value'), name='subject_once_per_ban'),
        ),
        migrations.AddConstraint(
            model_name='banclearance',
            constraint=models.UniqueConstraint(fields=('subject', 'supplier'), name='cleared_once'),
        ),
        migrations.RunSQL(BAN, unguard("suppliers_ban")),
        migrations.RunSQL(APPEAL, unguard("suppliers_banappeal")),
        migrations.RunSQL(BANNED, NOT_BANNED),
        migrations.RunSQL(GATES, NO_GATES),
        migrations.RunSQL(APPROVED, NOT_APPROVED),
        *(migrations.RunSQL(protect(table), unprotect(table)) for table in APPEND_ONLY),
    ]
