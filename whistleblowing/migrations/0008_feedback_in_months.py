"""Feedback within three months is three months: 90 days are a day too many in February."""

from django.db import migrations

DAYS = {"kind": "calendar_days", "days": 90, "day_end": "24:00"}
MONTHS = {"kind": "calendar_months", "months": 3}


def _replace(apps, terms, by):
    """Changes the rule that was there from the beginning; what is owed keeps its due time."""
    rules = apps.get_model("whistleblowing", "ClockRule").objects
    rules.filter(step="feedback", terms=terms).update(terms=by)


def to_months(apps, schema_editor):
    _replace(apps, DAYS, MONTHS)


def to_days(apps, schema_editor):
    _replace(apps, MONTHS, DAYS)


class Migration(migrations.Migration):

    dependencies = [
        ("whistleblowing", "0007_findings"),
    ]

    operations = [migrations.RunPython(to_months, to_days)]
