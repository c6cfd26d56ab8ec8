"""Orders of unknown fate that a supervisor overruled, so that the counter takes other money."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0029_metering'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='attempt',
            options={'permissions': [('overrule_order', '放行柜台收款')], 'verbose_name': '支付尝试', 'verbose_name_plural': '支付尝试'},
        ),
        migrations.AddField(
            model_name='attempt',
            name='overruled_at',
            field=models.DateTimeField(null=True, verbose_name='放行时间'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='overruled_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='放行人'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='overruled_reason',
            field=models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='放行原因'),
        ),
    ]
