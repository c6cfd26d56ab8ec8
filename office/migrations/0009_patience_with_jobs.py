"""Interruptions of a job are counted since it last came further."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office", "0008_books_begin_on")]

    operations = [
        migrations.AddField(
            model_name="job",
            name="furthest",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="最远进度"),
        ),
        migrations.AddField(
            model_name="job",
            name="fruitless",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, verbose_name="无进展的中断次数"
            ),
        ),
    ]
