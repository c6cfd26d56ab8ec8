"""The content of a visit's step is called so in the code; its column keeps its name."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0011_resolved_before_the_visit'),
    ]

    operations = [
        migrations.AlterField(
            model_name='visitstep',
            name='said',
            field=models.JSONField(db_column='said', default=dict, verbose_name='内容'),
        ),
        migrations.RenameField(
            model_name='visitstep',
            old_name='said',
            new_name='content',
        ),
    ]
