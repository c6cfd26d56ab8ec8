"""Refunds that the provider reported are documents, and postings block their money.

A notification that cannot be booked counts its tries.
"""

import django.db.models.deletion
from django.db import migrations, models

from office.tables.append_only import protect, unprotect

# The rule of migration 0010 with one more kind; every row that kept the old one keeps this one.
FITS = """
ALTER TABLE billing_transfer DROP CONSTRAINT transfer_source_fits_kind;
ALTER TABLE billing_transfer ADD CONSTRAINT transfer_source_fits_kind CHECK (
    CASE kind
        WHEN 'bill' THEN source_type = 'bill' AND source_id = bill_id
        WHEN 'payment' THEN source_type = 'payment'
        WHEN 'allocation' THEN source_type IN ('payment', 'assignment', 'run')
        WHEN 'difference' THEN source_type = 'shift'
        WHEN 'assignment' THEN source_type = 'assignment'
        WHEN 'refund' THEN source_type = 'refund'
        ELSE false
    END
);
"""
FITS_REVERSE = FITS.replace("        WHEN 'refund' THEN source_type = 'refund'\n", "")

# The function of migration 0010 with the new document; its triggers stay.
PROVE = """
CREATE OR REPLACE FUNCTION billing_transfer_prove_source() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  orphan record;
BEGIN
  SELECT source_type, source_id INTO orphan FROM written
  WHERE kind <> 'bill' AND NOT CASE source_type
    WHEN 'payment' THEN EXISTS (SELECT FROM billing_payment d WHERE d.id = source_id)
    WHEN 'assignment' THEN EXISTS (SELECT FROM billing_suspenseassignment d WHERE d.id = source_id)
    WHEN 'shift' THEN EXISTS (SELECT FROM billing_shift d WHERE d.id = source_id)
    WHEN 'run' THEN EXISTS (SELECT FROM billing_billingrun d WHERE d.id = source_id)
    WHEN 'refund' THEN EXISTS (SELECT FROM billing_reportedrefund d WHERE d.id = source_id)
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
    "    WHEN 'refund' THEN EXISTS (SELECT FROM billing_reportedrefund d WHERE d.id = source_id)\n",
    "",
)


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0010_sources'),
        ('office', '0008_books_begin_on'),
    ]

    operations = [
        migrations.AddField(
            model_name='providerevent',
            name='next_try_at',
            field=models.DateTimeField(null=True, verbose_name='下次处理'),
        ),
        migrations.AddField(
            model_name='providerevent',
            name='tries',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name='失败次数'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='credit',
            field=models.IntegerField(choices=[(100100, '库存现金'), (100200, '银行存款'), (101201, '银行卡在途'), (101202, '微信支付在途'), (112200, '应收供热费'), (220300, '预收供热费'), (222100, '应交增值税'), (224100, '待查款项'), (224101, '退款冻结'), (300000, '期初余额'), (190100, '待处理现金长短款'), (600101, '免税供热收入'), (600102, '应税供热收入')], verbose_name='贷方'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='debit',
            field=models.IntegerField(choices=[(100100, '库存现金'), (100200, '银行存款'), (101201, '银行卡在途'), (101202, '微信支付在途'), (112200, '应收供热费'), (220300, '预收供热费'), (222100, '应交增值税'), (224100, '待查款项'), (224101, '退款冻结'), (300000, '期初余额'), (190100, '待处理现金长短款'), (600101, '免税供热收入'), (600102, '应税供热收入')], verbose_name='借方'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='kind',
            field=models.CharField(choices=[('bill', '出账'), ('payment', '收款'), ('allocation', '销账'), ('difference', '现金长短款'), ('assignment', '待查款项转入'), ('refund', '退款冻结')], max_length=10, verbose_name='种类'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='source_type',
            field=models.CharField(choices=[('bill', '账单'), ('payment', '收款'), ('assignment', '待查款项转入'), ('shift', '班次'), ('run', '出账批次'), ('refund', '渠道退款')], max_length=12, verbose_name='来源单据'),
        ),
        migrations.CreateModel(
            name='ReportedRefund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=20, verbose_name='渠道')),
                ('transaction_id', models.CharField(max_length=80, verbose_name='渠道流水号')),
                ('number', models.CharField(max_length=80, verbose_name='退款单号')),
                ('amount_fen', models.BigIntegerField(null=True, verbose_name='退款金额（分）')),
                ('status', models.CharField(max_length=20, verbose_name='渠道状态')),
                ('reported_at', models.DateTimeField(verbose_name='得知时间')),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='billing.attempt', verbose_name='线上订单')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
            ],
            options={
                'verbose_name': '渠道退款',
                'verbose_name_plural': '渠道退款',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['provider', 'transaction_id'], name='billing_rep_provide_05b18d_idx')],
                'constraints': [models.UniqueConstraint(fields=('provider', 'number'), name='one_row_per_refund')],
            },
        ),
        migrations.RunSQL(protect("billing_reportedrefund"), unprotect("billing_reportedrefund")),
        migrations.RunSQL(FITS, FITS_REVERSE),
        migrations.RunSQL(PROVE, PROVE_REVERSE),
    ]
