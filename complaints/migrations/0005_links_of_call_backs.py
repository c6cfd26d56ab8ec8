"""Links of call-backs become one-time links of the office; a call-back given up is over."""

from django.db import migrations, models

GUARD = """
CREATE OR REPLACE FUNCTION complaints_callback_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'due' THEN
      RAISE EXCEPTION 'complaints_callback begins as due, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('due', 'answered'), ('due', 'dropped'), ('due', 'escalated'), ('due', 'unanswered'), ('escalated', 'answered'), ('escalated', 'dropped'), ('escalated', 'unanswered')) THEN
    RAISE EXCEPTION 'complaints_callback: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS complaints_callback_state_guard ON complaints_callback;
CREATE TRIGGER complaints_callback_state_guard BEFORE INSERT OR UPDATE ON complaints_callback
  FOR EACH ROW EXECUTE FUNCTION complaints_callback_state_guard();
"""
GUARD_BEFORE = """
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
"""


def move_links(apps, schema_editor):
    """Takes the open links of live call-backs over; the others open nothing any more."""
    content_types = apps.get_model("contenttypes", "ContentType")
    kind, _created = content_types.objects.get_or_create(app_label="complaints", model="callback")
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(MOVE, [kind.pk])


def keep_links(apps, schema_editor):
    """Leaves the links in both places: the columns were never emptied."""


MOVE = """
INSERT INTO office_onetimelink
    (company_id, purpose, record_type_id, record_id, recipient, token_digest, issued_at, valid_until)
SELECT ticket.company_id, 'answer_call_back', %s, call_back.id, '', call_back.token_digest,
       call_back.token_expires_at - interval '7 days', call_back.token_expires_at
FROM complaints_callback call_back JOIN complaints_ticket ticket ON ticket.id = call_back.ticket_id
WHERE call_back.token_digest IS NOT NULL AND call_back.token_expires_at IS NOT NULL
  AND call_back.state IN ('due', 'escalated')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0004_tallies"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("office", "0006_one_time_links"),
    ]

    operations = [
        migrations.RunPython(move_links, keep_links),
        # The version before still reads and writes these columns; a later migration drops them.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField("callback", "token_digest"),
                migrations.RemoveField("callback", "token_expires_at"),
            ]
        ),
        migrations.AlterField(
            "callbackpolicy",
            "after_unanswered",
            models.CharField(
                choices=[("give_up", "结束回访"), ("escalate", "转客服主管回访")],
                max_length=10,
                verbose_name="未能接通时",
            ),
        ),
        migrations.RunSQL(GUARD, GUARD_BEFORE),
    ]
