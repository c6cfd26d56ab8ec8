"""A reclassified ticket waits again, and a joined one says by whose visit it ended."""

import django.db.models.deletion
from django.db import migrations, models

GUARD = """
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
BEFORE = """
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
"""


class Migration(migrations.Migration):
    dependencies = [("complaints", "0006_drop_old_links")]

    operations = [
        migrations.RunSQL(GUARD, BEFORE),
        migrations.AddField(
            model_name="clockevent",
            name="main_visit",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="complaints.visit",
                verbose_name="主单的上门",
            ),
        ),
    ]
