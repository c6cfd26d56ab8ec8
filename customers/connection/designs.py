"""The preliminary design 初步设计 in versions; it is submitted to the joint review or goes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.connection.promised import rule_in_force
from customers.connection.review_steps import close_review, open_review_of
from customers.connection.steps import lock_connection, move_connection, person_of, written
from customers.connection_states import CONNECTION
from customers.models import Connection, DesignReview, PreliminaryDesign
from office import journal
from office.actors import Actor
from office.documents.operations import Upload, attach_document, store_file
from office.intake.cells import clean_text
from office.models import Document
from office.permissions import authorise
from office.refusals import Invalid


@dataclass(frozen=True)
class DesignFacts:
    """A version of a design: kW, metres of pipe, and the outside office that drew it, if any."""

    heat_load_kw: Decimal
    pipe_m: int
    scheme: str
    designer: str = ""


@transaction.atomic
def submit_design(
    connection: Connection,
    facts: DesignFacts,
    drawings: Sequence[Upload],
    *,
    by: Actor,
    at: datetime,
) -> PreliminaryDesign:
    """Files the next version of the design with its drawings and opens its joint review."""
    authorise(by, "customers.submit_design", connection.company)
    submitter = person_of(by)
    scheme = written(facts.scheme, _("请填写设计方案。"), "scheme_missing")
    if facts.heat_load_kw <= 0 or facts.pipe_m < 0:
        raise Invalid("design_figures", _("热负荷须大于 0，管线长度不能为负。"))
    if not drawings:
        raise Invalid("drawing_missing", _("请上传设计图纸。"))
    # Files are written before the lock, so that nobody waits for a disk.
    stored_drawings = [store_file(drawing) for drawing in drawings]
    locked_connection = lock_connection(connection)
    CONNECTION.next_state(locked_connection.state, "submit_design")
    rule = rule_in_force(locked_connection.company, at)
    design = PreliminaryDesign.objects.create(
        connection=locked_connection,
        version=locked_connection.designs.count() + 1,
        designer=clean_text(facts.designer),
        heat_load_kw=facts.heat_load_kw,
        pipe_m=facts.pipe_m,
        scheme=scheme,
        submitted_by=submitter,
        submitted_at=at,
    )
    for drawing in stored_drawings:
        # Kept with the connection, whose documents its people may open.
        attach_document(
            locked_connection,
            drawing,
            company=locked_connection.company,
            kind="drawing",
            title=f"{design} {drawing.name}"[:120],
            by=by,
            at=at,
        )
    DesignReview.objects.create(
        connection=locked_connection,
        design=design,
        quorum=rule.quorum,
        outside_quorum=rule.outside_quorum,
        opened_at=at,
    )
    move_connection(locked_connection, "submit_design", by=by, at=at)
    journal.record("submit_design", locked_connection, by=by, at=at, title=str(design))
    return design


def drawings_of(design: PreliminaryDesign) -> QuerySet[Document]:
    """Returns the drawings of this version."""
    return Document.objects.filter(
        record_type=ContentType.objects.get_for_model(Connection),
        record_id=design.connection_id,
        kind="drawing",
        title__startswith=f"{design} ",
    ).order_by("pk")


@transaction.atomic
def return_design(connection: Connection, *, reason: str, by: Actor, at: datetime) -> Connection:
    """Sends a connection in review or at its plan back to the design; a review that is open ends
    without passing, and its opinions stay.
    """
    authorise(by, "customers.convene_review", connection.company)
    person = person_of(by)
    locked_connection = lock_connection(connection)
    CONNECTION.next_state(locked_connection.state, "return_design")
    locked_connection.remark = written(reason, _("请写明退回设计的原因。"))
    review = open_review_of(locked_connection)
    if review is not None:
        close_review(review, passed=False, summary=locked_connection.remark, by=by, at=at)
    move_connection(locked_connection, "return_design", by=by, at=at)
    journal.record(
        "return_design",
        locked_connection,
        by=by,
        at=at,
        reason=locked_connection.remark,
        returned_by=person.username,
    )
    return locked_connection
