from datetime import date

from django.db import migrations
from django.utils import timezone

from office.migrations import REPLACED

# Weekdays off and weekend days at work, as the State Council arranged them (chinesecalendar 1.11).
# Later years are entered when their notice is published: nothing is guessed.
ARRANGED = {
    2024: (
        """
            01-01 02-12 02-13 02-14 02-15 02-16 04-04 04-05 05-01 05-02 05-03 06-10
            09-16 09-17 10-01 10-02 10-03 10-04 10-07
        """,
        """
            02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12
        """,
    ),
    2025: (
        """
            01-01 01-28 01-29 01-30 01-31 02-03 02-04 04-04 05-01 05-02 05-05 06-02
            10-01 10-02 10-03 10-06 10-07 10-08
        """,
        """
            01-26 02-08 04-27 09-28 10-11
        """,
    ),
    2026: (
        """
            01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05
            06-19 09-25 10-01 10-02 10-05 10-06 10-07
        """,
        """
            01-04 02-14 02-28 05-09 09-20 10-10
        """,
    ),
}
# The number and the day of the notice.
NOTICES = {
    2024: ("国办发明电〔2023〕7号", "2023-10-25"),
    2025: ("国办发明电〔2024〕12号", "2024-11-12"),
    2026: ("国办发明电〔2025〕7号", "2025-11-04"),
}


def days():
    """Yields every arranged day with whether it is a day at work."""
    for year, (off, at_work) in ARRANGED.items():
        for text, is_workday in ((off, False), (at_work, True)):
            for day in dates(year, text):
                yield day, is_workday


def dates(year, text):
    return [date.fromisoformat(f"{year}-{month_day}") for month_day in text.split()]


def publish_calendars(apps, schema_editor):
    CalendarVersion = apps.get_model("office", "CalendarVersion")
    for year, (notice, noticed_on) in NOTICES.items():
        off, at_work = ARRANGED[year]
        CalendarVersion.objects.create(
            year=year,
            ordinal=1,
            notice=notice,
            noticed_on=noticed_on,
            days_off=dates(year, off),
            days_at_work=dates(year, at_work),
            published_at=timezone.now(),
        )


class Migration(migrations.Migration):
    replaces = REPLACED
    dependencies = [("office", "0003_first_companies")]

    operations = [migrations.RunPython(publish_calendars, migrations.RunPython.noop)]
