"""What the list of cases shows while the name of the accused is covered."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('whistleblowing', '0008_feedback_in_months'),
    ]

    operations = [
        migrations.AddField(
            model_name='report',
            name='covered_name',
            field=models.BinaryField(null=True),
        ),
    ]
