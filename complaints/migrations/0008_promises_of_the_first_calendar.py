"""What was promised before versions were kept was promised by the first version of each year."""

from django.db import migrations

FIRST_CALENDAR = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE complaints_promise DISABLE TRIGGER complaints_promise_append_only;
UPDATE complaints_promise AS promise
SET calendar_id = (SELECT max(id) FROM office_calendarversion WHERE ordinal = 1)
FROM complaints_promiserule AS rule
WHERE rule.id = promise.rule_id AND rule.terms ->> 'kind' = 'working_days';
ALTER TABLE complaints_promise ENABLE TRIGGER complaints_promise_append_only;
UPDATE complaints_callback AS call_back
SET calendar_id = (SELECT max(id) FROM office_calendarversion WHERE ordinal = 1)
FROM complaints_promiserule AS rule
WHERE rule.id = call_back.rule_id AND rule.terms ->> 'kind' = 'working_days';
UPDATE complaints_ticket AS ticket
SET provisional = true
WHERE (
    SELECT promise.provisional FROM complaints_promise AS promise
    WHERE promise.ticket_id = ticket.id ORDER BY promise.id DESC LIMIT 1
);
"""


class Migration(migrations.Migration):
    dependencies = [("complaints", "0007_promises_keep_their_calendar")]

    operations = [migrations.RunSQL(FIRST_CALENDAR, migrations.RunSQL.noop)]
