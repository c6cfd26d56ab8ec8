from django.db import migrations

from complaints.migrations import REPLACED

# Equal tallies have equal digests. Of functions by which PostgreSQL itself partitions tables, so
# that a new version keeps them.
DIGEST = """
CREATE FUNCTION complaints_tally_digest(
    record bigint, heat_station bigint, crew bigint, minutes int, hit boolean, kind text,
    channel text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN hashint8extended(record, hashint8extended(
    (coalesce(minutes, -1)::bigint << 1) | hit::int, hashint8extended(
    (coalesce(crew, 0) << 31) # coalesce(heat_station, 0),
    hashtextextended(kind, hashtextextended(channel, 0)))));
ALTER TABLE complaints_kpitally ADD COLUMN digest bigint GENERATED ALWAYS AS (
    complaints_tally_digest(record, heat_station_id, crew_id, minutes, hit, kind, channel)) STORED;
"""
# The column goes with it.
DIGEST_REVERSE = "DROP FUNCTION complaints_tally_digest CASCADE;"
# Whoever changes what a ticket's tallies follow from, the database notes the ticket.
NOTE = """
CREATE FUNCTION complaints_note_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'complaints_ticket' THEN
    INSERT INTO complaints_kpistale (ticket_id) VALUES (NEW.id);
  ELSIF TG_TABLE_NAME = 'complaints_temperaturetest' THEN
    INSERT INTO complaints_kpistale (test_id) VALUES (NEW.id);
  ELSIF TG_TABLE_NAME = 'complaints_callbackattempt' THEN
    INSERT INTO complaints_kpistale (ticket_id)
      SELECT ticket_id FROM complaints_callback WHERE id = NEW.call_back_id;
  ELSE
    INSERT INTO complaints_kpistale (ticket_id) VALUES (NEW.ticket_id);
  END IF;
  RETURN NULL;
END $$;
"""
NOTED = {
    "complaints_ticket": (
        "UPDATE OF company_id, heat_station_id, kind, channel, reported_at, due_at, redo_count"
    ),
    "complaints_clockevent": "",
    "complaints_visit": (
        "UPDATE OF crew_id, state, redo_round, assigned_at, arrived_at, outcome"
    ),
    "complaints_callback": (
        "UPDATE OF policy_id, state, owed_since, due_at, answered_at, satisfaction"
    ),
    "complaints_callbackattempt": "",
    "complaints_temperaturetest": "",
}
TRIGGERS = "".join(
    f"""
CREATE TRIGGER {table}_note_stale AFTER INSERT {"OR " + change if change else ""} ON {table}
  FOR EACH ROW EXECUTE FUNCTION complaints_note_stale();
"""
    for table, change in NOTED.items()
)
TRIGGERS_REVERSE = "".join(f"DROP TRIGGER {table}_note_stale ON {table};" for table in NOTED)


class Migration(migrations.Migration):
    replaces = REPLACED
    dependencies = [("complaints", "0003_states")]

    operations = [
        migrations.RunSQL(DIGEST, DIGEST_REVERSE),
        migrations.RunSQL(NOTE, "DROP FUNCTION complaints_note_stale();"),
        migrations.RunSQL(TRIGGERS, TRIGGERS_REVERSE),
    ]
