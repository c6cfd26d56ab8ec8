from django.db import migrations

from billing.migrations import REPLACED
from office.tables.append_only import protect, unprotect

APPEND_ONLY = (
    "billing_bill",
    "billing_billline",
    "billing_transfer",
    "billing_payment",
    "billing_receipt",
    "billing_suspenseassignment",
)

# The state guard knows the one way from draft to published; this keeps everything else still.
PUBLISHED_PRICES = """
CREATE FUNCTION billing_refuse_published_price() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'billing_pricedocument' THEN
    IF OLD.state = 'published' THEN
      RAISE EXCEPTION 'published price document % never changes', OLD.number
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  ELSE
    IF TG_OP <> 'INSERT' AND EXISTS (
      SELECT FROM billing_pricedocument d WHERE d.id = OLD.document_id AND d.state = 'published'
    ) THEN
      RAISE EXCEPTION 'tariffs of a published price document never change'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP <> 'DELETE' AND EXISTS (
      SELECT FROM billing_pricedocument d
      WHERE d.id = NEW.document_id AND d.state = 'published' FOR SHARE
    ) THEN
      RAISE EXCEPTION 'a published price document takes no more tariffs'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER billing_pricedocument_published BEFORE UPDATE OR DELETE ON billing_pricedocument
  FOR EACH ROW EXECUTE FUNCTION billing_refuse_published_price();
CREATE TRIGGER billing_tariff_published BEFORE INSERT OR UPDATE OR DELETE ON billing_tariff
  FOR EACH ROW EXECUTE FUNCTION billing_refuse_published_price();
"""
PUBLISHED_PRICES_REVERSE = """
DROP TRIGGER billing_tariff_published ON billing_tariff;
DROP TRIGGER billing_pricedocument_published ON billing_pricedocument;
DROP FUNCTION billing_refuse_published_price();
"""


class Migration(migrations.Migration):
    replaces = REPLACED
    dependencies = [("billing", "0001_tables")]

    operations = [
        *[migrations.RunSQL(protect(table), unprotect(table)) for table in APPEND_ONLY],
        migrations.RunSQL(PUBLISHED_PRICES, PUBLISHED_PRICES_REVERSE),
    ]
