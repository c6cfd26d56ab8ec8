"""`manage.py check_examples`: runs worked charging cases through the billing rules."""

from billing.rules import examples
from office.management.case_command import CaseCommand


class Command(CaseCommand):
    """Proves that the charging rules give the results of the price document's examples."""

    help = "Run worked charging cases through the billing rules; exit 0 only if all agree."
    work_out = staticmethod(examples.work_out)
