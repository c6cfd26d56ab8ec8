"""Late fees: dated rules, suspended days, waivers, and the posting of a fee that is paid."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from office.tables.append_only import protect, unprotect

# The rule of migration 0013 with one more kind; every row that kept the old one keeps this one.
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
        ELSE false
    END
);
"""
FITS_REVERSE = FITS.replace(
    "        WHEN 'late_fee' THEN source_type IN ('payment', 'assignment', 'bill')\n", ""
)

# A late fee that is paid or taken back names the bill that bore it, as the receivable does.
CLAIM = """
ALTER TABLE billing_transfer DROP CONSTRAINT transfer_of_receivable_names_bill;
ALTER TABLE billing_transfer ADD CONSTRAINT transfer_of_receivable_names_bill
    CHECK ((bill_id IS NOT NULL) = (112200 IN (debit, credit) OR 605101 IN (debit, credit)));
"""
CLAIM_REVERSE = """
ALTER TABLE billing_transfer DROP CONSTRAINT transfer_of_receivable_names_bill;
ALTER TABLE billing_transfer ADD CONSTRAINT transfer_of_receivable_names_bill
    CHECK ((bill_id IS NOT NULL) = (112200 IN (debit, credit)));
"""
APPEND_ONLY = ("billing_latefeerule", "billing_latefeesuspension")

GUARD = """
CREATE OR REPLACE FUNCTION billing_latefeewaiver_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'drafted' THEN
      RAISE EXCEPTION 'billing_latefeewaiver begins as drafted, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('drafted', 'approved'), ('drafted', 'cancelled'), ('drafted', 'returned'), ('returned', 'cancelled')) THEN
    RAISE EXCEPTION 'billing_latefeewaiver: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS billing_latefeewaiver_state_guard ON billing_latefeewaiver;
CREATE TRIGGER billing_latefeewaiver_state_guard BEFORE INSERT OR UPDATE ON billing_latefeewaiver
  FOR EACH ROW EXECUTE FUNCTION billing_latefeewaiver_state_guard();
"""
GUARD_REVERSE = """
DROP TRIGGER IF EXISTS billing_latefeewaiver_state_guard ON billing_latefeewaiver;
DROP FUNCTION IF EXISTS billing_latefeewaiver_state_guard();
"""



class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0016_bank_statements'),
        ('customers', '0005_keys_proved_whatever_the_statistics'),
        ('office', '0009_patience_with_jobs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='transfer',
            name='credit',
            field=models.IntegerField(choices=[(100100, '库存现金'), (100200, '银行存款'), (101201, '银行卡在途'), (101202, '微信支付在途'), (112200, '应收供热费'), (220300, '预收供热费'), (222100, '应交增值税'), (224100, '待查款项'), (224101, '退款冻结'), (300000, '期初余额'), (190100, '待处理现金长短款'), (600101, '免税供热收入'), (600102, '应税供热收入'), (605101, '违约金收入')], verbose_name='贷方'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='debit',
            field=models.IntegerField(choices=[(100100, '库存现金'), (100200, '银行存款'), (101201, '银行卡在途'), (101202, '微信支付在途'), (112200, '应收供热费'), (220300, '预收供热费'), (222100, '应交增值税'), (224100, '待查款项'), (224101, '退款冻结'), (300000, '期初余额'), (190100, '待处理现金长短款'), (600101, '免税供热收入'), (600102, '应税供热收入'), (605101, '违约金收入')], verbose_name='借方'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='kind',
            field=models.CharField(choices=[('bill', '出账'), ('payment', '收款'), ('allocation', '销账'), ('difference', '现金长短款'), ('assignment', '待查款项转入'), ('refund', '退款冻结'), ('credit', '贷项转预收'), ('late_fee', '违约金')], max_length=10, verbose_name='种类'),
        ),
        migrations.CreateModel(
            name='LateFeeRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('effective_from', models.DateField(verbose_name='执行日期')),
                ('per_day', models.DecimalField(decimal_places=5, max_digits=6, verbose_name='日率')),
                ('base', models.CharField(choices=[('outstanding', '当日未缴金额'), ('full_charge', '账单全额')], max_length=12, verbose_name='计收基数')),
                ('order', models.CharField(choices=[('principal_first', '先本金后违约金'), ('late_fee_first', '先违约金后本金')], max_length=16, verbose_name='抵缴顺序')),
                ('source', models.CharField(max_length=120, verbose_name='依据')),
                ('published_at', models.DateTimeField(verbose_name='发布时间')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='late_fee_rules', to='office.company', verbose_name='公司')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发布人')),
            ],
            options={
                'verbose_name': '违约金规则',
                'verbose_name_plural': '违约金规则',
                'ordering': ['company', '-effective_from'],
                'permissions': [('publish_late_fee_rule', '发布违约金规则')],
                'constraints': [models.UniqueConstraint(fields=('company', 'effective_from'), name='one_late_fee_rule_per_day'), models.CheckConstraint(condition=models.Q(('per_day__gte', 0), ('per_day__lte', 1)), name='late_fee_rate_is_a_share')],
            },
        ),
        migrations.CreateModel(
            name='LateFeeSuspension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts', models.DateField(verbose_name='起')),
                ('ends', models.DateField(verbose_name='止')),
                ('reason', models.CharField(max_length=200, verbose_name='原因')),
                ('source', models.CharField(max_length=120, verbose_name='依据')),
                ('entered_at', models.DateTimeField(verbose_name='登记时间')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.supplycontract', verbose_name='合同')),
                ('entered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办')),
            ],
            options={
                'verbose_name': '违约金中止',
                'verbose_name_plural': '违约金中止',
                'ordering': ['-id'],
                'permissions': [('suspend_late_fee', '中止计收违约金')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends__gte', models.F('starts'))), name='late_fee_suspended_for_a_day_at_least')],
            },
        ),
        migrations.CreateModel(
            name='LateFeeWaiver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_fen', models.BigIntegerField(verbose_name='申请减免（分）')),
                ('waived_fen', models.BigIntegerField(null=True, verbose_name='已减免（分）')),
                ('reason', models.CharField(max_length=200, verbose_name='原因')),
                ('source', models.CharField(max_length=120, verbose_name='依据')),
                ('state', models.CharField(choices=[('drafted', '待审核'), ('returned', '已退回'), ('approved', '已减免'), ('cancelled', '已取消')], default='drafted', max_length=10, verbose_name='状态')),
                ('created_at', models.DateTimeField(verbose_name='起草时间')),
                ('approved_at', models.DateTimeField(null=True, verbose_name='审核时间')),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审核人')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.supplycontract', verbose_name='合同')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='起草人')),
                ('season', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.heatingseason', verbose_name='采暖季')),
            ],
            options={
                'verbose_name': '违约金减免',
                'verbose_name_plural': '违约金减免',
                'ordering': ['-id'],
                'permissions': [('draft_late_fee_waiver', '起草违约金减免'), ('approve_late_fee_waiver', '审核违约金减免'), ('cancel_late_fee_waiver', '取消违约金减免')],
                'indexes': [models.Index(condition=models.Q(('waived_fen__gt', 0)), fields=['contract'], name='late_fee_waived')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0)), name='waiver_above_zero'), models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', True), ('waived_fen__isnull', True)), models.Q(('approved_at__isnull', False), ('waived_fen__gt', 0), ('waived_fen__lte', models.F('amount_fen'))), _connector='OR'), name='waiver_takes_off_what_was_approved'), models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('created_by')), _negated=True), _connector='OR'), name='waiver_approved_by_a_second_person')],
            },
        ),
        *[migrations.RunSQL(protect(table), unprotect(table)) for table in APPEND_ONLY],
        migrations.RunSQL(GUARD, GUARD_REVERSE),
        migrations.RunSQL(FITS, FITS_REVERSE),
        migrations.RunSQL(CLAIM, CLAIM_REVERSE),
    ]
