"""Redaction of the case log, watches over reporters, pledges and trainings."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


# The function of migration 0005: beside the destruction of a whole report, redaction may replace
# what is sealed in the one entry that it names, and nothing else of it.
LOG = """
CREATE OR REPLACE FUNCTION whistleblowing_caseentry_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE'
     AND current_setting('whistleblowing.destroying', true) = OLD.report_id::text THEN
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE'
     AND current_setting('whistleblowing.redacting', true) = OLD.id::text
     AND to_jsonb(NEW) - 'sealed' = to_jsonb(OLD) - 'sealed' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is append-only: corrections are new rows', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
NO_LOG = """
CREATE OR REPLACE FUNCTION whistleblowing_caseentry_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE'
     AND current_setting('whistleblowing.destroying', true) = OLD.report_id::text THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% is append-only: corrections are new rows', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('office', '0011_organisation'),
        ('whistleblowing', '0005_retention'),
    ]

    operations = [
        migrations.CreateModel(
            name='Watch',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('public_key', models.BinaryField()),
                ('first_day', models.DateField(verbose_name='起始日期')),
                ('last_day', models.DateField(verbose_name='截止日期')),
            ],
            options={
                'verbose_name': '保护观察',
                'verbose_name_plural': '保护观察',
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='caseentry',
            name='replaced_digest',
            field=models.CharField(db_default='', default='', editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name='caseentry',
            name='replaces',
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='officer',
            name='protects_reporters',
            field=models.BooleanField(db_default=False, default=False, verbose_name='保护专员'),
        ),
        migrations.AlterField(
            model_name='systemevent',
            name='kind',
            field=models.CharField(choices=[('officer_appointed', '任命检举工作人员'), ('officer_dismissed', '免去检举工作人员'), ('keys_created', '设定密钥口令'), ('unlocked', '解锁密钥'), ('unlock_failed', '密钥口令错误'), ('passphrase_changed', '更换密钥口令'), ('escrow_laid', '交存恢复份额'), ('recovery_begun', '申请恢复密钥'), ('recovery_approved', '托管人同意恢复'), ('recovered', '密钥已恢复'), ('rule_published', '发布规则'), ('pledge_posts_set', '设置签署岗位'), ('pledges_recorded', '登记承诺'), ('training_recorded', '登记培训')], max_length=30, verbose_name='事件'),
        ),
        migrations.CreateModel(
            name='Training',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('held_on', models.DateField(verbose_name='培训日期')),
                ('topic', models.CharField(max_length=120, verbose_name='培训内容')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='whistleblowing.officer')),
            ],
            options={
                'verbose_name': '廉洁培训',
                'verbose_name_plural': '廉洁培训',
                'ordering': ['-held_on'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='WatchNote',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sealed', models.BinaryField()),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('watch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='whistleblowing.watch')),
            ],
            options={
                'verbose_name': '保护记录',
                'verbose_name_plural': '保护记录',
                'ordering': ['at'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='PledgeDuty',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('integrity', '廉洁承诺'), ('confidentiality', '保密承诺')], max_length=16, verbose_name='承诺')),
                ('first_day', models.DateField(verbose_name='起始日期')),
                ('last_day', models.DateField(null=True, verbose_name='截止日期')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.post')),
            ],
            options={
                'verbose_name': '签署岗位',
                'verbose_name_plural': '签署岗位',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(condition=models.Q(('last_day__isnull', True)), fields=('post', 'kind'), name='one_open_pledge_duty_of_a_kind')],
            },
        ),
        migrations.CreateModel(
            name='SignedPledge',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('integrity', '廉洁承诺'), ('confidentiality', '保密承诺')], max_length=16, verbose_name='承诺')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('signed_on', models.DateField(verbose_name='签署日期')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.person')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='whistleblowing.officer')),
            ],
            options={
                'verbose_name': '已签承诺',
                'verbose_name_plural': '已签承诺',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('person', 'kind', 'year'), name='signed_once_a_year')],
            },
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.person')),
                ('training', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to='whistleblowing.training')),
            ],
            options={
                'verbose_name': '参加培训',
                'verbose_name_plural': '参加培训',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('training', 'person'), name='attended_once')],
            },
        ),
        migrations.CreateModel(
            name='WatchShare',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sealed', models.BinaryField()),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='whistleblowing.officer')),
                ('watch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='whistleblowing.watch')),
            ],
            options={
                'verbose_name': '保护观察密钥',
                'verbose_name_plural': '保护观察密钥',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('watch', 'officer'), name='one_watch_share_per_officer')],
            },
        ),
        migrations.RunSQL(LOG, NO_LOG),
    ]
