"""Construction: kick-off, inspections of its nodes, defects, and the acceptance with a score."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.connection.follow_ups import follow_up
from customers.connection.steps import (
    lock_connection,
    move_connection,
    person_of,
    refuse_held,
    written,
)
from customers.connection_states import CONNECTION
from customers.models import (
    Connection,
    ConnectionWorks,
    NodeInspection,
    WorksDefect,
    WorksNode,
)
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.documents.operations import Upload, attach_document, store_photo
from office.entered_times import DayBound, refuse_earlier_day
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from suppliers.models import Supplier
from suppliers.supply_record.facts import EvaluationFacts
from suppliers.supply_record.operations import record_evaluation


@dataclass(frozen=True)
class KickOffFacts:
    """What the kick-off meeting confirmed."""

    contractor: Supplier
    met_on: date
    materials: str
    staff: str
    minutes: str


@transaction.atomic
def kick_off_connection(
    connection: Connection, facts: KickOffFacts, *, by: Actor, at: datetime
) -> ConnectionWorks:
    """Enters the kick-off meeting with contractor and minutes: construction begins."""
    authorise(by, "customers.kick_off_connection", connection.company)
    person = person_of(by)
    texts = {
        name: written(
            getattr(facts, name), _("请填写材料、人员和会议纪要。"), "kick_off_incomplete"
        )
        for name in ("materials", "staff", "minutes")
    }
    if facts.met_on > business_date(at):
        raise Invalid("meeting_in_future", _("启动会日期不能晚于今天。"))
    locked_connection = lock_connection(connection)
    CONNECTION.next_state(locked_connection.state, "kick_off_connection")
    # An amendment may have been signed after the meeting.
    first_contract = locked_connection.contracts.earliest("pk")
    signing = DayBound(first_contract.signed_on, _("合同签订"))
    refuse_earlier_day(facts.met_on, signing, day_name=_("启动会日期"))
    works = ConnectionWorks.objects.create(
        connection=locked_connection,
        contractor=facts.contractor,
        met_on=facts.met_on,
        begun_by=person,
        begun_at=at,
        **texts,
    )
    move_connection(locked_connection, "kick_off_connection", by=by, at=at)
    journal.record(
        "kick_off_connection", locked_connection, by=by, at=at, title=str(facts.contractor)
    )
    return works


@transaction.atomic
def inspect_node(
    connection: Connection,
    node: WorksNode,
    *,
    passed: bool,
    note: str,
    photos: Sequence[Upload] = (),
    by: Actor,
    at: datetime,
) -> NodeInspection:
    """Records the inspection of a node of the construction; the latest of a node counts."""
    authorise(by, "customers.inspect_node", connection.company)
    person = person_of(by)
    clean_note = written(note, _("请填写检查情况。"), "note_missing")
    stored_photos = [store_photo(photo) for photo in photos]
    locked_connection = lock_connection(connection)
    works = _running_works(locked_connection, "inspect_node")
    inspection = NodeInspection.objects.create(
        works=works,
        node=node,
        passed=passed,
        note=clean_note,
        inspected_by=person,
        inspected_at=at,
    )
    for photo in stored_photos:
        attach_document(
            locked_connection,
            photo,
            company=locked_connection.company,
            kind="survey",
            title=f"{WorksNode(node).label} {photo.name}"[:120],
            by=by,
            at=at,
        )
    journal.record(
        "inspect_node",
        locked_connection,
        by=by,
        at=at,
        title=str(WorksNode(node).label),
        passed=passed,
        reason=clean_note,
    )
    return inspection


@transaction.atomic
def report_defect(
    connection: Connection, *, text: str, due_on: date, by: Actor, at: datetime
) -> WorksDefect:
    """Enters a defect with the last day for mending it; the acceptance waits for it."""
    authorise(by, "customers.inspect_node", connection.company)
    person = person_of(by)
    clean_text = written(text, _("请填写缺陷。"), "defect_missing")
    if due_on < business_date(at):
        raise Invalid("defect_backdated", _("整改期限不能早于今天。"))
    locked_connection = lock_connection(connection)
    defect = WorksDefect.objects.create(
        works=_running_works(locked_connection, "report_defect"),
        text=clean_text,
        due_on=due_on,
        found_by=person,
        found_at=at,
    )
    journal.record("report_defect", locked_connection, by=by, at=at, title=clean_text)
    return defect


@transaction.atomic
def close_defect(defect: WorksDefect, *, remedy: str, by: Actor, at: datetime) -> WorksDefect:
    """Confirms that a defect is mended, with what was done."""
    connection = defect.works.connection
    authorise(by, "customers.inspect_node", connection.company)
    person = person_of(by)
    clean_remedy = written(remedy, _("请填写整改情况。"), "remedy_missing")
    locked_connection = lock_connection(connection)
    _running_works(locked_connection, "close_defect")
    locked_defect = WorksDefect.objects.select_for_update(of=("self",)).get(pk=defect.pk)
    if locked_defect.closed_at is not None:
        raise Refused("defect_closed", _("这项缺陷已确认整改。"))
    locked_defect.remedy = clean_remedy
    locked_defect.closed_by = person
    locked_defect.closed_at = at
    locked_defect.save()
    journal.record(
        "close_defect",
        locked_connection,
        by=by,
        at=at,
        title=locked_defect.text,
        reason=clean_remedy,
    )
    return locked_defect


@transaction.atomic
def accept_construction(
    connection: Connection, *, score: Decimal, conclusion: str, by: Actor, at: datetime
) -> ConnectionWorks:
    """Accepts the works with a score of 0 to 100, which goes into the contractor's record.

    Every node has passed, no defect is open, and the acceptor inspected none of the nodes.
    """
    authorise(by, "customers.accept_construction", connection.company)
    person = person_of(by)
    clean_conclusion = written(conclusion, _("请填写验收结论。"), "conclusion_missing")
    locked_connection = lock_connection(connection)
    works = _running_works(locked_connection, "accept_construction")
    if works.inspections.filter(inspected_by=person).exists():
        raise NotAllowed(_("验收须由未参加节点检查的人办理。"))
    if missing := missing_nodes(works):
        raise Refused(
            "nodes_missing",
            _("还没有合格的节点：%(nodes)s。"),
            nodes="、".join(str(node.label) for node in missing),
        )
    if works.defects.filter(closed_at=None).exists():
        raise Refused("defects_open", _("还有未整改的缺陷，请先确认整改。"))
    works.score = score
    works.conclusion = clean_conclusion
    works.accepted_by = person
    works.accepted_at = at
    record_evaluation(
        EvaluationFacts(
            locked_connection.company,
            works.contractor,
            f"{locked_connection.number}-YS{works.pk}",
            locked_connection.project,
            business_date(at),
            score,
            # The contractor's record has room for a note; the whole is kept here.
            clean_conclusion[:200],
        ),
        by=by,
        at=at,
    )
    works.save()
    move_connection(locked_connection, "accept_construction", by=by, at=at)
    follow_up(locked_connection, at=at)
    journal.record(
        "accept_construction",
        locked_connection,
        by=by,
        at=at,
        score=f"{score:f}",
        reason=clean_conclusion,
    )
    return works


def missing_nodes(works: ConnectionWorks) -> list[WorksNode]:
    """Returns the nodes that nobody has inspected or whose latest inspection was not passed."""
    # Later inspections of a node replace earlier ones.
    latest = dict(works.inspections.order_by("pk").values_list("node", "passed"))
    return [node for node in WorksNode if not latest.get(node)]


def _running_works(locked_connection: Connection, verb: str) -> ConnectionWorks:
    """Returns the works of a connection under construction; refuses one at another step."""
    CONNECTION.next_state(locked_connection.state, verb)
    refuse_held(locked_connection)
    return locked_connection.works.select_related("contractor").order_by("-pk")[0]
