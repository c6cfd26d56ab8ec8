from office.clock import examples
from office.management.case_command import CaseCommand


class Command(CaseCommand):
    """Compares worked cases with the service clock."""

    help = "Run worked clock cases through the service clock; exit 0 only if all agree."
    work_out = staticmethod(examples.work_out)
