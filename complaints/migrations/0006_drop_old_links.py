"""Drops the two columns whose links `0005_links_of_call_backs` has taken over."""

from django.db import migrations

# The state has been without these columns since 0005: only the database still has them.
DROP = """
ALTER TABLE complaints_callback DROP COLUMN token_digest, DROP COLUMN token_expires_at;
"""
# Backwards, the columns come back empty: links live in office_onetimelink since 0005.
ADD = """
ALTER TABLE complaints_callback
  ADD COLUMN token_digest varchar(64) NULL UNIQUE,
  ADD COLUMN token_expires_at timestamptz NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("complaints", "0005_links_of_call_backs")]

    operations = [migrations.RunSQL(DROP, ADD)]
