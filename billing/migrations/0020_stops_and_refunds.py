"""Stops of heat with their terms and resumptions, and refunds of advances with their posting."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from office.tables.append_only import protect, unprotect

# The rule of migration 0017 with refunds of advances; every row that kept the old one keeps this.
FITS = """
ALTER TABLE billing_transfer DROP CONSTRAINT transfer_source_fits_kind;
ALTER TABLE billing_transfer ADD CONSTRAINT transfer_source_fits_kind CHECK (
    CASE kind
        WHEN 'bill' THEN source_type = 'bill' AND source_id = bill_id
        WHEN 'payment' THEN source_type = 'payment'
        WHEN 'allocation' THEN source_type IN ('payment', 'assignment', 'run', 'bill')
        WHEN 'difference' THEN source_type = 'shift'
        WHEN 'assignment' THEN source_type = 'assignment'
        WHEN 'refund' THEN source_type = 'refund'
        WHEN 'credit' THEN source_type = 'bill' AND source_id = bill_id
        WHEN 'late_fee' THEN source_type IN ('payment', 'assignment', 'bill')
        WHEN 'payout' THEN source_type = 'payout'
        ELSE false
    END
);
"""
FITS_REVERSE = FITS.replace("        WHEN 'payout' THEN source_type = 'payout'\n", "")

# A refund is posted once, as a payment is.
ONE_POSTING = """
DROP INDEX one_posting_per_source;
CREATE UNIQUE INDEX one_posting_per_source ON billing_transfer (kind, source_id, book)
    WHERE kind IN ('payment', 'difference', 'assignment', 'credit', 'payout');
"""
ONE_POSTING_REVERSE = ONE_POSTING.replace(", 'payout'", "")

# The function of migration 0013 with refunds of advances; its triggers stay.
PROVE = """
CREATE OR REPLACE FUNCTION billing_transfer_prove_source() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  orphan record;
BEGIN
  SELECT source_type, source_id INTO orphan FROM written
  WHERE kind <> 'bill' AND NOT CASE source_type
    WHEN 'bill' THEN EXISTS (SELECT FROM billing_bill d WHERE d.id = source_id)
    WHEN 'payment' THEN EXISTS (SELECT FROM billing_payment d WHERE d.id = source_id)
    WHEN 'assignment' THEN EXISTS (SELECT FROM billing_suspenseassignment d WHERE d.id = source_id)
    WHEN 'shift' THEN EXISTS (SELECT FROM billing_shift d WHERE d.id = source_id)
    WHEN 'run' THEN EXISTS (SELECT FROM billing_billingrun d WHERE d.id = source_id)
    WHEN 'refund' THEN EXISTS (SELECT FROM billing_reportedrefund d WHERE d.id = source_id)
    WHEN 'payout' THEN EXISTS (SELECT FROM billing_advancerefund d WHERE d.id = source_id)
    ELSE false
  END LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'billing_transfer: there is no % with number %',
      orphan.source_type, orphan.source_id USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
"""
PROVE_REVERSE = PROVE.replace(
    "    WHEN 'payout' THEN EXISTS (SELECT FROM billing_advancerefund d WHERE d.id = source_id)\n", ""
)

STOP_HEAT_GUARD = """
CREATE OR REPLACE FUNCTION billing_stopheat_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'applied' THEN
      RAISE EXCEPTION 'billing_stopheat begins as applied, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('applied', 'approved'), ('applied', 'cancelled'), ('applied', 'returned'), ('approved', 'resumed'), ('approved', 'voided'), ('returned', 'cancelled')) THEN
    RAISE EXCEPTION 'billing_stopheat: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS billing_stopheat_state_guard ON billing_stopheat;
CREATE TRIGGER billing_stopheat_state_guard BEFORE INSERT OR UPDATE ON billing_stopheat
  FOR EACH ROW EXECUTE FUNCTION billing_stopheat_state_guard();
"""
STOP_HEAT_GUARD_REVERSE = """
DROP TRIGGER IF EXISTS billing_stopheat_state_guard ON billing_stopheat;
DROP FUNCTION IF EXISTS billing_stopheat_state_guard();
"""

RESUMPTION_GUARD = """
CREATE OR REPLACE FUNCTION billing_resumption_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'drafted' THEN
      RAISE EXCEPTION 'billing_resumption begins as drafted, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('drafted', 'approved'), ('drafted', 'cancelled'), ('drafted', 'returned'), ('returned', 'cancelled')) THEN
    RAISE EXCEPTION 'billing_resumption: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS billing_resumption_state_guard ON billing_resumption;
CREATE TRIGGER billing_resumption_state_guard BEFORE INSERT OR UPDATE ON billing_resumption
  FOR EACH ROW EXECUTE FUNCTION billing_resumption_state_guard();
"""
RESUMPTION_GUARD_REVERSE = """
DROP TRIGGER IF EXISTS billing_resumption_state_guard ON billing_resumption;
DROP FUNCTION IF EXISTS billing_resumption_state_guard();
"""

ADVANCE_REFUND_GUARD = """
CREATE OR REPLACE FUNCTION billing_advancerefund_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'drafted' THEN
      RAISE EXCEPTION 'billing_advancerefund begins as drafted, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('approved', 'cancelled'), ('approved', 'paid'), ('drafted', 'approved'), ('drafted', 'cancelled'), ('drafted', 'returned'), ('returned', 'cancelled')) THEN
    RAISE EXCEPTION 'billing_advancerefund: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS billing_advancerefund_state_guard ON billing_advancerefund;
CREATE TRIGGER billing_advancerefund_state_guard BEFORE INSERT OR UPDATE ON billing_advancerefund
  FOR EACH ROW EXECUTE FUNCTION billing_advancerefund_state_guard();
"""
ADVANCE_REFUND_GUARD_REVERSE = """
DROP TRIGGER IF EXISTS billing_advancerefund_state_guard ON billing_advancerefund;
DROP FUNCTION IF EXISTS billing_advancerefund_state_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0019_area_changes'),
        ('customers', '0006_phones_change_hands'),
        ('office', '0010_paper_revocations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='transfer',
            name='kind',
            field=models.CharField(choices=[('bill', '出账'), ('payment', '收款'), ('allocation', '销账'), ('difference', '现金长短款'), ('assignment', '待查款项转入'), ('refund', '退款冻结'), ('credit', '贷项转预收'), ('late_fee', '违约金'), ('payout', '预存退款')], max_length=10, verbose_name='种类'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='source_type',
            field=models.CharField(choices=[('bill', '账单'), ('payment', '收款'), ('assignment', '待查款项转入'), ('shift', '班次'), ('run', '出账批次'), ('refund', '渠道退款'), ('payout', '预存退款')], max_length=12, verbose_name='来源单据'),
        ),
        migrations.CreateModel(
            name='StopHeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ordinals', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=list, size=None, verbose_name='报停面积序号')),
                ('conditions', models.JSONField(default=list, verbose_name='条件审核')),
                ('source', models.CharField(max_length=120, verbose_name='申请材料')),
                ('state', models.CharField(choices=[('applied', '待审核'), ('returned', '已退回'), ('approved', '已报停'), ('resumed', '已复热'), ('voided', '已作废'), ('cancelled', '已取消')], default='applied', max_length=10, verbose_name='状态')),
                ('created_at', models.DateTimeField(verbose_name='受理时间')),
                ('approved_at', models.DateTimeField(null=True, verbose_name='审核时间')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stops', to='customers.account', verbose_name='户号')),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审核人')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.supplycontract', verbose_name='合同')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='受理人')),
                ('season', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.heatingseason', verbose_name='采暖季')),
            ],
            options={
                'verbose_name': '报停',
                'verbose_name_plural': '报停',
                'ordering': ['-id'],
                'permissions': [('apply_stop_heat', '受理报停'), ('approve_stop_heat', '审核报停'), ('cancel_stop_heat', '取消报停申请')],
            },
        ),
        migrations.CreateModel(
            name='Resumption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.CharField(choices=[('applied', '用户申请复热'), ('reconnected', '自行接通，报停作废')], max_length=12, verbose_name='原因')),
                ('due_on', models.DateField(verbose_name='缴费截止日')),
                ('fee_fen', models.BigIntegerField(verbose_name='开栓费或违约费（分）')),
                ('top_up_fen', models.BigIntegerField(default=0, verbose_name='补足热费（分）')),
                ('source', models.CharField(max_length=120, verbose_name='依据')),
                ('state', models.CharField(choices=[('drafted', '待审核'), ('returned', '已退回'), ('approved', '已复热'), ('cancelled', '已取消')], default='drafted', max_length=10, verbose_name='状态')),
                ('created_at', models.DateTimeField(verbose_name='受理时间')),
                ('approved_at', models.DateTimeField(null=True, verbose_name='审核时间')),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审核人')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='受理人')),
                ('stop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='resumptions', to='billing.stopheat', verbose_name='报停')),
            ],
            options={
                'verbose_name': '复热',
                'verbose_name_plural': '复热',
                'ordering': ['-id'],
                'permissions': [('draft_resumption', '受理复热'), ('approve_resumption', '审核复热'), ('cancel_resumption', '取消复热申请')],
            },
        ),
        migrations.CreateModel(
            name='StopHeatTerms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opens_on', models.DateField(verbose_name='受理起日')),
                ('closes_on', models.DateField(verbose_name='受理止日')),
                ('no_arrears', models.BooleanField(default=True, verbose_name='须无欠费')),
                ('separable', models.BooleanField(default=True, verbose_name='须能分户关断')),
                ('heated_last_season', models.BooleanField(default=False, verbose_name='上一采暖季须用热')),
                ('out_of_warranty', models.BooleanField(default=False, verbose_name='建筑须过保修期')),
                ('most_of_unit', models.DecimalField(decimal_places=4, max_digits=5, null=True, verbose_name='单元内报停户数上限')),
                ('partial_allowed', models.BooleanField(default=False, verbose_name='可部分报停')),
                ('reopening_fee_fen', models.BigIntegerField(default=0, verbose_name='复热开栓费（分）')),
                ('self_reconnection_fee_fen', models.BigIntegerField(default=0, verbose_name='自行接通违约费（分）')),
                ('source', models.CharField(max_length=120, verbose_name='依据')),
                ('published_at', models.DateTimeField(verbose_name='发布时间')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发布人')),
                ('season', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='stop_heat_terms', to='billing.heatingseason', verbose_name='采暖季')),
            ],
            options={
                'verbose_name': '报停办法',
                'verbose_name_plural': '报停办法',
                'ordering': ['company', '-opens_on'],
                'permissions': [('publish_stop_heat_terms', '发布报停办法')],
            },
        ),
        migrations.CreateModel(
            name='AdvanceRefund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_fen', models.BigIntegerField(verbose_name='退款金额（分）')),
                ('payee_name', models.CharField(max_length=80, verbose_name='收款人')),
                ('payee_bank', models.CharField(max_length=80, verbose_name='收款银行')),
                ('payee_account', models.CharField(max_length=40, verbose_name='收款账号')),
                ('reason', models.CharField(max_length=200, verbose_name='原因')),
                ('source', models.CharField(max_length=120, verbose_name='依据')),
                ('state', models.CharField(choices=[('drafted', '待审核'), ('returned', '已退回'), ('approved', '待付款'), ('paid', '已付款'), ('cancelled', '已取消')], default='drafted', max_length=10, verbose_name='状态')),
                ('created_at', models.DateTimeField(verbose_name='起草时间')),
                ('approved_at', models.DateTimeField(null=True, verbose_name='审核时间')),
                ('reference', models.CharField(blank=True, max_length=64, verbose_name='银行流水号')),
                ('paid_at', models.DateTimeField(null=True, verbose_name='付款时间')),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审核人')),
                ('bank_account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.companybankaccount', verbose_name='付款账户')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='advance_refunds', to='customers.supplycontract', verbose_name='合同')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='起草人')),
            ],
            options={
                'verbose_name': '预存退款',
                'verbose_name_plural': '预存退款',
                'ordering': ['-id'],
                'permissions': [('draft_advance_refund', '起草预存退款'), ('approve_advance_refund', '审核预存退款'), ('pay_advance_refund', '登记退款付款'), ('cancel_advance_refund', '取消预存退款')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0)), name='advance_refund_above_zero'), models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('created_by')), _negated=True), _connector='OR'), name='advance_refund_approved_by_a_second_person'), models.CheckConstraint(condition=models.Q(models.Q(('bank_account__isnull', True), ('paid_at__isnull', True), ('reference', '')), models.Q(('bank_account__isnull', False), ('paid_at__isnull', False), models.Q(('reference', ''), _negated=True)), _connector='OR'), name='advance_refund_paid_by_a_bank'), models.UniqueConstraint(condition=models.Q(('paid_at__isnull', False)), fields=('bank_account', 'reference'), name='one_advance_refund_per_reference')],
            },
        ),
        migrations.AddConstraint(
            model_name='stopheat',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['applied', 'approved'])), fields=('account', 'season'), name='one_stop_per_account_and_season'),
        ),
        migrations.AddConstraint(
            model_name='stopheat',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('created_by')), _negated=True), _connector='OR'), name='stop_heat_approved_by_a_second_person'),
        ),
        migrations.AddConstraint(
            model_name='resumption',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['drafted', 'approved'])), fields=('stop',), name='one_resumption_per_stop'),
        ),
        migrations.AddConstraint(
            model_name='resumption',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('created_by')), _negated=True), _connector='OR'), name='resumption_approved_by_a_second_person'),
        ),
        migrations.AddConstraint(
            model_name='stopheatterms',
            constraint=models.CheckConstraint(condition=models.Q(('closes_on__gte', models.F('opens_on'))), name='stop_heat_window_is_open'),
        ),
        migrations.AddConstraint(
            model_name='stopheatterms',
            constraint=models.CheckConstraint(condition=models.Q(('most_of_unit__isnull', True), models.Q(('most_of_unit__gt', 0), ('most_of_unit__lte', 1)), _connector='OR'), name='stopped_share_of_unit_is_a_share'),
        ),
        migrations.AddConstraint(
            model_name='stopheatterms',
            constraint=models.CheckConstraint(condition=models.Q(('reopening_fee_fen__gte', 0), ('self_reconnection_fee_fen__gte', 0)), name='stop_heat_fees_not_below_zero'),
        ),
        migrations.RunSQL(protect("billing_stopheatterms"), unprotect("billing_stopheatterms")),
        migrations.RunSQL(STOP_HEAT_GUARD, STOP_HEAT_GUARD_REVERSE),
        migrations.RunSQL(RESUMPTION_GUARD, RESUMPTION_GUARD_REVERSE),
        migrations.RunSQL(ADVANCE_REFUND_GUARD, ADVANCE_REFUND_GUARD_REVERSE),
        migrations.RunSQL(FITS, FITS_REVERSE),
        migrations.RunSQL(ONE_POSTING, ONE_POSTING_REVERSE),
        migrations.RunSQL(PROVE, PROVE_REVERSE),
    ]
