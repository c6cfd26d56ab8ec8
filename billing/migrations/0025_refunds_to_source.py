"""Refunds of advances to their source by WeChat Pay, with their postings."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from office.workflow import guard_sql

# The rule of migration 0024 with refunds to source: reserved, repaid or released.
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
        WHEN 'reward' THEN source_type = 'reward'
        WHEN 'connection' THEN source_type IN ('connection', 'payment', 'assignment', 'move')
        WHEN 'move' THEN source_type = 'move'
        WHEN 'reserve' THEN source_type = 'to_source'
        WHEN 'repaid' THEN source_type = 'to_source'
        WHEN 'release' THEN source_type = 'to_source'
        ELSE false
    END
);
"""
_NEW_KINDS = """        WHEN 'reserve' THEN source_type = 'to_source'
        WHEN 'repaid' THEN source_type = 'to_source'
        WHEN 'release' THEN source_type = 'to_source'
"""
FITS_REVERSE = FITS.replace(_NEW_KINDS, "")

# A refund is reserved once and ends once: repaid or released, never both.
ONE_POSTING = """
CREATE UNIQUE INDEX one_reserve_per_refund_to_source ON billing_transfer (source_id, book)
    WHERE kind = 'reserve';
CREATE UNIQUE INDEX one_end_per_refund_to_source ON billing_transfer (source_id, book)
    WHERE kind IN ('repaid', 'release');
"""
ONE_POSTING_REVERSE = """
DROP INDEX one_end_per_refund_to_source;
DROP INDEX one_reserve_per_refund_to_source;
"""

# The function of migration 0024 with refunds to source; its triggers stay.
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
    WHEN 'reward' THEN EXISTS (SELECT FROM billing_rewardvoucher d WHERE d.id = source_id)
    WHEN 'connection' THEN EXISTS (SELECT FROM customers_connectioncontract d WHERE d.id = source_id)
    WHEN 'move' THEN EXISTS (SELECT FROM billing_creditmove d WHERE d.id = source_id)
    WHEN 'to_source' THEN EXISTS (SELECT FROM billing_refundtosource d WHERE d.id = source_id)
    ELSE false
  END LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'billing_transfer: there is no % with number %',
      orphan.source_type, orphan.source_id USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF EXISTS (
    SELECT FROM written WHERE connection_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM customers_connection d WHERE d.id = connection_id)
  ) THEN
    RAISE EXCEPTION 'billing_transfer: there is no such connection'
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
"""
_NEW_SOURCE = """    WHEN 'to_source' THEN EXISTS (SELECT FROM billing_refundtosource d WHERE d.id = source_id)
"""
PROVE_REVERSE = PROVE.replace(_NEW_SOURCE, "")


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0024_connection_money'),
        ('customers', '0010_connection_works'),
        ('office', '0011_organisation'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='transfer',
            name='kind',
            field=models.CharField(choices=[('bill', '出账'), ('payment', '收款'), ('allocation', '销账'), ('difference', '现金长短款'), ('assignment', '待查款项转入'), ('refund', '退款冻结'), ('credit', '贷项转预收'), ('late_fee', '违约金'), ('payout', '预存退款'), ('reward', '奖励兑付'), ('connection', '入网费结转'), ('move', '入网余款划转'), ('reserve', '退款占用'), ('repaid', '原路退款'), ('release', '退款释放')], max_length=10, verbose_name='种类'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='source_type',
            field=models.CharField(choices=[('bill', '账单'), ('payment', '收款'), ('assignment', '待查款项转入'), ('shift', '班次'), ('run', '出账批次'), ('refund', '渠道退款'), ('payout', '预存退款'), ('reward', '奖励兑付'), ('connection', '入网合同'), ('move', '入网余款划转'), ('to_source', '原路退款')], max_length=12, verbose_name='来源单据'),
        ),
        migrations.AlterField(
            model_name='channeldifference',
            name='kind',
            field=models.CharField(choices=[('not_in_books', '渠道有、账上没有'), ('not_at_provider', '账上有、渠道没有'), ('amount', '金额不同'), ('twice', '渠道重复列出'), ('other_day', '账上在另一天'), ('refund_unknown', '账上没有的退款'), ('refund_missing', '渠道没有的退款')], max_length=20, verbose_name='差异'),
        ),
        migrations.CreateModel(
            name='RefundToSource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_fen', models.BigIntegerField(verbose_name='退款金额（分）')),
                ('reason', models.CharField(max_length=200, verbose_name='原因')),
                ('source', models.CharField(max_length=120, verbose_name='依据')),
                ('state', models.CharField(choices=[('drafted', '待审核'), ('returned', '已退回'), ('approved', '待退款'), ('processing', '退款中'), ('abnormal', '退款异常'), ('paid', '已退款'), ('closed', '退款已关闭'), ('cancelled', '已取消')], default='drafted', max_length=10, verbose_name='状态')),
                ('number', models.CharField(max_length=64, unique=True, verbose_name='商户退款单号')),
                ('refund_id', models.CharField(blank=True, max_length=64, verbose_name='微信退款单号')),
                ('error_code', models.CharField(blank=True, max_length=64, verbose_name='错误码')),
                ('created_at', models.DateTimeField(verbose_name='起草时间')),
                ('approved_at', models.DateTimeField(null=True, verbose_name='审核时间')),
                ('tries', models.PositiveIntegerField(default=0, verbose_name='尝试次数')),
                ('tried_at', models.DateTimeField(null=True, verbose_name='上次尝试')),
                ('refused_at', models.DateTimeField(null=True, verbose_name='拒绝时间')),
                ('next_try_at', models.DateTimeField(db_index=True, null=True, verbose_name='下次尝试')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='结束时间')),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审核人')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds_to_source', to='customers.supplycontract', verbose_name='合同')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='起草人')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds_to_source', to='billing.payment', verbose_name='原收款')),
            ],
            options={
                'verbose_name': '原路退款',
                'verbose_name_plural': '原路退款',
                'ordering': ['-id'],
                'permissions': [('draft_refund_to_source', '起草原路退款'), ('approve_refund_to_source', '审核原路退款'), ('cancel_refund_to_source', '取消原路退款')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0)), name='refund_to_source_above_zero'), models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('created_by')), _negated=True), _connector='OR'), name='refund_to_source_approved_by_a_second_person')],
            },
        ),
        migrations.RunSQL(FITS, FITS_REVERSE),
        migrations.RunSQL(ONE_POSTING, ONE_POSTING_REVERSE),
        migrations.RunSQL(PROVE, PROVE_REVERSE),
        # States move only along REFUND_TO_SOURCE in billing/change_states.py.
        migrations.RunSQL(
            guard_sql(
                "billing_refundtosource",
                "state",
                "drafted",
                [
                    ("abnormal", "closed"),
                    ("abnormal", "paid"),
                    ("approved", "abnormal"),
                    ("approved", "closed"),
                    ("approved", "paid"),
                    ("approved", "processing"),
                    ("drafted", "approved"),
                    ("drafted", "cancelled"),
                    ("drafted", "returned"),
                    ("processing", "abnormal"),
                    ("processing", "closed"),
                    ("processing", "paid"),
                    ("returned", "cancelled"),
                ],
            ),
            """
            DROP TRIGGER billing_refundtosource_state_guard ON billing_refundtosource;
            DROP FUNCTION billing_refundtosource_state_guard;
            """,
        ),
    ]
