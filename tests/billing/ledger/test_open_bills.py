"""What is owed is looked up bill by bill, however many payments there are."""

import pytest
from django.db import connection

from billing.ledger.open_bills import with_open_amount
from billing.models import Bill

pytestmark = pytest.mark.django_db


class TestWithOpenAmount:
    def test_is_served_by_the_index_on_bills(self) -> None:
        with connection.cursor() as cursor:
            # A table that statistics call empty is read whole, and rightly.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
        plan = with_open_amount(Bill.objects.filter(contract_id=1)).explain()
        assert "billing_transfer_day_book_bill_id_idx" in plan
        assert "Seq Scan on billing_transfer_day_book" not in plan
