"""What PostgreSQL refuses, the salt of receipts, and the first time limits with their sources."""

import secrets
import uuid
from datetime import date

from django.conf import settings
from django.db import migrations

from office.tables.append_only import protect, unprotect

REPORT = """
CREATE OR REPLACE FUNCTION whistleblowing_report_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'received' THEN
      RAISE EXCEPTION 'whistleblowing_report begins as received, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('checking', 'declined'), ('checking', 'opened'), ('closed', 'checking'), ('decided', 'fed_back'), ('declined', 'fed_back'), ('fed_back', 'closed'), ('fed_back', 'objected'), ('investigating', 'reported'), ('objected', 'checking'), ('objected', 'fed_back'), ('opened', 'investigating'), ('received', 'checking'), ('reported', 'decided')) THEN
    RAISE EXCEPTION 'whistleblowing_report: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS whistleblowing_report_state_guard ON whistleblowing_report;
CREATE TRIGGER whistleblowing_report_state_guard BEFORE INSERT OR UPDATE ON whistleblowing_report
  FOR EACH ROW EXECUTE FUNCTION whistleblowing_report_state_guard();
"""
NO_REPORT = """
DROP TRIGGER IF EXISTS whistleblowing_report_state_guard ON whistleblowing_report;
DROP FUNCTION IF EXISTS whistleblowing_report_state_guard();
"""
APPEND_ONLY = ("whistleblowing_caseentry", "whistleblowing_systemevent")

EU = "EU 2019/1937 art. 9"
INSPECTION = "纪检监察机关处理检举控告工作规则（2020，参照）"
RULES = (
    ("acknowledge", {"kind": "calendar_days", "days": 7, "day_end": "24:00"}, 2, EU),
    ("feedback", {"kind": "calendar_days", "days": 90, "day_end": "24:00"}, 14, EU),
    ("accept", {"kind": "working_days", "days": 15, "day_end": "24:00"}, 3, INSPECTION),
    ("result", {"kind": "working_days", "days": 15, "day_end": "24:00"}, 3, INSPECTION),
    ("reply", {"kind": "working_days", "days": 3, "day_end": "24:00"}, 1, "ISO 37002:2021"),
    ("object", {"kind": "calendar_days", "days": 30, "day_end": "24:00"}, 0, "默认值，以集团制度为准"),
)


def fill(apps, schema_editor):
    """Writes the salt, once and for ever, and the rules."""
    operations, memory = settings.WHISTLEBLOWING_ARGON2
    apps.get_model("whistleblowing", "ReceiptSalt").objects.create(
        id=uuid.uuid4(), salt=secrets.token_bytes(16), operations=operations, memory=memory
    )
    rule = apps.get_model("whistleblowing", "ClockRule")
    for step, terms, remind_days, source in RULES:
        rule.objects.create(
            id=uuid.uuid4(),
            step=step,
            starts=date(2020, 1, 1),
            terms=terms,
            remind_days=remind_days,
            source=source,
        )


class Migration(migrations.Migration):

    dependencies = [
        ("office", "0002_rules"),
        ("whistleblowing", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(REPORT, NO_REPORT),
        *(migrations.RunSQL(protect(table), unprotect(table)) for table in APPEND_ONLY),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
