"""Vouchers of rewards, paid at the counter by a code, with their posting."""

import django.db.models.deletion
from django.db import migrations, models


# Each of the three adds rewards to what stands there, whichever migration wrote it last.
FITS = """
DO $$
DECLARE
  rule text;
BEGIN
  SELECT pg_get_constraintdef(oid) INTO rule FROM pg_constraint
  WHERE conname = 'transfer_source_fits_kind' AND conrelid = 'billing_transfer'::regclass;
  ALTER TABLE billing_transfer DROP CONSTRAINT transfer_source_fits_kind;
  EXECUTE 'ALTER TABLE billing_transfer ADD CONSTRAINT transfer_source_fits_kind '
    || replace(rule, 'ELSE false', 'WHEN ''reward'' THEN source_type = ''reward'' ELSE false');
END $$;
"""
FITS_REVERSE = """
DO $$
DECLARE
  rule text;
BEGIN
  SELECT pg_get_constraintdef(oid) INTO rule FROM pg_constraint
  WHERE conname = 'transfer_source_fits_kind' AND conrelid = 'billing_transfer'::regclass;
  ALTER TABLE billing_transfer DROP CONSTRAINT transfer_source_fits_kind;
  EXECUTE 'ALTER TABLE billing_transfer ADD CONSTRAINT transfer_source_fits_kind '
    || regexp_replace(rule, E'[[:space:]]*WHEN ''reward''[^\\n]*', '');
END $$;
"""

# A reward is posted once, as a payment is.
ONE_POSTING = """
CREATE UNIQUE INDEX one_posting_per_reward ON billing_transfer (source_id, book)
    WHERE kind = 'reward';
"""
ONE_POSTING_REVERSE = "DROP INDEX one_posting_per_reward;"

_SOURCE = "    WHEN ''reward'' THEN EXISTS (SELECT FROM billing_rewardvoucher d WHERE d.id = source_id)"
PROVE = f"""
DO $$
BEGIN
  EXECUTE replace(pg_get_functiondef('billing_transfer_prove_source'::regproc), '    ELSE false',
    E'{_SOURCE}\\n    ELSE false');
END $$;
"""
PROVE_REVERSE = f"""
DO $$
BEGIN
  EXECUTE replace(pg_get_functiondef('billing_transfer_prove_source'::regproc),
    E'{_SOURCE}\\n', '');
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0022_reconciliation'),
        ('office', '0011_organisation'),
    ]

    operations = [
        migrations.AlterField(
            model_name='transfer',
            name='credit',
            field=models.IntegerField(choices=[(100100, '库存现金'), (100200, '银行存款'), (101201, '银行卡在途'), (101202, '微信支付在途'), (112200, '应收供热费'), (220300, '预收供热费'), (222100, '应交增值税'), (224100, '待查款项'), (224101, '退款冻结'), (300000, '期初余额'), (190100, '待处理现金长短款'), (600101, '免税供热收入'), (600102, '应税供热收入'), (605101, '违约金收入'), (671101, '奖励支出')], verbose_name='贷方'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='debit',
            field=models.IntegerField(choices=[(100100, '库存现金'), (100200, '银行存款'), (101201, '银行卡在途'), (101202, '微信支付在途'), (112200, '应收供热费'), (220300, '预收供热费'), (222100, '应交增值税'), (224100, '待查款项'), (224101, '退款冻结'), (300000, '期初余额'), (190100, '待处理现金长短款'), (600101, '免税供热收入'), (600102, '应税供热收入'), (605101, '违约金收入'), (671101, '奖励支出')], verbose_name='借方'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='kind',
            field=models.CharField(choices=[('bill', '出账'), ('payment', '收款'), ('allocation', '销账'), ('difference', '现金长短款'), ('assignment', '待查款项转入'), ('refund', '退款冻结'), ('credit', '贷项转预收'), ('late_fee', '违约金'), ('payout', '预存退款'), ('reward', '奖励兑付')], max_length=10, verbose_name='种类'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='source_type',
            field=models.CharField(choices=[('bill', '账单'), ('payment', '收款'), ('assignment', '待查款项转入'), ('shift', '班次'), ('run', '出账批次'), ('refund', '渠道退款'), ('payout', '预存退款'), ('reward', '奖励兑付')], max_length=12, verbose_name='来源单据'),
        ),
        migrations.CreateModel(
            name='RewardVoucher',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code_digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('code_tail', models.CharField(max_length=4, verbose_name='兑付码尾号')),
                ('amount_fen', models.BigIntegerField(verbose_name='金额（分）')),
                ('issued_on', models.DateField(verbose_name='开具日期')),
                ('paid_at', models.DateTimeField(null=True, verbose_name='兑付时间')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='兑付公司')),
                ('shift', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reward_vouchers', to='billing.shift', verbose_name='班次')),
            ],
            options={
                'verbose_name': '奖励兑付单',
                'verbose_name_plural': '奖励兑付单',
                'ordering': ['-issued_on', '-id'],
                'permissions': [('pay_reward', '兑付奖励')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0)), name='reward_above_zero'), models.CheckConstraint(condition=models.Q(models.Q(('paid_at__isnull', True), ('shift__isnull', True)), models.Q(('paid_at__isnull', False), ('shift__isnull', False)), _connector='OR'), name='reward_paid_in_a_shift')],
            },
        ),
        migrations.RunSQL(FITS, FITS_REVERSE),
        migrations.RunSQL(ONE_POSTING, ONE_POSTING_REVERSE),
        migrations.RunSQL(PROVE, PROVE_REVERSE),
    ]
