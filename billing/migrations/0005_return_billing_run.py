"""An approver may return a previewed run to whoever created it."""

from django.db import migrations

from office.workflow import guard_sql

BEFORE = [
    ("approved", "cancelled"),
    ("approved", "issuing"),
    ("approved", "previewing"),
    ("issued", "closed"),
    ("issuing", "issued"),
    ("previewed", "approved"),
    ("previewed", "cancelled"),
    ("previewed", "previewing"),
    ("previewing", "previewed"),
    ("scoped", "cancelled"),
    ("scoped", "previewing"),
]
AFTER = sorted([*BEFORE, ("previewed", "scoped")])


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_history"), ("office", "0005_approvals")]

    operations = [
        migrations.RunSQL(
            guard_sql("billing_billingrun", "state", "scoped", AFTER),
            guard_sql("billing_billingrun", "state", "scoped", BEFORE),
        )
    ]
