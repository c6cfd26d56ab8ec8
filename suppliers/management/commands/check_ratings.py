from office.management.case_command import CaseCommand
from suppliers.rating import examples


class Command(CaseCommand):
    """Proves that a rating rule gives the results that the committee expects."""

    help = "Run worked rating cases through the rating rules; exit 0 only if all agree."
    work_out = staticmethod(examples.work_out)
