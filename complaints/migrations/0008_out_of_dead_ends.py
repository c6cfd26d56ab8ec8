"""Brings back tickets from where nothing led on.

These are work that was handed over while it was an enquiry, and enquiries that a crew was sent to.
"""

from django.db import migrations

DEAD_ENDS = """
UPDATE complaints_visit v SET state = 'withdrawn' FROM complaints_ticket t
WHERE t.id = v.ticket_id AND t.kind = 'enquiry' AND t.state IN ('assigned', 'working')
  AND v.state IN ('assigned', 'accepted', 'departed', 'arrived');
UPDATE complaints_ticket SET state = 'open', crew_id = NULL, version = version + 1
WHERE (kind <> 'enquiry' AND state = 'handed_over')
   OR (kind = 'enquiry' AND state IN ('assigned', 'working'));
"""


class Migration(migrations.Migration):
    dependencies = [("complaints", "0007_reclassified_waits_again")]

    operations = [migrations.RunSQL(DEAD_ENDS, migrations.RunSQL.noop)]
