from datetime import date

from django.db import migrations

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


def days():
    for year, (off, at_work) in ARRANGED.items():
        for text, is_workday in ((off, False), (at_work, True)):
            for month_day in text.split():
                yield date.fromisoformat(f"{year}-{month_day}"), is_workday


def add_workdays(apps, schema_editor):
    WorkdayOverride = apps.get_model("office", "WorkdayOverride")
    WorkdayOverride.objects.bulk_create(
        [
            WorkdayOverride(
                date=day, is_workday=is_workday, notice=f"国务院办公厅{day.year}年节假日安排"
            )
            for day, is_workday in days()
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("office", "0004_user_permissions")]

    operations = [migrations.RunPython(add_workdays, migrations.RunPython.noop)]
