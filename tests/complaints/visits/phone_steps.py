"""Steps as a repairer's phone sends them."""

from datetime import datetime
from io import BytesIO
from uuid import UUID, uuid4

from complaints.models import Visit, VisitStep
from complaints.visits.steps import (
    Deed,
    Finding,
    Onward,
    Photo,
    Stamp,
    take_visit_step,
)
from office.actors import Actor
from office.documents.operations import Upload
from tests.service_desk import Desk, t

NINE = t("2026-01-12 09:00")
TEN = t("2026-01-12 10:00")
JPEG = b"\xff\xd8\xff\xe0 photo"


def take(
    visit: Visit,
    deed: Deed | str,
    desk: Desk,
    at: datetime = TEN,
    *,
    key: UUID | None = None,
    happened_at: datetime | None = None,
    sent_at: datetime | None = None,
    by: Actor | None = None,
) -> VisitStep:
    deed = Onward(deed) if isinstance(deed, str) else deed
    stamp = Stamp(key or uuid4(), happened_at, sent_at)
    return take_visit_step(visit, deed, stamp, by=by or desk.repairer, at=at)


def photo(content: bytes = JPEG, name: str = "door.jpg") -> Photo:
    return Photo(Upload(name, BytesIO(content)), "现场照片")


def take_until_finding(visit: Visit, desk: Desk) -> None:
    for deed in ("accept_assignment", "depart", "arrive", Finding("阀门锈死")):
        take(visit, deed, desk)
