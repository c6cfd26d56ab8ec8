"""Dated rows that are only ever ended: a trigger refuses every other change and every deletion.

The chain of command of an earlier day is read from such rows; nobody may write it anew.
"""

from collections.abc import Sequence

# The function takes the columns that may be filled in when a row is ended, last_day among them.
CREATE_FUNCTION = """
CREATE OR REPLACE FUNCTION office_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.last_day IS NULL
     AND to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '%: a dated row is ended, never changed or deleted', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
DROP_FUNCTION = "DROP FUNCTION IF EXISTS office_refuse_rewriting();"


def only_ended(table: str, columns: Sequence[str] = ("last_day",)) -> str:
    """Returns SQL that lets a row of the table only be ended, by filling in these columns."""
    arguments = ", ".join(f"'{column}'" for column in columns)
    return f"""
CREATE TRIGGER {table}_only_ended BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION office_refuse_rewriting({arguments});
"""


def freely_changed(table: str) -> str:
    """Returns SQL that takes back `only_ended`, for migrations."""
    return f"DROP TRIGGER IF EXISTS {table}_only_ended ON {table};"
