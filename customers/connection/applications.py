"""The application: entered at the counter with its papers, accepted, returned, submitted again."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.connection.papers import missing_papers, papers_asked
from customers.connection.promised import rule_in_force
from customers.connection.steps import (
    begin_step,
    lock_connection,
    move_connection,
    person_of,
    refuse_held,
    written,
)
from customers.connection_states import CONNECTION, OPEN_CONNECTIONS, ConnectionState
from customers.models import (
    Connection,
    ConnectionPaper,
    ConnectionPaperRule,
    CustomerKind,
)
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.documents.operations import Upload, attach_document, store_file
from office.identity import check_credit_code, check_phone
from office.intake.cells import clean_text
from office.models import Company
from office.numbering import draw_numbers
from office.permissions import authorise
from office.refusals import Invalid, Refused

_MOST_AREA = Decimal(10_000_000)
_MOST_FLATS = 100_000


@dataclass(frozen=True)
class ApplicationFacts:
    """What an applicant asks for: `area` in m², `wanted_on` the first day with heat."""

    applicant: str
    applicant_kind: CustomerKind
    contact: str
    phone: str
    project: str
    address: str
    area: Decimal
    flats: int
    wanted_on: date
    credit_code: str = ""


@transaction.atomic
def apply_for_connection(
    company: Company, facts: ApplicationFacts, *, by: Actor, at: datetime
) -> Connection:
    """Enters an application; its papers follow, and then it is accepted or returned."""
    authorise(by, "customers.apply_for_connection", company)
    person = person_of(by)
    rule_in_force(company, at)
    checked_facts = _checked(facts, at)
    _refuse_second(company, checked_facts.project)
    year = business_date(at).year
    connection = Connection(
        company=company,
        number=f"RW{company.code}-{year}-{draw_numbers(f'connection:{company.code}:{year}'):04d}",
        applied_by=person,
        applied_at=at,
        waiting_since=at,
        **asdict(checked_facts),
    )
    connection.save()
    begin_step(connection, by=by, at=at)
    journal.record("apply_for_connection", connection, by=by, at=at, title=connection.project)
    return connection


@transaction.atomic
def hand_in_connection_paper(
    connection: Connection,
    paper_rule: ConnectionPaperRule,
    scan: Upload,
    *,
    by: Actor,
    at: datetime,
) -> ConnectionPaper:
    """Files the scan of a paper on the list; of several for one item the latest counts."""
    authorise(by, "customers.hand_in_connection_paper", connection.company)
    person = person_of(by)
    # The file is written before the lock, so that nobody waits for a disk.
    stored_scan = store_file(scan)
    locked_connection = lock_connection(connection)
    _refuse_ended(locked_connection)
    if not papers_asked(locked_connection).filter(pk=paper_rule.pk).exists():
        raise Invalid("paper_not_on_list", _("材料清单中没有这一项，请刷新页面。"))
    document = attach_document(
        locked_connection,
        stored_scan,
        company=locked_connection.company,
        kind="application",
        title=paper_rule.name,
        by=by,
        at=at,
    )
    paper = ConnectionPaper.objects.create(
        connection=locked_connection,
        rule=paper_rule,
        document=document,
        handed_in_by=person,
        handed_in_at=at,
    )
    journal.record(
        "hand_in_connection_paper", locked_connection, by=by, at=at, title=paper_rule.name
    )
    return paper


@transaction.atomic
def accept_application(connection: Connection, *, by: Actor, at: datetime) -> Connection:
    """Accepts an application whose papers are complete: the project is to be surveyed."""
    authorise(by, "customers.accept_application", connection.company)
    locked_connection = lock_connection(connection)
    CONNECTION.next_state(locked_connection.state, "accept_application")
    if missing := missing_papers(locked_connection):
        raise Refused(
            "papers_missing",
            _("还缺材料：%(papers)s。请补齐后受理，或退回申请人补正。"),
            papers="、".join(missing),
        )
    move_connection(locked_connection, "accept_application", by=by, at=at)
    journal.record("accept_application", locked_connection, by=by, at=at)
    return locked_connection


@transaction.atomic
def return_application(
    connection: Connection, *, reason: str, by: Actor, at: datetime
) -> Connection:
    """Returns an application to the applicant with the reason and the papers that are missing."""
    authorise(by, "customers.accept_application", connection.company)
    locked_connection = lock_connection(connection)
    missing = missing_papers(locked_connection)
    reasons = [clean_text(reason)] if clean_text(reason) else []
    if missing:
        reasons.append(gettext("缺：%(papers)s") % {"papers": "、".join(missing)})
    locked_connection.remark = written("；".join(reasons), _("请写明需要补正的内容。"))[:500]
    move_connection(locked_connection, "return_application", by=by, at=at)
    journal.record(
        "return_application",
        locked_connection,
        by=by,
        at=at,
        reason=locked_connection.remark,
        missing=missing,
    )
    return locked_connection


@transaction.atomic
def resubmit_application(
    connection: Connection, facts: ApplicationFacts, *, by: Actor, at: datetime
) -> Connection:
    """Submits a returned application again, with what the applicant has corrected."""
    authorise(by, "customers.apply_for_connection", connection.company)
    locked_connection = lock_connection(connection)
    CONNECTION.next_state(locked_connection.state, "resubmit_application")
    refuse_held(locked_connection)
    checked_facts = _checked(facts, at)
    if checked_facts.project != locked_connection.project:
        _refuse_second(locked_connection.company, checked_facts.project)
    changed = {
        name: [str(getattr(locked_connection, name)), str(value)]
        for name, value in asdict(checked_facts).items()
        if getattr(locked_connection, name) != value
    }
    for name, value in asdict(checked_facts).items():
        setattr(locked_connection, name, value)
    move_connection(locked_connection, "resubmit_application", by=by, at=at)
    journal.record("resubmit_application", locked_connection, by=by, at=at, changed=changed)
    return locked_connection


def _refuse_ended(connection: Connection) -> None:
    if connection.state not in OPEN_CONNECTIONS:
        raise Refused(
            "connection_ended",
            _("%(connection)s 已办结（%(state)s）。"),
            connection=connection,
            state=ConnectionState(connection.state).label,
        )


def _refuse_second(company: Company, project: str) -> None:
    """Refuses a project whose connection is open; the constraint refuses two at the same second."""
    open_connection = Connection.objects.filter(
        company=company, project=project, state__in=OPEN_CONNECTIONS
    ).first()
    if open_connection is not None:
        raise Refused(
            "connection_open",
            _("%(project)s 的入网正在办理（%(number)s），请在那里继续。"),
            project=project,
            number=open_connection.number,
        )


def _checked(facts: ApplicationFacts, at: datetime) -> ApplicationFacts:
    """Returns the facts with their texts cleaned; raises `Invalid` for the first that is wrong."""
    texts: dict[str, Any] = {
        name: clean_text(getattr(facts, name))
        for name in ("applicant", "contact", "project", "address")
    }
    if not all(texts.values()):
        raise Invalid("application_incomplete", _("请填写申请人、联系人、项目名称和项目地址。"))
    if not 0 < facts.area <= _MOST_AREA or not 0 < facts.flats <= _MOST_FLATS:
        raise Invalid("size_wrong", _("面积和户数须大于 0，请核对。"))
    if facts.wanted_on < business_date(at):
        raise Invalid("wanted_in_past", _("期望通热日期不能早于今天。"))
    try:
        phone = check_phone(facts.phone)
        credit_code = check_credit_code(facts.credit_code) if facts.credit_code.strip() else ""
    except ValueError as error:
        raise Invalid("application_wrong", _("%(error)s，请核对。"), error=_(str(error))) from error
    if facts.applicant_kind != CustomerKind.RESIDENT and not credit_code:
        raise Invalid("credit_code_missing", _("单位申请须填写统一社会信用代码。"))
    return replace(facts, **texts, phone=phone, credit_code=credit_code)
