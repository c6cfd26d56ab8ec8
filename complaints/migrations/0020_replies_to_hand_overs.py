import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from office.append_only import protect, unprotect


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0019_call_backs_apart_and_the_managers'),
        ('office', '0010_drop_workday_overrides'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HandOverReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=1000, verbose_name='答复内容')),
                ('replied_at', models.DateTimeField(verbose_name='答复时间')),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.document', verbose_name='附件')),
                ('hand_over', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reply', to='complaints.handover', verbose_name='转办')),
                ('replied_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='答复人')),
            ],
            options={
                'verbose_name': '部门答复',
                'verbose_name_plural': '部门答复',
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='reply_says_something')],
            },
        ),
        migrations.AlterModelOptions(
            name='handover',
            options={'ordering': ['-id'], 'permissions': [('reply_to_hand_over', '答复转办')], 'verbose_name': '转办', 'verbose_name_plural': '转办'},
        ),
        migrations.AddIndex(
            model_name='handover',
            index=models.Index(fields=['department', '-id'], name='hand_over_newest'),
        ),
        # A reply is never changed: who has more to say is asked again.
        migrations.RunSQL(
            protect("complaints_handoverreply"), unprotect("complaints_handoverreply")
        ),
    ]
