"""The paper of a supply contract: drawn up from the records, for a resident or a business."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.contract_papers.amendments import chinese_day
from customers.contract_papers.papers import PaperFacts, draw_up_paper
from customers.contract_papers.templates import template_in_force
from customers.contracts.locking import lock_account
from customers.contracts.terms import kind_of, terms_of
from customers.models import ContractKind, ContractPaper, SupplyContract
from office.actors import Actor
from office.calendar import business_date
from office.models import PaperRevocation
from office.permissions import authorise
from office.refusals import Refused

MAIN_KINDS = (ContractKind.RESIDENT, ContractKind.BUSINESS)


@transaction.atomic
def draw_up_contract(
    contract: SupplyContract, starts: date, *, by: Actor, at: datetime
) -> ContractPaper:
    """Draws up the paper of an open contract for a term from `starts` on, and returns it.

    The template is that of the customer's class; it says how many years the term has. Raises
    `Refused` while an earlier paper waits for its signature, and for a term that overlaps one.
    """
    authorise(by, "customers.draw_up_contract", contract.company)
    locked_contract = lock_open_contract(contract)
    last_paper = valid_papers(locked_contract).order_by("-ends").first()
    if last_paper is not None:
        if not hasattr(last_paper, "signature"):
            raise Refused(
                "paper_unsigned",
                _("%(number)s 已拟订尚未签署，请先登记签署或作废。"),
                number=last_paper.number,
            )
        if last_paper.ends is not None and starts <= last_paper.ends:
            raise Refused(
                "terms_overlap",
                _("%(number)s 的期限到 %(ends)s 为止，新合同请从次日起。"),
                number=last_paper.number,
                ends=last_paper.ends,
            )
    kind = kind_of(locked_contract)
    template = template_in_force(locked_contract.company, kind, business_date(at))
    terms = terms_of(locked_contract, starts, template.term_years or 0)
    return draw_up_paper(
        template,
        PaperFacts(
            company=locked_contract.company,
            party=locked_contract.customer.name,
            values=terms.values,
            supply_contract=locked_contract,
            starts=starts,
            ends=terms.ends,
        ),
        "draw_up_contract",
        by=by,
        at=at,
    )


@transaction.atomic
def draw_up_transfer(contract: SupplyContract, *, by: Actor, at: datetime) -> ContractPaper:
    """Draws up the agreement of a transfer of ownership, for the contract that began by it.

    Raises `Refused` where no other customer's contract ended on the day on which this one began.
    """
    authorise(by, "customers.draw_up_contract", contract.company)
    locked_contract = lock_open_contract(contract)
    former = former_contract(locked_contract)
    if former is None:
        raise Refused("not_transferred", _("该合同不是由过户而来，没有过户协议。"))
    if drawn := valid_papers(locked_contract, (ContractKind.TRANSFER,)).first():
        raise Refused("transfer_drawn_up", _("过户协议 %(number)s 已拟订。"), number=drawn.number)
    template = template_in_force(locked_contract.company, ContractKind.TRANSFER, business_date(at))
    terms = terms_of(locked_contract, locked_contract.starts, 1)
    return draw_up_paper(
        template,
        PaperFacts(
            company=locked_contract.company,
            party=locked_contract.customer.name,
            values={
                **{name: terms.values[name] for name in ("供热人", "用热人", "户号", "用热地址")},
                "原合同编号": former.number,
                "约定日期": chinese_day(locked_contract.starts),
                "原用热人": former.customer.name,
            },
            supply_contract=locked_contract,
        ),
        "draw_up_transfer",
        by=by,
        at=at,
    )


def former_contract(contract: SupplyContract) -> SupplyContract | None:
    """Returns the contract of another customer that ended on the day on which this one began."""
    return (
        SupplyContract.objects.filter(account=contract.account_id, ends=contract.starts)
        .exclude(pk=contract.pk)
        .exclude(customer=contract.customer_id)
        .select_related("customer")
        .first()
    )


def valid_papers(
    contract: SupplyContract, kinds: tuple[ContractKind, ...] = MAIN_KINDS
) -> QuerySet[ContractPaper]:
    """Returns the papers of a contract that are not revoked, each with its signature if it has
    one.
    """
    rows = ContractPaper.objects.filter(supply_contract=contract, kind__in=kinds)
    return rows.exclude(pk__in=revoked_papers()).select_related("signature", "template")


def valid_papers_of(contract_ids: Sequence[int]) -> QuerySet[ContractPaper]:
    """Returns the papers of every kind of several contracts, the latest first, without revoked
    ones.
    """
    rows = ContractPaper.objects.filter(supply_contract__in=contract_ids).order_by("-pk")
    return rows.exclude(pk__in=revoked_papers()).select_related("signature", "template")


def revoked_papers() -> QuerySet[PaperRevocation]:
    """Returns the keys of all revoked contract papers."""
    kind = ContentType.objects.get_for_model(ContractPaper)
    rows: QuerySet[PaperRevocation] = PaperRevocation.objects.filter(record_type=kind)
    return rows.values("record_id")  # type: ignore[return-value]


def next_start(contract: SupplyContract, today: date) -> date:
    """Returns the first day of the next term: after the last one, else the contract's own, or
    today once that is past.
    """
    last_paper = valid_papers(contract).order_by("-ends").first()
    if last_paper is not None and last_paper.ends is not None:
        return last_paper.ends + timedelta(days=1)
    return max(contract.starts, today)


def lock_open_contract(contract: SupplyContract) -> SupplyContract:
    """A step of operations on a contract's papers: locks account and contract, in this order.

    Raises `Refused` for a contract that has ended.
    """
    lock_account(contract.account_id)
    locked_contract = (
        SupplyContract.objects.select_for_update(of=("self",), no_key=True)
        .select_related("company", "customer", "account")
        .get(pk=contract.pk)
    )
    if locked_contract.ends is not None:
        raise Refused(
            "contract_ended",
            _("合同 %(number)s 已于 %(ends)s 终止，请办理该户现在的合同。"),
            number=locked_contract.number,
            ends=locked_contract.ends,
        )
    return locked_contract
