"""States move only along `customers/states.py`; `tests/customers/messages/` compares."""

from django.db import migrations

from customers.migrations import REPLACED

GUARD = """
CREATE OR REPLACE FUNCTION customers_message_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'waiting' THEN
      RAISE EXCEPTION 'customers_message begins as waiting, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('failed', 'waiting'), ('sending', 'failed'), ('sending', 'sent'), ('sending', 'unclear'), ('sending', 'waiting'), ('unclear', 'waiting'), ('waiting', 'expired'), ('waiting', 'sending')) THEN
    RAISE EXCEPTION 'customers_message: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS customers_message_state_guard ON customers_message;
CREATE TRIGGER customers_message_state_guard BEFORE INSERT OR UPDATE ON customers_message
  FOR EACH ROW EXECUTE FUNCTION customers_message_state_guard();
"""
UNGUARD = """
DROP TRIGGER IF EXISTS customers_message_state_guard ON customers_message;
DROP FUNCTION IF EXISTS customers_message_state_guard();
"""


class Migration(migrations.Migration):
    replaces = REPLACED
    dependencies = [("customers", "0002_rules")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
