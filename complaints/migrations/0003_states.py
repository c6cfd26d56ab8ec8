"""States move only along the tables in `complaints/states.py`; `tests/complaints/test_states.py` compares."""

from django.db import migrations

from complaints.migrations import REPLACED

GUARDS = [
    """
CREATE OR REPLACE FUNCTION complaints_ticket_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'open' THEN
      RAISE EXCEPTION 'complaints_ticket begins as open, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('assigned', 'working'), ('closed', 'open'), ('handed_over', 'resolved'), ('joined', 'open'), ('joined', 'resolved'), ('open', 'assigned'), ('open', 'handed_over'), ('open', 'joined'), ('open', 'resolved'), ('resolved', 'closed'), ('resolved', 'open'), ('working', 'assigned'), ('working', 'open'), ('working', 'resolved')) THEN
    RAISE EXCEPTION 'complaints_ticket: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS complaints_ticket_state_guard ON complaints_ticket;
CREATE TRIGGER complaints_ticket_state_guard BEFORE INSERT OR UPDATE ON complaints_ticket
  FOR EACH ROW EXECUTE FUNCTION complaints_ticket_state_guard();
""",
    """
CREATE OR REPLACE FUNCTION complaints_visit_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'assigned' THEN
      RAISE EXCEPTION 'complaints_visit begins as assigned, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('accepted', 'departed'), ('accepted', 'withdrawn'), ('arrived', 'completed'), ('arrived', 'withdrawn'), ('assigned', 'accepted'), ('assigned', 'withdrawn'), ('departed', 'arrived'), ('departed', 'withdrawn')) THEN
    RAISE EXCEPTION 'complaints_visit: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS complaints_visit_state_guard ON complaints_visit;
CREATE TRIGGER complaints_visit_state_guard BEFORE INSERT OR UPDATE ON complaints_visit
  FOR EACH ROW EXECUTE FUNCTION complaints_visit_state_guard();
""",
    """
CREATE OR REPLACE FUNCTION complaints_callback_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'due' THEN
      RAISE EXCEPTION 'complaints_callback begins as due, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('due', 'answered'), ('due', 'dropped'), ('due', 'escalated'), ('due', 'unanswered'), ('escalated', 'answered'), ('escalated', 'dropped'), ('escalated', 'unanswered'), ('unanswered', 'answered')) THEN
    RAISE EXCEPTION 'complaints_callback: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS complaints_callback_state_guard ON complaints_callback;
CREATE TRIGGER complaints_callback_state_guard BEFORE INSERT OR UPDATE ON complaints_callback
  FOR EACH ROW EXECUTE FUNCTION complaints_callback_state_guard();
""",
    """
CREATE OR REPLACE FUNCTION complaints_incident_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'registered' THEN
      RAISE EXCEPTION 'complaints_incident begins as registered, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('announced', 'cancelled'), ('announced', 'ongoing'), ('ongoing', 'restored'), ('registered', 'announced'), ('registered', 'cancelled'), ('registered', 'ongoing'), ('restored', 'closed')) THEN
    RAISE EXCEPTION 'complaints_incident: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS complaints_incident_state_guard ON complaints_incident;
CREATE TRIGGER complaints_incident_state_guard BEFORE INSERT OR UPDATE ON complaints_incident
  FOR EACH ROW EXECUTE FUNCTION complaints_incident_state_guard();
""",
    """
CREATE OR REPLACE FUNCTION complaints_articleversion_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
      RAISE EXCEPTION 'complaints_articleversion begins as draft, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('draft', 'published')) THEN
    RAISE EXCEPTION 'complaints_articleversion: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS complaints_articleversion_state_guard ON complaints_articleversion;
CREATE TRIGGER complaints_articleversion_state_guard BEFORE INSERT OR UPDATE ON complaints_articleversion
  FOR EACH ROW EXECUTE FUNCTION complaints_articleversion_state_guard();
""",
]
REVERSE = """
DROP TRIGGER IF EXISTS complaints_ticket_state_guard ON complaints_ticket;
DROP FUNCTION IF EXISTS complaints_ticket_state_guard();
DROP TRIGGER IF EXISTS complaints_visit_state_guard ON complaints_visit;
DROP FUNCTION IF EXISTS complaints_visit_state_guard();
DROP TRIGGER IF EXISTS complaints_callback_state_guard ON complaints_callback;
DROP FUNCTION IF EXISTS complaints_callback_state_guard();
DROP TRIGGER IF EXISTS complaints_incident_state_guard ON complaints_incident;
DROP FUNCTION IF EXISTS complaints_incident_state_guard();
DROP TRIGGER IF EXISTS complaints_articleversion_state_guard ON complaints_articleversion;
DROP FUNCTION IF EXISTS complaints_articleversion_state_guard();
"""


class Migration(migrations.Migration):
    replaces = REPLACED
    dependencies = [("complaints", "0002_rules")]

    operations = [migrations.RunSQL("".join(GUARDS), REVERSE)]
