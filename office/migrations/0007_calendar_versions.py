from collections import defaultdict

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from office.append_only import protect, unprotect

TABLE = "office_calendarversion"
NOTICES = {
    2024: ("国办发明电〔2023〕7号", "2023-10-25"),
    2025: ("国办发明电〔2024〕12号", "2024-11-12"),
    2026: ("国办发明电〔2025〕7号", "2025-11-04"),
}
# A year's arrangement has more days than this; a day entered alone did not make a year known.
LEAST_DAYS = 10


def first_versions(apps, schema_editor):
    """Every year on record becomes the first version of its year, with the days as they stood."""
    WorkdayOverride = apps.get_model("office", "WorkdayOverride")
    CalendarVersion = apps.get_model("office", "CalendarVersion")
    years = defaultdict(list)
    for row in WorkdayOverride.objects.order_by("date"):
        # What Monday to Friday says anyway never counted.
        if row.is_workday == (row.date.weekday() >= 5):
            years[row.date.year].append(row)
    for year, rows in sorted(years.items()):
        if len(rows) < LEAST_DAYS:
            continue
        notice, noticed_on = NOTICES.get(year, (rows[0].notice, None))
        CalendarVersion.objects.create(
            year=year,
            ordinal=1,
            notice=notice,
            noticed_on=noticed_on,
            days_off=[row.date for row in rows if not row.is_workday],
            days_at_work=[row.date for row in rows if row.is_workday],
            published_at=timezone.now(),
        )


class Migration(migrations.Migration):
    dependencies = [("office", "0006_reset_two_factors")]

    operations = [
        migrations.CreateModel(
            name="CalendarVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("ordinal", models.PositiveSmallIntegerField(verbose_name="版次")),
                ("notice", models.CharField(max_length=80, verbose_name="文号")),
                ("noticed_on", models.DateField(null=True, verbose_name="发文日期")),
                (
                    "days_off",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateField(), size=None, verbose_name="放假"
                    ),
                ),
                (
                    "days_at_work",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateField(), size=None, verbose_name="上班"
                    ),
                ),
                (
                    "reason",
                    models.CharField(blank=True, max_length=200, verbose_name="修订原因"),
                ),
                ("published_at", models.DateTimeField(verbose_name="发布时间")),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发布人",
                    ),
                ),
            ],
            options={
                "verbose_name": "节假日安排",
                "verbose_name_plural": "节假日安排",
                "ordering": ["-year", "-ordinal"],
                "permissions": [("publish_calendar", "发布节假日安排")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("year", "ordinal"), name="calendar_version_in_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ordinal", 1),
                            models.Q(("ordinal__gt", 1), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="calendar_revised_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.RunPython(first_versions, migrations.RunPython.noop),
        migrations.RunSQL(protect(TABLE), unprotect(TABLE)),
        # The table stays until no version runs any more that reads it.
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel(name="WorkdayOverride")]
        ),
    ]
