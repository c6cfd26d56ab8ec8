"""A developer's connections with contracts, and the people who take and give back its money."""

from dataclasses import dataclass
from datetime import date
from itertools import count

from django.db.models import Model

from billing.connection_fees.taking import FeeForm, enter_connection_transfer
from billing.ledger.connection_money import connection_money
from billing.models import ConnectionFee, CreditMove, Payment, Transfer
from customers.models import Connection
from heating.roles import CASHIER, CLERK, MANAGER
from office.actors import Actor
from office.models import Company, User
from tests.builders import a_bank_account, a_company, a_member_of_staff
from tests.customers.connection_records import NOON, TODAY, People, people

_serials = count(1)


@dataclass(frozen=True)
class FeeDesk:
    """Who connects the projects, and who handles their money."""

    staff: People
    cashier: Actor
    clerk: Actor
    manager: Actor

    def transfer(
        self, connection: Connection, amount_fen: int, *, serial: str = "", day: date = TODAY
    ) -> Payment:
        """Enters a transfer as somebody who has just opened the page."""
        number = next(_serials)
        seen_fen = connection_money(connection).open_fen
        return enter_connection_transfer(
            connection,
            FeeForm(f"fee-form-{number:06d}", seen_fen, amount_fen),
            bank_account=a_bank_account(connection.company),
            bank_reference=serial or f"RW{number:08d}",
            value_date=day,
            by=self.clerk,
            at=NOON,
        )


def a_fee_desk() -> FeeDesk:
    """The people of company 11, where connections are made."""
    company = a_company("11")
    return FeeDesk(
        people(),
        *(
            Actor.staff(a_member_of_staff(name, role, company))
            for name, role in (("收费", CASHIER), ("计费", CLERK), ("主管", MANAGER))
        ),
    )


def postings(connection: Connection) -> list[tuple[str, int, int, int]]:
    """Kind, debit, credit and amount of every posting of a connection, in order."""
    return list(
        Transfer.objects.filter(connection=connection)
        .order_by("pk")
        .values_list("kind", "debit", "credit", "amount_fen")
    )


def fee_rows(company: Company, clerk: User) -> list[Model]:
    """The fee of the company's first connection, and a move to another project of its payer."""
    project = Connection.objects.filter(company=company).order_by("pk")[0]
    target = Connection.objects.get(pk=project.pk)
    target.pk, target.number, target.project = None, f"T{project.pk}", "另一期"
    target.state, target.ended_at = "applied", None
    target.save(force_insert=True)
    move = CreditMove.objects.create(
        company=company,
        connection=project,
        target=target,
        amount_fen=1,
        reason="停建",
        created_by=clerk,
        created_at=NOON,
    )
    return [ConnectionFee.objects.get(pk=project.pk), move]
