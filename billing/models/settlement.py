from django.db import models


class BillSettlement(models.Model):
    """What the day book took off a bill: a view of the database, and the only place that says so.

    `settled_fen` is all that was credited to the receivable in the bill's name less what was
    debited again. What is open on a bill is its amount less this; a bill that the day book never
    named has no row. Screens, allocation and `check_ledger` all read it (migration 0007).
    """

    bill_id = models.BigIntegerField(primary_key=True)
    settled_fen = models.BigIntegerField()

    class Meta:
        managed = False
        default_permissions = ()
        db_table = "billing_bill_settlement"

    def __str__(self) -> str:
        return f"{self.bill_id}: {self.settled_fen}"
