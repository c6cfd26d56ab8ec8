"""The demo's contracts: templates of every kind, papers in every state, a run that waits."""

from datetime import datetime, timedelta
from io import BytesIO

from customers.contract_papers.kinds import KINDS
from customers.contract_papers.paper import TEMPLATE, printed_contract
from customers.contract_papers.papers import SignatureFacts, sign_contract
from customers.contract_papers.standard_wording import STANDARD
from customers.contract_papers.templates import (
    TemplateFacts,
    draft_contract_template,
    publish_contract_template,
)
from customers.contracts.papers import draw_up_contract
from customers.models import ContractKind, ContractPaper, CustomerKind, SupplyContract
from customers.renewals.drafts import draft_renewals
from customers.renewals.operations import (
    create_renewal_run,
    finish_renewal_preview,
    preview_renewal_run,
)
from office.actors import Actor
from office.calendar import business_date
from office.documents.operations import Upload
from office.jobs.queue import run_job
from office.models import Company
from office.pdf import render_pdf

YEARS = 3
# So many residents' contracts end in twenty days; half as many were signed this autumn.
ENDING = 6
DUE_IN = timedelta(days=20)


def tell_of_contracts(company: Company, staff: dict[str, Actor], *, at: datetime) -> None:
    """Publishes the templates three years ago, has contracts signed then and now, and previews the
    renewal of those that end.
    """
    manager, agent = staff["service-manager"], staff["agent"]
    first_day = at - timedelta(days=365 * YEARS + 30)
    _publish_templates(company, by=manager, publisher=staff["manager"], at=first_day)
    open_contracts = SupplyContract.objects.filter(company=company, ends=None).order_by("pk")
    residents = list(open_contracts.filter(customer__kind=CustomerKind.RESIDENT)[: ENDING * 2])
    ending, others = residents[:ENDING], residents[ENDING:]
    # The term that ends in twenty days began three years before the day after its end.
    after = business_date(at) + DUE_IN + timedelta(days=1)
    begun = after.replace(year=after.year - YEARS, day=min(after.day, 28))
    for contract in ending:
        _sign(draw_up_contract(contract, begun, by=agent, at=first_day), by=agent, at=first_day)
    for place, contract in enumerate(others):
        paper = draw_up_contract(contract, business_date(at), by=agent, at=at)
        # Every second one still waits for its signature.
        if place % 2:
            _sign(paper, by=agent, at=at)
    business = open_contracts.exclude(customer__kind=CustomerKind.RESIDENT).first()
    if business is not None:
        draw_up_contract(business, business_date(at), by=agent, at=at)
    run = create_renewal_run(
        company, business_date(at), business_date(at) + timedelta(days=60), by=manager, at=at
    )
    job = preview_renewal_run(run, by=manager, at=at)
    # At the demo's own time; the job then finds its work done.
    draft_renewals(run)
    finish_renewal_preview(run, by=manager, at=at)
    run_job(job.pk)


def _publish_templates(company: Company, *, by: Actor, publisher: Actor, at: datetime) -> None:
    for kind in ContractKind:
        title, wording = STANDARD[kind]
        facts = TemplateFacts(
            kind,
            title,
            wording,
            business_date(at),
            company=company,
            term_years=YEARS if KINDS[kind].has_term else None,
        )
        publish_contract_template(draft_contract_template(facts, by=by, at=at), by=publisher, at=at)


def _sign(paper: ContractPaper, *, by: Actor, at: datetime) -> None:
    """Records the signature on paper; the scan is the paper's own print."""
    scan = BytesIO(render_pdf(TEMPLATE, {"paper": printed_contract(paper)}))
    facts = SignatureFacts(
        paper.party, business_date(at), Upload(f"contract-{paper.number}.pdf", scan)
    )
    sign_contract(paper, facts, by=by, at=at)
