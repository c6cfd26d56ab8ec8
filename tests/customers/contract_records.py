"""Contract templates and papers for tests, made by operations."""

from datetime import date, datetime
from io import BytesIO

from customers.contract_papers.kinds import KINDS
from customers.contract_papers.papers import (
    PaperFacts,
    SignatureFacts,
    draw_up_paper,
    sign_contract,
)
from customers.contract_papers.standard_wording import STANDARD
from customers.contract_papers.templates import (
    TemplateFacts,
    draft_contract_template,
    publish_contract_template,
)
from customers.contracts.papers import draw_up_contract
from customers.models import ContractKind, ContractPaper, ContractTemplate, SupplyContract
from heating.roles import SERVICE_MANAGER
from office.actors import Actor
from office.documents.operations import Upload
from office.models import Company, User
from tests.builders import NOW, a_member_of_staff

ON = date(2025, 11, 10)
SCAN = b"%PDF-1.7 the signed contract"


def drafter() -> Actor:
    """Who drafts templates, for the whole group."""
    return _of_the_group("contract-drafter")


def publisher() -> Actor:
    """Who publishes them."""
    return _of_the_group("contract-publisher")


def _of_the_group(username: str) -> Actor:
    user = User.objects.filter(username=username).first()
    if user is None:
        user = a_member_of_staff(username, SERVICE_MANAGER)
        user.group_wide = True
        user.save()
    return Actor.staff(user)


def a_template(
    kind: ContractKind = ContractKind.RESIDENT,
    *,
    company: Company | None = None,
    wording: str = "",
    effective_from: date = ON,
    at: datetime = NOW,
) -> ContractTemplate:
    """A published template with the model wording of its kind."""
    title, model = STANDARD[kind]
    has_term = kind in (ContractKind.RESIDENT, ContractKind.BUSINESS)
    draft = draft_contract_template(
        TemplateFacts(
            kind,
            title,
            wording or model,
            effective_from,
            company=company,
            term_years=3 if has_term else None,
        ),
        by=drafter(),
        at=at,
    )
    return publish_contract_template(draft, by=publisher(), at=at)


def a_draft(company: Company, by: User) -> ContractTemplate:
    """A draft of the company for the screens, drafted by a person without asking for the right."""
    title, wording = STANDARD[ContractKind.RESIDENT]
    return ContractTemplate.objects.create(
        company=company,
        kind=ContractKind.RESIDENT,
        version=1,
        title=title,
        wording=wording,
        term_years=3,
        effective_from=ON,
        drafted_by=by,
        drafted_at=NOW,
    )


def a_paper(contract: SupplyContract, template: ContractTemplate | None = None) -> ContractPaper:
    """A contract paper drawn up for a supply contract with examples in its blanks."""
    template = template or a_template()
    return draw_up_paper(
        template,
        PaperFacts(
            company=contract.company,
            party=contract.customer.name,
            values=KINDS[template.kind].examples,
            supply_contract=contract,
            starts=date(2025, 11, 1),
            ends=date(2028, 10, 31),
        ),
        "draw_up_contract",
        by=Actor.system("test"),
        at=NOW,
    )


def a_signature(signer: str = "王秀英", *, on: date = ON) -> SignatureFacts:
    """A signature on paper with its scan."""
    return SignatureFacts(signer, on, Upload("contract.pdf", BytesIO(SCAN)))


def a_signed_contract(
    contract: SupplyContract, *, starts: date = date(2022, 12, 1), by: Actor | None = None
) -> ContractPaper:
    """The paper of a contract for three years from `starts`, drawn up and signed."""
    paper = draw_up_contract(contract, starts, by=by or drafter(), at=NOW)
    sign_contract(paper, a_signature(contract.customer.name), by=by or drafter(), at=NOW)
    return paper
