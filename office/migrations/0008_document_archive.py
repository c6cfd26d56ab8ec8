import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from office.append_only import protect, unprotect

# What is kept against disputes stays as it came, and stays until its time is over.
KEEP = """
CREATE FUNCTION office_keep_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.kept_until IS NULL OR OLD.kept_until >= current_date THEN
      RAISE EXCEPTION 'document % is kept until %', OLD.id, coalesce(OLD.kept_until::text, 'ever')
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
  END IF;
  IF (NEW.company_id, NEW.kind, NEW.file, NEW.content_type, NEW.size, NEW.sha256,
      NEW.record_type_id, NEW.record_id, NEW.uploaded_by_id, NEW.uploaded_at)
    IS DISTINCT FROM
     (OLD.company_id, OLD.kind, OLD.file, OLD.content_type, OLD.size, OLD.sha256,
      OLD.record_type_id, OLD.record_id, OLD.uploaded_by_id, OLD.uploaded_at)
  THEN
    RAISE EXCEPTION 'document % never changes', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.kept_until IS NOT NULL AND (OLD.kept_until IS NULL OR NEW.kept_until < OLD.kept_until)
  THEN
    RAISE EXCEPTION 'document % is not kept for a shorter time than it was', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER office_keep_document BEFORE UPDATE OR DELETE ON office_document
  FOR EACH ROW EXECUTE FUNCTION office_keep_document();
"""
KEEP_REVERSE = """
DROP TRIGGER office_keep_document ON office_document;
DROP FUNCTION office_keep_document();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('office', '0007_calendar_versions'),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='kept_until',
            field=models.DateField(null=True, verbose_name='保存至'),
        ),
        migrations.CreateModel(
            name='DocumentAccess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, verbose_name='时间')),
                ('actor', models.CharField(max_length=150, verbose_name='调阅人')),
                ('origin', models.CharField(blank=True, max_length=64, verbose_name='来源地址')),
                ('outcome', models.CharField(choices=[('opened', '已打开'), ('altered', '内容被改动，已拒绝'), ('missing', '文件丢失')], max_length=8, verbose_name='结果')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='员工')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accesses', to='office.document', verbose_name='档案')),
            ],
            options={
                'verbose_name': '档案调阅',
                'verbose_name_plural': '档案调阅',
                'ordering': ['-id'],
                'indexes': [
                    models.Index(
                        condition=models.Q(('outcome', 'opened'), _negated=True),
                        fields=['-id'],
                        name='document_access_damaged',
                    ),
                ],
            },
        ),
        migrations.RunSQL(protect("office_documentaccess"), unprotect("office_documentaccess")),
        migrations.RunSQL(KEEP, KEEP_REVERSE),
    ]
