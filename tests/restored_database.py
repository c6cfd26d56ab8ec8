"""After a test that committed, the database is again what the migrations left.

Django truncates every table and makes permissions and roles anew, which costs a second of computing
after each such test. Here only what differs from the migrated database is touched. Every test, and
not only the first on each worker, finds the companies and calendars of the migrations.
"""

import time

from django.db import connection

from tests.patience import PATIENCE_SECONDS

# `migrated` keeps a copy of each table that has rows after the migrations, and the list of all.
# Rows are compared as sets: a table that is the same costs one comparison and no write.
REMEMBER = """
CREATE SCHEMA migrated;
CREATE TABLE migrated.all_tables AS
    SELECT oid, relname, relispartition AS is_partition, false AS has_rows
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p');
DO $$
DECLARE
    name text;
    filled boolean;
BEGIN
    FOR name IN SELECT relname FROM migrated.all_tables WHERE NOT is_partition LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO filled;
        IF filled THEN
            EXECUTE format('CREATE TABLE migrated.%I AS TABLE public.%I', name, name);
            UPDATE migrated.all_tables SET has_rows = true WHERE relname = name;
        END IF;
    END LOOP;
END $$;
CREATE FUNCTION migrated.restore() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text;
    differs boolean;
    queries text;
BEGIN
    -- Partitions of seasons and drafts of runs that the test made.
    FOR name IN
        SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND oid NOT IN (SELECT oid FROM migrated.all_tables)
    LOOP
        -- A dropped parent has taken its partitions with it.
        EXECUTE format('DROP TABLE IF EXISTS public.%I CASCADE', name);
    END LOOP;
    -- One query finds the tables with rows among those that were empty, which are nearly all.
    SELECT string_agg(
        format('SELECT %L WHERE EXISTS (SELECT FROM public.%I)', relname, relname), ' UNION ALL '
    ) INTO queries FROM migrated.all_tables WHERE NOT is_partition AND NOT has_rows;
    FOR name IN EXECUTE queries LOOP
        EXECUTE format('DELETE FROM public.%I', name);
    END LOOP;
    FOR name IN SELECT relname FROM migrated.all_tables WHERE has_rows LOOP
        EXECUTE format(
            'SELECT EXISTS ((TABLE public.%1$I EXCEPT ALL TABLE migrated.%1$I)'
            ' UNION ALL (TABLE migrated.%1$I EXCEPT ALL TABLE public.%1$I))', name
        ) INTO differs;
        IF differs THEN
            EXECUTE format('DELETE FROM public.%I', name);
            EXECUTE format('INSERT INTO public.%1$I TABLE migrated.%1$I', name);
        END IF;
    END LOOP;
END $$;
"""


def remember_migrated_database() -> bool:
    """Keeps what the migrations left; returns False where the role may not switch triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(REMEMBER)
    return True


def restore_migrated_database(test: object) -> None:
    """Brings every table back to what it held after the migrations; takes Django's place."""
    wait_for_other_transactions()
    with connection.cursor() as cursor:
        # Rows of append-only tables may go, and keys dangle until the end: "replica" keeps triggers
        # and foreign keys quiet.
        cursor.execute("SET session_replication_role = replica")
        try:
            cursor.execute("SELECT migrated.restore()")
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


def wait_for_other_transactions() -> None:
    """Returns when no other connection is in a transaction.

    A browser leaves requests behind that the server still works on: what they commit after the rows
    were counted would stand in the next test's database. TRUNCATE waits for them by its locks.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT string_agg(query, '; ') FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend' AND state <> 'idle'"
            )
            (running,) = cursor.fetchone()
            if running is None:
                return
            assert time.monotonic() < deadline, f"a transaction outlives its test: {running}"
            time.sleep(0.01)
