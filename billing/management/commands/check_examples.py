from billing.rules import examples
from office.management.case_command import CaseCommand


class Command(CaseCommand):
    """Prove that the charging rules give what the price document says."""

    help = "Run worked charging cases through the billing rules; exit 0 only if all agree."
    work_out = staticmethod(examples.work_out)
