"""Adjustments: supplementary bills and credit notes, any number for an account and a season.

They are rows of `billing_bill` beside the season's bill, each with the adjustment that it was
approved as. See docs/decisions/an-adjustment-is-a-bill-and-a-credit-is-one-below-zero.md.
"""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from office.tables.append_only import protect, unprotect

# The season's tables of a run that is being issued are not attached yet and would keep the old
# columns: they could then never be attached.
NO_DETACHED_TABLES = """
DO $$ BEGIN
  IF EXISTS (
    SELECT FROM pg_class WHERE relname ~ '^billing_bill_s[0-9]+$' AND relkind = 'r'
      AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = pg_class.oid)
  ) THEN
    RAISE EXCEPTION 'a billing run is being issued: migrate when it has finished';
  END IF;
END $$;
"""

# One index serves the lists of an account, keeps season bills and opening arrears single (no
# adjustment: NULLS NOT DISTINCT) and lets each adjustment be issued once.
BILL = """
ALTER TABLE billing_bill
    ADD COLUMN adjustment_id bigint REFERENCES billing_adjustment (id),
    DROP CONSTRAINT one_bill_per_account_season_and_kind,
    ADD CONSTRAINT one_bill_per_account_season_kind_and_adjustment
        UNIQUE NULLS NOT DISTINCT (account_id, season_id, kind, adjustment_id),
    ADD CONSTRAINT bill_of_adjustment_names_it
        CHECK ((adjustment_id IS NOT NULL) = (kind IN ('supplement', 'credit'))),
    DROP CONSTRAINT bill_above_zero,
    ADD CONSTRAINT bill_sign_fits_kind
        CHECK (CASE WHEN kind = 'credit' THEN amount_fen < 0 ELSE amount_fen > 0 END),
    DROP CONSTRAINT bill_tax_within,
    ADD CONSTRAINT bill_tax_within
        CHECK (tax_fen BETWEEN LEAST(amount_fen, 0) AND GREATEST(amount_fen, 0));
"""
BILL_REVERSE = """
ALTER TABLE billing_bill
    DROP CONSTRAINT one_bill_per_account_season_kind_and_adjustment,
    DROP CONSTRAINT bill_of_adjustment_names_it,
    DROP COLUMN adjustment_id,
    ADD CONSTRAINT one_bill_per_account_season_and_kind UNIQUE (account_id, season_id, kind),
    DROP CONSTRAINT bill_sign_fits_kind,
    ADD CONSTRAINT bill_above_zero CHECK (amount_fen > 0);
"""

# The season stands in both keys, because a bill's and a line's primary keys hold it. The bill that
# an adjustment corrects, its lines and its contract are in one season: nothing can point elsewhere.
CORRECTED = """
ALTER TABLE billing_adjustment ADD CONSTRAINT adjustment_of_a_bill
    FOREIGN KEY (corrects_id, season_id) REFERENCES billing_bill (id, season_id);
ALTER TABLE billing_adjustmentline ADD CONSTRAINT adjustment_of_a_line
    FOREIGN KEY (corrects_id, season_id) REFERENCES billing_billline (id, season_id);
"""
CORRECTED_REVERSE = """
ALTER TABLE billing_adjustmentline DROP CONSTRAINT adjustment_of_a_line;
ALTER TABLE billing_adjustment DROP CONSTRAINT adjustment_of_a_bill;
"""

# What was drafted is what is approved and what is issued: only the state and its marks move.
FROZEN = """
CREATE FUNCTION billing_adjustment_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR
    (NEW.id, NEW.company_id, NEW.season_id, NEW.kind, NEW.account_id, NEW.contract_id,
     NEW.corrects_id, NEW.amount_fen, NEW.tax_fen, NEW.due_on, NEW.reason, NEW.source,
     NEW.created_by_id, NEW.created_at)
    IS DISTINCT FROM
    (OLD.id, OLD.company_id, OLD.season_id, OLD.kind, OLD.account_id, OLD.contract_id,
     OLD.corrects_id, OLD.amount_fen, OLD.tax_fen, OLD.due_on, OLD.reason, OLD.source,
     OLD.created_by_id, OLD.created_at)
  THEN
    RAISE EXCEPTION 'adjustment % is never changed: cancel it and draft another', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER billing_adjustment_frozen BEFORE UPDATE OR DELETE ON billing_adjustment
  FOR EACH ROW EXECUTE FUNCTION billing_adjustment_frozen();
"""
FROZEN_REVERSE = """
DROP TRIGGER billing_adjustment_frozen ON billing_adjustment;
DROP FUNCTION billing_adjustment_frozen();
"""

GUARD = """
CREATE OR REPLACE FUNCTION billing_adjustment_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'drafted' THEN
      RAISE EXCEPTION 'billing_adjustment begins as drafted, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('approved', 'cancelled'), ('approved', 'issued'), ('drafted', 'approved'), ('drafted', 'cancelled'), ('drafted', 'returned'), ('returned', 'cancelled')) THEN
    RAISE EXCEPTION 'billing_adjustment: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS billing_adjustment_state_guard ON billing_adjustment;
CREATE TRIGGER billing_adjustment_state_guard BEFORE INSERT OR UPDATE ON billing_adjustment
  FOR EACH ROW EXECUTE FUNCTION billing_adjustment_state_guard();
"""
GUARD_REVERSE = """
DROP TRIGGER IF EXISTS billing_adjustment_state_guard ON billing_adjustment;
DROP FUNCTION IF EXISTS billing_adjustment_state_guard();
"""

# Two postings of a credit note credit the receivable, from revenue and from tax: the debit tells
# them apart.
ONE_POSTING = """
DROP INDEX one_posting_per_bill_and_account;
CREATE UNIQUE INDEX one_posting_per_bill_and_account
    ON billing_transfer (bill_id, debit, credit, book) WHERE kind = 'bill';
DROP INDEX one_posting_per_source;
CREATE UNIQUE INDEX one_posting_per_source ON billing_transfer (kind, source_id, book)
    WHERE kind IN ('payment', 'difference', 'assignment', 'credit');
"""
ONE_POSTING_REVERSE = """
DROP INDEX one_posting_per_bill_and_account;
CREATE UNIQUE INDEX one_posting_per_bill_and_account
    ON billing_transfer (bill_id, credit, book) WHERE kind = 'bill';
DROP INDEX one_posting_per_source;
CREATE UNIQUE INDEX one_posting_per_source ON billing_transfer (kind, source_id, book)
    WHERE kind IN ('payment', 'difference', 'assignment');
"""

# The rule of migration 0011 with the postings of adjustments; every row that kept the old one
# keeps this one.
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
        ELSE false
    END
);
"""
FITS_REVERSE = FITS.replace(
    "        WHEN 'credit' THEN source_type = 'bill' AND source_id = bill_id\n", ""
).replace("'run', 'bill')", "'run')")

# The function of migration 0011 with bills; its triggers stay.
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
    "    WHEN 'bill' THEN EXISTS (SELECT FROM billing_bill d WHERE d.id = source_id)\n", ""
)


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0012_receipt_code_has_one_name'),
        ('customers', '0005_keys_proved_whatever_the_statistics'),
        ('office', '0009_patience_with_jobs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(NO_DETACHED_TABLES, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='bill',
            name='kind',
            field=models.CharField(choices=[('season', '采暖费'), ('opening', '期初欠费'), ('supplement', '补收账单'), ('credit', '贷项通知单')], max_length=10, verbose_name='种类'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='kind',
            field=models.CharField(choices=[('bill', '出账'), ('payment', '收款'), ('allocation', '销账'), ('difference', '现金长短款'), ('assignment', '待查款项转入'), ('refund', '退款冻结'), ('credit', '贷项转预收')], max_length=10, verbose_name='种类'),
        ),
        migrations.CreateModel(
            name='Adjustment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('supplement', '补收账单'), ('credit', '贷项通知单')], max_length=10, verbose_name='种类')),
                ('amount_fen', models.BigIntegerField(verbose_name='金额（分）')),
                ('tax_fen', models.BigIntegerField(verbose_name='其中税额（分）')),
                ('due_on', models.DateField(verbose_name='缴费截止日')),
                ('reason', models.CharField(max_length=200, verbose_name='原因')),
                ('source', models.CharField(max_length=120, verbose_name='依据')),
                ('state', models.CharField(choices=[('drafted', '待审核'), ('returned', '已退回'), ('approved', '已审核'), ('issued', '已出账'), ('cancelled', '已取消')], default='drafted', max_length=10, verbose_name='状态')),
                ('created_at', models.DateTimeField(verbose_name='起草时间')),
                ('approved_at', models.DateTimeField(null=True, verbose_name='审核时间')),
                ('issued_at', models.DateTimeField(null=True, verbose_name='出账时间')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adjustments', to='customers.account', verbose_name='户号')),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审核人')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.supplycontract', verbose_name='合同')),
                ('corrects', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='billing.bill', verbose_name='更正的账单')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='起草人')),
                ('season', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.heatingseason', verbose_name='采暖季')),
            ],
            options={
                'verbose_name': '调整单',
                'verbose_name_plural': '调整单',
                'ordering': ['-id'],
                'permissions': [('draft_adjustment', '起草调整单'), ('approve_adjustment', '审核调整单'), ('issue_adjustment', '调整单出账'), ('cancel_adjustment', '取消调整单')],
            },
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(BILL, BILL_REVERSE)],
            state_operations=[
                migrations.AddField(
                    model_name='bill',
                    name='adjustment',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bills', to='billing.adjustment', verbose_name='调整单'),
                ),
            ],
        ),
        migrations.CreateModel(
            name='AdjustmentLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ordinal', models.PositiveSmallIntegerField(verbose_name='序号')),
                ('item', models.CharField(max_length=40, verbose_name='项目')),
                ('working', models.CharField(max_length=300, verbose_name='计算说明')),
                ('should_fen', models.BigIntegerField(null=True, verbose_name='应为（分）')),
                ('billed_fen', models.BigIntegerField(null=True, verbose_name='原计（分）')),
                ('vat_rate', models.DecimalField(decimal_places=4, max_digits=4, verbose_name='税率')),
                ('amount_fen', models.BigIntegerField(verbose_name='金额（分）')),
                ('tax_fen', models.BigIntegerField(verbose_name='税额（分）')),
                ('adjustment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='billing.adjustment')),
                ('corrects', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='billing.billline', verbose_name='更正的明细')),
                ('season', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.heatingseason')),
            ],
            options={
                'verbose_name': '调整明细',
                'verbose_name_plural': '调整明细',
                'ordering': ['adjustment', 'ordinal'],
                'default_permissions': (),
            },
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount_fen__gt', 0), ('kind', 'supplement')), models.Q(('amount_fen__lt', 0), ('kind', 'credit')), _connector='OR'), name='adjustment_sign_fits_kind'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('created_by')), _negated=True), _connector='OR'), name='adjustment_approved_by_a_second_person'),
        ),
        migrations.AddConstraint(
            model_name='adjustmentline',
            constraint=models.UniqueConstraint(fields=('adjustment', 'ordinal'), name='one_adjustment_line_per_ordinal'),
        ),
        migrations.AddConstraint(
            model_name='adjustmentline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('billed_fen__isnull', True), ('should_fen__isnull', True)), ('amount_fen', django.db.models.expressions.CombinedExpression(models.F('should_fen'), '-', models.F('billed_fen'))), _connector='OR'), name='adjustment_line_is_the_difference'),
        ),
        migrations.RunSQL(CORRECTED, CORRECTED_REVERSE),
        migrations.RunSQL(FROZEN, FROZEN_REVERSE),
        migrations.RunSQL(GUARD, GUARD_REVERSE),
        migrations.RunSQL(protect("billing_adjustmentline"), unprotect("billing_adjustmentline")),
        migrations.RunSQL(ONE_POSTING, ONE_POSTING_REVERSE),
        migrations.RunSQL(FITS, FITS_REVERSE),
        migrations.RunSQL(PROVE, PROVE_REVERSE),
    ]
