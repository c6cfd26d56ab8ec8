"""A run bears one business date, fixed when carrying out begins. Runs issued before have none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0007_settlement")]

    operations = [
        migrations.AddField(
            model_name="billingrun",
            name="business_date",
            field=models.DateField(null=True, verbose_name="入账日期"),
        ),
    ]
