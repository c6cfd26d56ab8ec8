"""A ticket may be resolved before its crew went there: the heat is back, its visit is withdrawn."""

from django.db import migrations

GUARD = """
CREATE OR REPLACE FUNCTION complaints_ticket_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'open' THEN
      RAISE EXCEPTION 'complaints_ticket begins as open, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('assigned', 'open'), ('assigned', 'resolved'), ('assigned', 'working'), ('closed', 'open'), ('handed_over', 'open'), ('handed_over', 'resolved'), ('joined', 'open'), ('joined', 'resolved'), ('open', 'assigned'), ('open', 'handed_over'), ('open', 'joined'), ('open', 'resolved'), ('resolved', 'closed'), ('resolved', 'open'), ('working', 'assigned'), ('working', 'open'), ('working', 'resolved')) THEN
    RAISE EXCEPTION 'complaints_ticket: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS complaints_ticket_state_guard ON complaints_ticket;
CREATE TRIGGER complaints_ticket_state_guard BEFORE INSERT OR UPDATE ON complaints_ticket
  FOR EACH ROW EXECUTE FUNCTION complaints_ticket_state_guard();
"""
BEFORE = """
CREATE OR REPLACE FUNCTION complaints_ticket_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'open' THEN
      RAISE EXCEPTION 'complaints_ticket begins as open, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('assigned', 'open'), ('assigned', 'working'), ('closed', 'open'), ('handed_over', 'open'), ('handed_over', 'resolved'), ('joined', 'open'), ('joined', 'resolved'), ('open', 'assigned'), ('open', 'handed_over'), ('open', 'joined'), ('open', 'resolved'), ('resolved', 'closed'), ('resolved', 'open'), ('working', 'assigned'), ('working', 'open'), ('working', 'resolved')) THEN
    RAISE EXCEPTION 'complaints_ticket: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS complaints_ticket_state_guard ON complaints_ticket;
CREATE TRIGGER complaints_ticket_state_guard BEFORE INSERT OR UPDATE ON complaints_ticket
  FOR EACH ROW EXECUTE FUNCTION complaints_ticket_state_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("complaints", "0010_ticket_keeps_its_contract")]

    operations = [migrations.RunSQL(GUARD, BEFORE)]
