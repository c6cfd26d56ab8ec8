"""A telephone number that comes to a customer or leaves one ends the sign-ins by it.

Telephone companies give numbers out again: a phone that proved the number in spring must not open
the records of the person who has the number in autumn. A trigger does it, and no operation, since
account lists are loaded by SQL. Whoever still has the number signs in with a code again.
"""

from django.db import migrations

# {changed} is a query of the numbers that came or left; an update counts where the number differs.
FUNCTION = """
CREATE FUNCTION customers_phone_{event}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE customers_customertoken SET revoked_at = now()
  WHERE revoked_at IS NULL AND phone IN ({changed});
  DELETE FROM customers_wechatidentity WHERE phone IN ({changed});
  RETURN NULL;
END $$;
CREATE TRIGGER customers_phone_{event} AFTER {event} ON customers_customer
  REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION customers_phone_{event}();
"""
REVERSE = """
DROP TRIGGER customers_phone_{event} ON customers_customer;
DROP FUNCTION customers_phone_{event}();
"""
CHANGED = {
    "insert": (
        "NEW TABLE AS new_rows",
        "SELECT n.phone FROM new_rows n WHERE n.phone <> ''",
    ),
    "update": (
        "OLD TABLE AS old_rows NEW TABLE AS new_rows",
        """
    SELECT unnest(ARRAY[o.phone, n.phone])
    FROM old_rows o JOIN new_rows n USING (id) WHERE o.phone <> n.phone
    EXCEPT SELECT ''""",
    ),
}


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_keys_proved_whatever_the_statistics")]

    operations = [
        migrations.RunSQL(
            FUNCTION.format(event=event, tables=tables, changed=changed),
            REVERSE.format(event=event),
        )
        for event, (tables, changed) in CHANGED.items()
    ]
