"""After a test that committed, the database is again what the migrations left.

Django truncates every table and rebuilds permissions and roles after each such test. Here only
tables that hold other rows than after the migrations are touched, in one call.
"""

from django.db import connection

# Rows are compared as sets; a table without rows after the migrations is only asked for one row.
SNAPSHOT = """
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
    -- One query finds the empty tables, which are nearly all.
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
    """Keep what the migrations left; False where the role may not switch triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(SNAPSHOT)
    return True


def restore_migrated_database(test: object) -> None:
    """Bring every table back to what it held after the migrations; takes Django's place."""
    with connection.cursor() as cursor:
        # Rows of append-only tables may go, and keys dangle until the end: "replica" keeps triggers
        # and foreign keys quiet.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SELECT migrated.restore()")
        cursor.execute("SET session_replication_role = DEFAULT")
