"""Append-only tables: a trigger of the database refuses to change or delete a row."""

CREATE_FUNCTION = """
CREATE OR REPLACE FUNCTION office_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: corrections are new rows', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
DROP_FUNCTION = "DROP FUNCTION IF EXISTS office_refuse_change();"


def protect(table: str) -> str:
    """Returns SQL that makes a table append-only; partitions attached later inherit the trigger."""
    return f"""
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION office_refuse_change();
"""


def unprotect(table: str) -> str:
    """Returns SQL that takes back `protect`, for migrations."""
    return f"DROP TRIGGER IF EXISTS {table}_append_only ON {table};"
