"""One paper that pays for several accounts: its parts are payments and never more than it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from office.tables.append_only import protect, unprotect

# Rows of one statement are proved together. The paper is locked, so that two transactions that add
# parts to it count each other's; NO KEY UPDATE lets the keys of other rows refer to it meanwhile.
PARTS = """
CREATE FUNCTION billing_payment_parts_within_paper() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  excess record;
BEGIN
  PERFORM 1 FROM billing_grouppayment
  WHERE id IN (SELECT group_id FROM written WHERE group_id IS NOT NULL)
  ORDER BY id FOR NO KEY UPDATE;
  SELECT paper.id INTO excess FROM billing_grouppayment paper
  WHERE paper.id IN (SELECT group_id FROM written WHERE group_id IS NOT NULL)
    AND paper.amount_fen < (SELECT sum(part.amount_fen) FROM billing_payment part
                            WHERE part.group_id = paper.id)
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'billing_payment: the parts are more than paper %', excess.id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER billing_payment_parts_within_paper AFTER INSERT ON billing_payment
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT
  EXECUTE FUNCTION billing_payment_parts_within_paper();
"""
PARTS_REVERSE = "DROP FUNCTION billing_payment_parts_within_paper() CASCADE;"


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0020_stops_and_refunds'),
        ('office', '0011_organisation'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='GroupPayment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('method', models.CharField(choices=[('cash', '现金'), ('card', '银行卡'), ('wechat_native', '微信扫码'), ('wechat_jsapi', '微信公众号'), ('transfer', '对公转账')], max_length=16, verbose_name='方式')),
                ('provider', models.CharField(max_length=20, verbose_name='渠道')),
                ('transaction_id', models.CharField(max_length=80, verbose_name='渠道流水号')),
                ('reference', models.CharField(blank=True, max_length=120, verbose_name='凭证')),
                ('payer_name', models.CharField(max_length=120, verbose_name='付款单位（人）')),
                ('amount_fen', models.BigIntegerField(verbose_name='金额（分）')),
                ('part_count', models.PositiveIntegerField(verbose_name='户数')),
                ('business_date', models.DateField(db_index=True, verbose_name='业务日期')),
                ('form_key', models.CharField(editable=False, max_length=64, unique=True)),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('entered_at', models.DateTimeField(verbose_name='登记时间')),
                ('bank_account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.companybankaccount', verbose_name='收款银行账户')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('entered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办')),
                ('shift', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.shift', verbose_name='班次')),
            ],
            options={
                'verbose_name': '一笔多户',
                'verbose_name_plural': '一笔多户',
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='payment',
            name='group',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='billing.grouppayment', verbose_name='一笔多户'),
        ),
        migrations.AddConstraint(
            model_name='grouppayment',
            constraint=models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0)), name='group_payment_above_zero'),
        ),
        migrations.RunSQL(
            protect("billing_grouppayment"), unprotect("billing_grouppayment")
        ),
        migrations.RunSQL(PARTS, PARTS_REVERSE),
    ]
