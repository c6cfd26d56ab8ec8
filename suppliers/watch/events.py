"""Trainings and exchanges with suppliers, and who came."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.intake.cells import clean_text
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from suppliers.models import EventAttendance, EventKind, Supplier, SupplierActivity


@dataclass(frozen=True)
class EventFacts:
    """What suppliers are invited to, where and when."""

    kind: EventKind
    topic: str
    held_on: date
    place: str


@transaction.atomic
def plan_event(
    facts: EventFacts, invited: Collection[Supplier], *, by: Actor, at: datetime
) -> SupplierActivity:
    """Enters an event with the suppliers that are invited to it."""
    authorise(by, "suppliers.plan_event")
    if by.user is None:
        raise NotAllowed()
    for text, name in ((facts.topic, _("主题")), (facts.place, _("地点"))):
        if not clean_text(text):
            raise Invalid("fact_missing", _("请填写%(name)s。"), name=name)
    if not invited:
        raise Invalid("nobody_invited", _("请至少邀请一家供应商。"))
    event = SupplierActivity.objects.create(
        kind=facts.kind,
        topic=clean_text(facts.topic),
        held_on=facts.held_on,
        place=clean_text(facts.place),
        entered_by=by.user,
        entered_at=at,
    )
    EventAttendance.objects.bulk_create(
        EventAttendance(event=event, supplier=supplier) for supplier in dict.fromkeys(invited)
    )
    journal.record(
        "plan_event", event, by=by, at=at, title=event.topic, suppliers=len(set(invited))
    )
    return event


@transaction.atomic
def record_attendance(
    event: SupplierActivity, people: Mapping[int, int], *, by: Actor, at: datetime
) -> SupplierActivity:
    """Records how many people of each invited supplier came; 0 says that nobody did.

    `people` are the numbers by the suppliers' keys. It may be said again, to correct it.
    """
    authorise(by, "suppliers.record_attendance")
    locked_event = SupplierActivity.objects.select_for_update(of=("self",)).get(pk=event.pk)
    if locked_event.held_on > business_date(at):
        raise Refused("event_to_come", _("活动还没有举行，请在举行后登记参加情况。"))
    attendances = {row.supplier_id: row for row in locked_event.attendances.all()}
    if not set(people) <= set(attendances):
        raise Invalid("not_invited", _("有供应商没有受到邀请，请刷新页面。"))
    for supplier, count in people.items():
        attendances[supplier].people = count
    EventAttendance.objects.bulk_update([attendances[pk] for pk in people], ["people"])
    journal.record(
        "record_attendance",
        locked_event,
        by=by,
        at=at,
        suppliers=sum(1 for count in people.values() if count),
        people=sum(people.values()),
    )
    return locked_event
