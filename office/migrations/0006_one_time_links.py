import django.db.models.deletion
from django.db import migrations, models


# A link that is used or revoked stays so, and none is ever pointed at another record.
KEEP = """
CREATE FUNCTION office_keep_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.used_at IS NOT NULL OR OLD.revoked_at IS NOT NULL THEN
    RAISE EXCEPTION 'link % is over', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (NEW.purpose, NEW.record_type_id, NEW.record_id, NEW.token_digest, NEW.valid_until)
    IS DISTINCT FROM
     (OLD.purpose, OLD.record_type_id, OLD.record_id, OLD.token_digest, OLD.valid_until)
  THEN
    RAISE EXCEPTION 'link % never changes', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER office_keep_link BEFORE UPDATE ON office_onetimelink
  FOR EACH ROW EXECUTE FUNCTION office_keep_link();
"""
KEEP_REVERSE = """
DROP TRIGGER office_keep_link ON office_onetimelink;
DROP FUNCTION office_keep_link();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('office', '0005_approvals'),
    ]

    operations = [
        migrations.CreateModel(
            name='OneTimeLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(max_length=40, verbose_name='用途')),
                ('record_id', models.BigIntegerField(verbose_name='对象')),
                ('recipient', models.CharField(blank=True, max_length=80, verbose_name='收件人')),
                ('token_digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('issued_at', models.DateTimeField(verbose_name='签发时间')),
                ('valid_until', models.DateTimeField(verbose_name='链接失效')),
                ('used_at', models.DateTimeField(null=True, verbose_name='使用时间')),
                ('revoked_at', models.DateTimeField(null=True, verbose_name='作废时间')),
                ('company', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('record_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype', verbose_name='对象类型')),
            ],
            options={
                'verbose_name': '一次性链接',
                'verbose_name_plural': '一次性链接',
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True), ('used_at__isnull', True)), fields=('record_type', 'record_id', 'purpose'), name='one_open_link_per_purpose'), models.CheckConstraint(condition=models.Q(('used_at__isnull', True), ('revoked_at__isnull', True), _connector='OR'), name='link_used_or_revoked')],
            },
        ),
        migrations.RunSQL(KEEP, KEEP_REVERSE),
    ]
