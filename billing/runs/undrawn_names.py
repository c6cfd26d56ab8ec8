"""Names and addresses of a preview that no font can print, found before anything is printed."""

from typing import Any

from django.db import connection

from billing.models import BillingRun
from billing.runs.drafts import DraftTables
from office.pdf.drawable import COMMON, undrawn

MOST_SHOWN = 200
# Rare characters are few: PostgreSQL picks the names that have any, the fonts are asked in Python.
_SUSPECTS = """
SELECT account_id, account_number AS number, customer_name, address FROM {bill}
WHERE customer_name || address ~ %(rare)s ORDER BY account_number
"""


def undrawn_names(run: BillingRun) -> dict[str, Any]:
    """Returns how many accounts have a character that no font draws, and the first of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SUSPECTS.format(bill=DraftTables(run.pk).bill), {"rare": f"[^\x01{COMMON[1:]}]"}
        )
        suspects = cursor.fetchall()
    rows = [
        {
            "account_id": account_id,
            "number": number,
            "name": name,
            "address": address,
            "characters": characters,
        }
        for account_id, number, name, address in suspects
        if (characters := undrawn(f"{name}{address}"))
    ]
    return {"count": len(rows), "rows": rows[:MOST_SHOWN]}
