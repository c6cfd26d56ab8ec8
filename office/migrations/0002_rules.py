from django.db import migrations

from office.tables.append_only import CREATE_FUNCTION, DROP_FUNCTION, protect, unprotect
from office.migrations import REPLACED

APPEND_ONLY = ("office_journalentry", "office_calendarversion", "office_documentaccess")

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
    replaces = REPLACED
    dependencies = [("office", "0001_tables")]

    operations = [
        migrations.RunSQL(CREATE_FUNCTION, DROP_FUNCTION),
        *[migrations.RunSQL(protect(table), unprotect(table)) for table in APPEND_ONLY],
        migrations.RunSQL(KEEP, KEEP_REVERSE),
    ]
