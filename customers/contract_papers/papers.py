"""Contract papers: drawn up with frozen terms, signed once, printed with marked copies, revoked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.contract_papers.kinds import KINDS
from customers.contract_papers.paper import (
    CONTRACT_VALUES,
    ContractValues,
    PrintedContract,
    Value,
    printed_contract,
)
from customers.models import (
    ContractKind,
    ContractPaper,
    ContractSignature,
    ContractTemplate,
    SigningWay,
    SupplyContract,
)
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.documents.operations import Upload, attach_document, store_file
from office.intake.cells import clean_text
from office.models import Company, Document, PaperRevocation
from office.papers.codes import new_code
from office.papers.copies import count_print
from office.papers.numbers import draw_paper_numbers
from office.papers.revocation import revocation_of, revoke_paper
from office.permissions import authorise
from office.refusals import Invalid, Refused

# One series of numbers for contract papers of every kind.
SERIES = "contract_paper"


@dataclass(frozen=True)
class PaperFacts:
    """What a paper is drawn up from: `values` fill the blanks of the template by their names.

    `starts` and `ends` are the first and the last day of its term, where it has one.
    """

    company: Company
    party: str
    values: Mapping[str, str]
    supply_contract: SupplyContract | None = None
    amends: ContractPaper | None = None
    starts: date | None = None
    ends: date | None = None


def draw_up_paper(
    template: ContractTemplate, facts: PaperFacts, action: str, *, by: Actor, at: datetime
) -> ContractPaper:
    """Draws up one paper with a number of its own and returns it.

    A step of the operation `action`, which authorises, locks its record and has chosen the
    template. Raises `Invalid` where a blank of the template has no value.
    """
    empty = [
        name for name in KINDS[template.kind].required if not facts.values.get(name, "").strip()
    ]
    if empty:
        raise Invalid(
            "blank_empty", _("合同缺少内容：%(names)s，请先补全资料。"), names="、".join(empty)
        )
    day = business_date(at)
    (number,) = draw_paper_numbers(SERIES, [(facts.company, day.year)])
    frozen = ContractValues(
        company=facts.company.name,
        contact=facts.company.hotline,
        values=tuple(Value(name, text) for name, text in facts.values.items()),
    )
    paper = ContractPaper.objects.create(
        company=facts.company,
        template=template,
        kind=template.kind,
        number=number,
        verification_code=new_code(),
        party=facts.party,
        supply_contract=facts.supply_contract,
        amends=facts.amends,
        starts=facts.starts,
        ends=facts.ends,
        values=CONTRACT_VALUES.freeze(frozen),
        drawn_on=day,
        drawn_at=at,
        drawn_by=by.user,
    )
    journal.record(action, paper, by=by, at=at, number=number, template=str(template))
    return paper


@dataclass(frozen=True)
class SignatureFacts:
    """Who signed and on which day; a paper signature has the scan, an electronic one its
    service's number and proof.
    """

    signer: str
    signed_on: date
    scan: Upload | None = None
    reference: str = ""
    proof: Mapping[str, str] | None = None


@transaction.atomic
def sign_contract(
    paper: ContractPaper, facts: SignatureFacts, *, by: Actor, at: datetime
) -> ContractSignature:
    """Records that the party signed on paper, and keeps the scan.

    Raises `Refused` for a paper that is signed or revoked already, `Invalid` without a scan.
    """
    authorise(by, "customers.sign_contract", paper.company)
    if facts.scan is None:
        raise Invalid("scan_missing", _("请上传签署后的扫描件。"))
    # Written before the lock: checking twenty megabytes must not keep others waiting.
    file = store_file(facts.scan)
    lock_unsigned_paper(paper)
    scan = attach_document(
        paper,
        file,
        company=paper.company,
        kind="contract",
        title=f"{paper.template.title} {paper.number}",
        by=by,
        at=at,
    )
    return record_signature(paper, facts, SigningWay.PAPER, scan=scan, by=by, at=at)


def lock_unsigned_paper(paper: ContractPaper) -> ContractPaper:
    """A step of signing: locks the paper; refuses one that is signed or revoked."""
    locked_paper = ContractPaper.objects.select_for_update(of=("self",), no_key=True).get(
        pk=paper.pk
    )
    if signature := ContractSignature.objects.filter(paper=paper).first():
        raise Refused(
            "already_signed",
            _("%(number)s 已于 %(day)s 由%(signer)s签署，无需再次登记。"),
            number=paper.number,
            day=signature.signed_on,
            signer=signature.signer,
        )
    if revocation_of(paper):
        raise Refused(
            "paper_revoked", _("%(number)s 已作废，请重新拟订后再签署。"), number=paper.number
        )
    return locked_paper


def record_signature(
    paper: ContractPaper,
    facts: SignatureFacts,
    way: SigningWay,
    *,
    scan: Document | None = None,
    by: Actor,
    at: datetime,
) -> ContractSignature:
    """A step of every way of signing; the caller authorises and holds the paper's lock.

    Raises `Invalid` without a signer, and for a day before the paper was drawn up or still to
    come.
    """
    signer = clean_text(facts.signer)
    if not signer:
        raise Invalid("signer_missing", _("请填写签署人。"))
    if not paper.drawn_on <= facts.signed_on <= business_date(at):
        raise Invalid(
            "signed_on_wrong",
            _("签署日期应在 %(drawn)s（拟订）至今天之间。"),
            drawn=paper.drawn_on,
        )
    signature = ContractSignature.objects.create(
        paper=paper,
        way=way,
        signer=signer,
        signed_on=facts.signed_on,
        scan=scan,
        reference=facts.reference,
        proof=dict(facts.proof or {}),
        recorded_by=by.user,
        recorded_at=at,
    )
    journal.record(
        "sign_contract",
        paper,
        by=by,
        at=at,
        number=paper.number,
        signer=signer,
        on=facts.signed_on.isoformat(),
        way=way.value,
    )
    return signature


@transaction.atomic
def print_contract(paper: ContractPaper, *, by: Actor, at: datetime) -> PrintedContract:
    """Returns the paper, marked 副本 n after the original, and 作废 if revoked."""
    authorise(by, "customers.print_contract", paper.company)
    copy = count_print(paper, "print_contract", number=paper.number, by=by, at=at)
    return as_it_stands(paper, copy=copy)


def as_it_stands(paper: ContractPaper, *, copy: int = 0) -> PrintedContract:
    """Returns the paper with the signature and the revocation it has by now."""
    signature = ContractSignature.objects.filter(paper=paper).first()
    return printed_contract(
        paper, signature=signature, copy=copy, revoked=revocation_of(paper) is not None
    )


@transaction.atomic
def revoke_contract_paper(
    paper: ContractPaper, *, reason: str, by: Actor, at: datetime
) -> PaperRevocation:
    """Revokes a paper that was drawn up wrongly; its number stays taken.

    Raises `Refused` for a signed one: what both parties signed is changed by an amendment.
    """
    authorise(by, "customers.revoke_contract_paper", paper.company)
    locked_paper = ContractPaper.objects.select_for_update(of=("self",), no_key=True).get(
        pk=paper.pk
    )
    if ContractSignature.objects.filter(paper=locked_paper).exists():
        raise Refused(
            "signed_papers_stay",
            _("%(number)s 已签署，不能作废；需要变更的请拟订补充协议。"),
            number=paper.number,
        )
    return revoke_paper(
        locked_paper,
        "revoke_contract_paper",
        number=paper.number,
        reason=reason,
        by=by,
        at=at,
    )


def refuse_unless_in_force(paper: ContractPaper) -> None:
    """A step of amending: refuses a paper that is not signed, or is no contract itself."""
    if paper.kind not in (ContractKind.RESIDENT, ContractKind.BUSINESS, ContractKind.CONNECTION):
        raise Refused("not_a_contract", _("补充协议须依据合同本身拟订，请打开原合同。"))
    if revocation_of(paper) or not ContractSignature.objects.filter(paper=paper).exists():
        raise Refused(
            "contract_not_signed",
            _("%(number)s 尚未签署，直接作废后重新拟订即可，不需要补充协议。"),
            number=paper.number,
        )
