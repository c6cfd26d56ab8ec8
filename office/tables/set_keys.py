"""Foreign keys proved in sets: one look for all rows of a statement instead of one for each.

PostgreSQL's own foreign keys look up and lock the parent of every single row, which is the
larger part of writing half a million. Here a statement's rows are proved together, and nothing
needs a lock because the database refuses to delete a parent or to change its number.
"""

from collections.abc import Mapping

# From so many written rows on, reading all parents once costs less than looking each one up.
MANY_ROWS = 1000

CREATE_FUNCTION = """
CREATE OR REPLACE FUNCTION office_refuse_loss() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are referred to and stay: nothing here is deleted', TG_TABLE_NAME
    USING ERRCODE = 'foreign_key_violation';
END $$;
"""
DROP_FUNCTION = "DROP FUNCTION IF EXISTS office_refuse_loss();"


def keep_parents(table: str) -> str:
    """SQL that makes the rows of a table stay, so that what refers to them need not hold them."""
    return f"""
CREATE TRIGGER {table}_stays BEFORE DELETE OR UPDATE OF id ON {table}
  FOR EACH ROW EXECUTE FUNCTION office_refuse_loss();
"""


def release_parents(table: str) -> str:
    """The reverse of `keep_parents`."""
    return f"DROP TRIGGER IF EXISTS {table}_stays ON {table};"


def prove_keys(table: str, parents: Mapping[str, str]) -> str:
    """SQL that proves after every statement that the rows it wrote have their parents.

    `parents` maps a column to the table whose `id` it holds; empty columns refer to nothing.
    """
    function = f"{table}_prove_keys"
    triggers = "".join(
        f"""
CREATE TRIGGER {function}_on_{event} AFTER {event} ON {table}
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION {function}();
"""
        for event in ("insert", "update")
    )
    return f"{replace_proof(table, parents)}{triggers}"


def replace_proof(table: str, parents: Mapping[str, str]) -> str:
    """SQL that creates or replaces the function of `prove_keys`; the triggers stay.

    Parents that were loaded a moment ago, or restored, have no statistics or those of an empty
    table: the planner then compares each written row with each parent, which takes minutes where a
    hash takes a second. So the plan is chosen by how many rows were written. The setting ends with
    the function, because the function has it too.
    """
    proofs = "".join(_proof(table, column, parent) for column, parent in parents.items())
    return f"""
CREATE OR REPLACE FUNCTION {table}_prove_keys() RETURNS trigger LANGUAGE plpgsql
SET enable_nestloop = on AS $$
DECLARE
  orphan bigint;
BEGIN
  IF (SELECT count(*) FROM written) > {MANY_ROWS} THEN
    PERFORM set_config('enable_nestloop', 'off', true);
  END IF;{proofs}
  RETURN NULL;
END $$;
"""


def stop_proving_keys(table: str) -> str:
    """The reverse of `prove_keys`."""
    return f"DROP FUNCTION IF EXISTS {table}_prove_keys() CASCADE;"


def _proof(table: str, column: str, parent: str) -> str:
    # EXECUTE plans anew for each statement: what suits half a million rows does not suit one.
    return f"""
  EXECUTE 'SELECT written.{column} FROM written
           WHERE written.{column} IS NOT NULL
             AND NOT EXISTS (SELECT FROM {parent} parent WHERE parent.id = written.{column})
           LIMIT 1' INTO orphan;
  IF orphan IS NOT NULL THEN
    RAISE EXCEPTION '{table}.{column}: {parent} has no row %', orphan
      USING ERRCODE = 'foreign_key_violation';
  END IF;"""
