"""Rules that Django cannot say: states move along `suppliers/states.py`, what was seen stays."""

from django.db import migrations

from office.tables.append_only import protect, unprotect

BANKACCOUNT = """
CREATE OR REPLACE FUNCTION suppliers_supplierbankaccount_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'proposed' THEN
      RAISE EXCEPTION 'suppliers_supplierbankaccount begins as proposed, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('confirmed', 'ended'), ('proposed', 'confirmed'), ('proposed', 'rejected')) THEN
    RAISE EXCEPTION 'suppliers_supplierbankaccount: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS suppliers_supplierbankaccount_state_guard ON suppliers_supplierbankaccount;
CREATE TRIGGER suppliers_supplierbankaccount_state_guard BEFORE INSERT OR UPDATE ON suppliers_supplierbankaccount
  FOR EACH ROW EXECUTE FUNCTION suppliers_supplierbankaccount_state_guard();
"""
PAPER = """
CREATE OR REPLACE FUNCTION suppliers_supplierpaper_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'handed_in' THEN
      RAISE EXCEPTION 'suppliers_supplierpaper begins as handed_in, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('handed_in', 'rejected'), ('handed_in', 'verified'), ('verified', 'replaced')) THEN
    RAISE EXCEPTION 'suppliers_supplierpaper: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS suppliers_supplierpaper_state_guard ON suppliers_supplierpaper;
CREATE TRIGGER suppliers_supplierpaper_state_guard BEFORE INSERT OR UPDATE ON suppliers_supplierpaper
  FOR EACH ROW EXECUTE FUNCTION suppliers_supplierpaper_state_guard();
"""


def unguard(table: str) -> str:
    """Returns SQL that takes a guard back."""
    return f"""
DROP TRIGGER IF EXISTS {table}_state_guard ON {table};
DROP FUNCTION IF EXISTS {table}_state_guard();
"""


APPEND_ONLY = (
    "suppliers_paperverification",
    "suppliers_supplierevent",
    "suppliers_supplierownerevent",
    "suppliers_suppliercontactevent",
)


class Migration(migrations.Migration):
    dependencies = [("suppliers", "0001_tables"), ("office", "0002_rules")]

    operations = [
        migrations.RunSQL(BANKACCOUNT, unguard("suppliers_supplierbankaccount")),
        migrations.RunSQL(PAPER, unguard("suppliers_supplierpaper")),
        *(migrations.RunSQL(protect(table), unprotect(table)) for table in APPEND_ONLY),
    ]
