"""A step keeps the phone's own time beside the corrected one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("complaints", "0008_out_of_dead_ends")]

    operations = [
        migrations.AddField(
            model_name="visitstep",
            name="phone_time",
            field=models.DateTimeField(null=True, verbose_name="手机显示的时间"),
        ),
        migrations.AddField(
            model_name="visitstep",
            name="phone_sent_at",
            field=models.DateTimeField(null=True, verbose_name="手机显示的发送时间"),
        ),
    ]
