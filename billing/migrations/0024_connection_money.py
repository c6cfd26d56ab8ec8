"""Money of grid connections: payers without an account in payments, refunds and the ledger."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The dimension of payers without an account. The index is partial: of the postings of a city
# hardly any are of connections. It has no foreign key: attaching a season's postings would lock
# the table of connections, whose rows people lock before they post. PROVE proves it.
DIMENSION = """
ALTER TABLE billing_transfer
    ADD COLUMN connection_id bigint;
CREATE INDEX billing_transfer_connection ON billing_transfer (connection_id)
    WHERE connection_id IS NOT NULL;
ALTER TABLE billing_transfer ADD CONSTRAINT transfer_of_connection_names_it CHECK (
    CASE WHEN debit IN (112201, 220301, 220302, 605102)
           OR credit IN (112201, 220301, 220302, 605102)
         THEN connection_id IS NOT NULL AND contract_id IS NULL
         ELSE connection_id IS NULL OR contract_id IS NULL END
);
"""
DIMENSION_REVERSE = """
ALTER TABLE billing_transfer DROP CONSTRAINT transfer_of_connection_names_it;
ALTER TABLE billing_transfer DROP COLUMN connection_id;
"""

# The rule of migration 0023 with connections; every row that kept the old one keeps this.
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
        ELSE false
    END
);
"""
_NEW_KINDS = """        WHEN 'connection' THEN source_type IN ('connection', 'payment', 'assignment', 'move')
        WHEN 'move' THEN source_type = 'move'
"""
FITS_REVERSE = FITS.replace(_NEW_KINDS, "")

# The function of migration 0023 with contracts of connections; its triggers stay.
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
_NEW_SOURCES = """    WHEN 'connection' THEN EXISTS (SELECT FROM customers_connectioncontract d WHERE d.id = source_id)
    WHEN 'move' THEN EXISTS (SELECT FROM billing_creditmove d WHERE d.id = source_id)
"""
_PROOF_OF_CONNECTION = PROVE[PROVE.index("  IF EXISTS (") : PROVE.index("  RETURN NULL")]
PROVE_REVERSE = PROVE.replace(_NEW_SOURCES, "").replace(_PROOF_OF_CONNECTION, "")

GUARD = """
CREATE OR REPLACE FUNCTION billing_creditmove_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'drafted' THEN
      RAISE EXCEPTION 'billing_creditmove begins as drafted, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('drafted', 'cancelled'), ('drafted', 'moved'), ('drafted', 'returned')) THEN
    RAISE EXCEPTION 'billing_creditmove: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS billing_creditmove_state_guard ON billing_creditmove;
CREATE TRIGGER billing_creditmove_state_guard BEFORE INSERT OR UPDATE ON billing_creditmove
  FOR EACH ROW EXECUTE FUNCTION billing_creditmove_state_guard();
"""
GUARD_REVERSE = """
DROP TRIGGER IF EXISTS billing_creditmove_state_guard ON billing_creditmove;
DROP FUNCTION IF EXISTS billing_creditmove_state_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0023_reward_vouchers'),
        ('customers', '0010_connection_works'),
        ('office', '0011_organisation'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CreditMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_fen', models.BigIntegerField(verbose_name='划转金额（分）')),
                ('reason', models.CharField(max_length=200, verbose_name='原因')),
                ('state', models.CharField(choices=[('drafted', '待审核'), ('returned', '已退回'), ('moved', '已划转'), ('cancelled', '已取消')], default='drafted', max_length=10, verbose_name='状态')),
                ('created_at', models.DateTimeField(verbose_name='起草时间')),
                ('approved_at', models.DateTimeField(null=True, verbose_name='审核时间')),
            ],
            options={
                'verbose_name': '入网余款划转',
                'verbose_name_plural': '入网余款划转',
                'ordering': ['-id'],
                'permissions': [('draft_credit_move', '起草入网余款划转'), ('approve_credit_move', '审核入网余款划转')],
            },
        ),
        migrations.CreateModel(
            name='ConnectionFee',
            fields=[
            ],
            options={
                'verbose_name': '入网费',
                'verbose_name_plural': '入网费',
                'ordering': ['-pk'],
                'proxy': True,
                'default_permissions': ('view',),
                'indexes': [],
                'constraints': [],
            },
            bases=('customers.connection',),
        ),
        migrations.AddField(
            model_name='advancerefund',
            name='connection',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='advance_refunds', to='customers.connection', verbose_name='供热入网'),
        ),
        migrations.AddField(
            model_name='payment',
            name='connection',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='customers.connection', verbose_name='供热入网'),
        ),
        migrations.AddField(
            model_name='paymentintent',
            name='connection',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.connection', verbose_name='供热入网'),
        ),
        migrations.AddField(
            model_name='suspenseassignment',
            name='connection',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.connection', verbose_name='供热入网'),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DIMENSION, DIMENSION_REVERSE)],
            state_operations=[
                migrations.AddField(
                    model_name='transfer',
                    name='connection',
                    field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='customers.connection', db_constraint=False, verbose_name='供热入网'),
                ),
            ],
        ),
        migrations.AlterField(
            model_name='advancerefund',
            name='contract',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='advance_refunds', to='customers.supplycontract', verbose_name='合同'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='contract',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='customers.supplycontract', verbose_name='合同'),
        ),
        migrations.AlterField(
            model_name='paymentintent',
            name='contract',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='intents', to='customers.supplycontract', verbose_name='合同'),
        ),
        migrations.AlterField(
            model_name='suspenseassignment',
            name='contract',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.supplycontract', verbose_name='转入合同'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='credit',
            field=models.IntegerField(choices=[(100100, '库存现金'), (100200, '银行存款'), (101201, '银行卡在途'), (101202, '微信支付在途'), (112200, '应收供热费'), (112201, '应收入网费'), (220300, '预收供热费'), (220301, '预收入网费'), (220302, '入网余款划转'), (222100, '应交增值税'), (224100, '待查款项'), (224101, '退款冻结'), (300000, '期初余额'), (190100, '待处理现金长短款'), (600101, '免税供热收入'), (600102, '应税供热收入'), (605101, '违约金收入'), (671101, '奖励支出'), (605102, '入网费收入')], verbose_name='贷方'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='debit',
            field=models.IntegerField(choices=[(100100, '库存现金'), (100200, '银行存款'), (101201, '银行卡在途'), (101202, '微信支付在途'), (112200, '应收供热费'), (112201, '应收入网费'), (220300, '预收供热费'), (220301, '预收入网费'), (220302, '入网余款划转'), (222100, '应交增值税'), (224100, '待查款项'), (224101, '退款冻结'), (300000, '期初余额'), (190100, '待处理现金长短款'), (600101, '免税供热收入'), (600102, '应税供热收入'), (605101, '违约金收入'), (671101, '奖励支出'), (605102, '入网费收入')], verbose_name='借方'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='kind',
            field=models.CharField(choices=[('bill', '出账'), ('payment', '收款'), ('allocation', '销账'), ('difference', '现金长短款'), ('assignment', '待查款项转入'), ('refund', '退款冻结'), ('credit', '贷项转预收'), ('late_fee', '违约金'), ('payout', '预存退款'), ('reward', '奖励兑付'), ('connection', '入网费结转'), ('move', '入网余款划转')], max_length=10, verbose_name='种类'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='source_type',
            field=models.CharField(choices=[('bill', '账单'), ('payment', '收款'), ('assignment', '待查款项转入'), ('shift', '班次'), ('run', '出账批次'), ('refund', '渠道退款'), ('payout', '预存退款'), ('reward', '奖励兑付'), ('connection', '入网合同'), ('move', '入网余款划转')], max_length=12, verbose_name='来源单据'),
        ),
        migrations.AddConstraint(
            model_name='advancerefund',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('connection__isnull', True), ('contract__isnull', False)), models.Q(('connection__isnull', False), ('contract__isnull', True)), _connector='OR'), name='refund_to_somebody'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('connection__isnull', True), ('contract__isnull', False)), models.Q(('connection__isnull', False), ('contract__isnull', True)), _connector='OR'), name='payment_of_somebody'),
        ),
        migrations.AddConstraint(
            model_name='paymentintent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('connection__isnull', True), ('contract__isnull', False)), models.Q(('connection__isnull', False), ('contract__isnull', True)), _connector='OR'), name='intent_of_somebody'),
        ),
        migrations.AddConstraint(
            model_name='suspenseassignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('connection__isnull', True), ('contract__isnull', False)), models.Q(('connection__isnull', False), ('contract__isnull', True)), _connector='OR'), name='assignment_to_somebody'),
        ),
        migrations.AddField(
            model_name='creditmove',
            name='approved_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审核人'),
        ),
        migrations.AddField(
            model_name='creditmove',
            name='company',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司'),
        ),
        migrations.AddField(
            model_name='creditmove',
            name='connection',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.connection', verbose_name='转出的入网'),
        ),
        migrations.AddField(
            model_name='creditmove',
            name='created_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='起草人'),
        ),
        migrations.AddField(
            model_name='creditmove',
            name='target',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.connection', verbose_name='转入的入网'),
        ),
        migrations.AddConstraint(
            model_name='creditmove',
            constraint=models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0)), name='credit_move_above_zero'),
        ),
        migrations.AddConstraint(
            model_name='creditmove',
            constraint=models.CheckConstraint(condition=models.Q(('connection', models.F('target')), _negated=True), name='credit_move_to_another'),
        ),
        migrations.AddConstraint(
            model_name='creditmove',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('created_by')), _negated=True), _connector='OR'), name='credit_move_approved_by_a_second_person'),
        ),
        migrations.RunSQL(FITS, FITS_REVERSE),
        migrations.RunSQL(PROVE, PROVE_REVERSE),
        migrations.RunSQL(GUARD, GUARD_REVERSE),
    ]
