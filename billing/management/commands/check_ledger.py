"""`manage.py check_ledger`: proves that the books are consistent; fails when one check does."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from billing.ledger.checks import check_ledger


class Command(BaseCommand):
    help = "核对总账：借贷相等、账单与收款各入账一次、余额等于分录之和、编号无缺号"

    def handle(self, *args: Any, **options: Any) -> None:
        # One snapshot for all checks: payments that arrive meanwhile would look like differences.
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            results = check_ledger()
        for result in results:
            self.stdout.write(f"{'✓' if result.holds else '✗'} {result.check.claim}")
            if not result.holds:
                self.stdout.write(f"  {result.count} 处：{'、'.join(result.examples)}")
        failed = sum(not result.holds for result in results)
        self.stdout.write(f"{len(results)} checks: {len(results) - failed} hold, {failed} broken")
        if failed:
            raise SystemExit(1)
