"""The supply record: entries are made once and never changed; what is different is a new entry."""

from datetime import date, datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.intake.cells import clean_text
from office.permissions import authorise
from office.refusals import Invalid, Refused
from suppliers.blacklist.gate import refuse_banned
from suppliers.models import (
    AfterSalesCase,
    Delivery,
    Evaluation,
    SupplyEntry,
    SupplyOrder,
    WageDeduction,
)
from suppliers.registry.operations import lock_supplier
from suppliers.supply_record.facts import (
    CAME_BEFORE_ORDER,
    CaseFacts,
    DeductionFacts,
    DeliveryFacts,
    EntryFacts,
    EvaluationFacts,
    OrderFacts,
    columns_of,
)
from suppliers.supply_record.order_gate import refuse_new_order

E = TypeVar("E", bound=SupplyEntry)

_OWN = {"id", "entered_by", "entered_at", "original", "replaces", "change_reason", "withdrawn"}


@transaction.atomic
def enter_order(facts: OrderFacts, *, by: Actor, at: datetime) -> SupplyOrder:
    """Enters an order; the same order sent again answers with the one that is on file.

    Refuses a new order from a supplier that is not qualified for the category when it is placed,
    or on the blacklist, by name of what is missing.
    """
    authorise(by, "suppliers.enter_order", facts.company)
    return enter_entry(SupplyOrder, "enter_order", facts, by=by, at=at)


@transaction.atomic
def record_breach(order: SupplyOrder, *, reason: str, by: Actor, at: datetime) -> SupplyOrder:
    """Records that the supplier did not keep the terms of an order, and which."""
    authorise(by, "suppliers.record_breach", order.company)
    locked_order = lock_standing(order)
    if locked_order.breached:
        raise Refused("breach_recorded", _("这个订单已登记违约，需要更改的请先更正。"))
    return _replace(locked_order, "record_breach", {"breached": True}, reason, by=by, at=at)


@transaction.atomic
def lift_breach(order: SupplyOrder, *, reason: str, by: Actor, at: datetime) -> SupplyOrder:
    """Takes a breach back that was recorded wrongly."""
    authorise(by, "suppliers.correct_entry", order.company)
    locked_order = lock_standing(order)
    if not locked_order.breached:
        raise Refused("no_breach", _("这个订单没有登记违约。"))
    return _replace(locked_order, "lift_breach", {"breached": False}, reason, by=by, at=at)


@transaction.atomic
def enter_delivery(facts: DeliveryFacts, *, by: Actor, at: datetime) -> Delivery:
    """Enters a delivery of an order; one that is overdue is entered without an actual day."""
    authorise(by, "suppliers.enter_delivery", facts.order.company)
    refuse_withdrawn(facts.order)
    return enter_entry(Delivery, "enter_delivery", facts, by=by, at=at)


@transaction.atomic
def open_case(facts: CaseFacts, *, by: Actor, at: datetime) -> AfterSalesCase:
    """Enters an after-sales case with the day by which the supplier has to mend it."""
    authorise(by, "suppliers.open_case", facts.company)
    return enter_entry(AfterSalesCase, "open_case", facts, by=by, at=at)


@transaction.atomic
def close_case(
    case: AfterSalesCase, *, closed_on: date, remark: str, by: Actor, at: datetime
) -> AfterSalesCase:
    """Records the day on which the supplier has mended a case, and what was done."""
    authorise(by, "suppliers.close_case", case.company)
    locked_case = lock_standing(case)
    if locked_case.closed_on is not None:
        raise Refused("case_closed", _("这个售后事项已办结。"))
    return _replace(locked_case, "close_case", {"closed_on": closed_on}, remark, by=by, at=at)


@transaction.atomic
def record_evaluation(facts: EvaluationFacts, *, by: Actor, at: datetime) -> Evaluation:
    """Records the acceptance score of a contractor's work; connection works calls it.

    `number` is that of the acceptance, so that one acceptance counts once however often it is
    sent.
    """
    authorise(by, "suppliers.record_evaluation", facts.company)
    return enter_entry(Evaluation, "record_evaluation", facts, by=by, at=at)


@transaction.atomic
def deduct_wages(facts: DeductionFacts, *, by: Actor, at: datetime) -> WageDeduction:
    """Records what is deducted from a works payment for wages that were not paid."""
    authorise(by, "suppliers.deduct_wages", facts.company)
    return enter_entry(WageDeduction, "deduct_wages", facts, by=by, at=at)


@transaction.atomic
def correct_entry(entry: E, facts: EntryFacts, *, reason: str, by: Actor, at: datetime) -> E:
    """Replaces an entry by a new one with other facts; the earlier one stays to be read.

    Number and company stay: an entry under wrong ones is withdrawn and entered anew. So does the
    supplier of an order that has deliveries.
    """
    authorise(by, "suppliers.correct_entry", entry.company)
    locked_entry = lock_standing(entry)
    columns = columns_of(facts, business_date(at))
    if isinstance(facts, OrderFacts):
        _refuse_earlier_deliveries(locked_entry, facts.ordered_on)
    for name in ("number", "company"):
        if columns[name] != getattr(locked_entry, name):
            raise Invalid("entry_of_another", _("编号和公司不能更正，请撤销这条记录后重新登记。"))
    if columns["supplier"] != locked_entry.supplier:
        _refuse_deliveries(locked_entry)
        locked_supplier = lock_supplier(columns["supplier"])
        if isinstance(facts, OrderFacts):
            refuse_banned(locked_supplier, facts.category, at=at)
    return _replace(locked_entry, "correct_entry", columns, reason, by=by, at=at)


@transaction.atomic
def withdraw_entry(entry: E, *, reason: str, by: Actor, at: datetime) -> E:
    """Withdraws an entry that should not be there; it counts for nothing from now on."""
    authorise(by, "suppliers.correct_entry", entry.company)
    locked_entry = lock_standing(entry)
    _refuse_deliveries(locked_entry)
    return _replace(locked_entry, "withdraw_entry", {"withdrawn": True}, reason, by=by, at=at)


def lock_standing(entry: E) -> E:
    """A step of each operation that replaces an entry: locks its chain and returns it; refuses one
    that was replaced or withdrawn.
    """
    rows = _rows(type(entry))
    # Two who correct the same entry: the second must see the first one's correction. The lock is
    # on the first entry, where deliveries of an order wait as well.
    rows.select_for_update(of=("self",)).get(pk=(entry.original or entry).pk)
    locked_entry: E = rows.get(pk=entry.pk)
    if locked_entry.withdrawn or rows.filter(replaces=locked_entry).exists():
        raise Refused(
            "entry_replaced",
            _("%(number)s 的这条记录已被更正或撤销，请在最新的一条上办理。"),
            number=locked_entry.number,
        )
    return locked_entry


def enter_entry(model: type[E], verb: str, facts: EntryFacts, *, by: Actor, at: datetime) -> E:
    """A step of entering anything into the record, at a desk or from the platform: saves a new
    entry, in a transaction of its own within the caller's, or returns the one that is on file under
    its number with the same facts.
    """
    columns = columns_of(facts, business_date(at))
    # The lock keeps a merge of suppliers from coming between.
    columns["supplier"] = lock_supplier(columns["supplier"])
    if original := _entered(model, columns):
        return original
    if isinstance(facts, OrderFacts):
        refuse_new_order(facts, at=at)
    entry = model(entered_by=by.user, entered_at=at, **columns)
    try:
        # The same number twice at once: the second meets the unique constraint.
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError:
        original = _entered(model, columns)
        if original is None:
            raise
        return original
    _record(verb, entry, "", by=by, at=at)
    return entry


def _entered(model: type[E], columns: dict[str, Any]) -> E | None:
    """Returns the first entry under this number; refuses one with other facts."""
    original: E | None = (
        _rows(model)
        .filter(company=columns["company"], number=columns["number"], replaces=None)
        .first()
    )
    if original is not None:
        _refuse_other_facts(original, columns)
    return original


def _refuse_other_facts(original: SupplyEntry, columns: dict[str, Any]) -> None:
    """Refuses a number that is on file with other facts, or that was withdrawn."""
    if any(getattr(original, name) != value for name, value in columns.items()):
        raise Refused(
            "number_taken",
            _("编号 %(number)s 已有记录，内容不同；需要更改的请更正那条记录。"),
            number=original.number,
        )
    if _rows(type(original)).filter(original=original, withdrawn=True).exists():
        raise Refused(
            "number_withdrawn",
            _("编号 %(number)s 的记录已撤销，请核对编号。"),
            number=original.number,
        )


def _replace(
    entry: E, verb: str, changed: dict[str, Any], reason: str, *, by: Actor, at: datetime
) -> E:
    if not clean_text(reason):
        raise Invalid("reason_missing", _("请写明原因。"))
    columns = {
        field.name: getattr(entry, field.name)
        for field in entry._meta.concrete_fields  # noqa: SLF001
        if field.name not in _OWN
    }
    replacement = type(entry)(
        **{"withdrawn": False, **columns, **changed},
        entered_by=by.user,
        entered_at=at,
        original=entry.original or entry,
        replaces=entry,
        change_reason=clean_text(reason),
    )
    _refuse_wrong_days(replacement, at)
    replacement.save(force_insert=True)
    _record(verb, replacement, replacement.change_reason, by=by, at=at)
    return replacement


def _refuse_wrong_days(entry: SupplyEntry, at: datetime) -> None:
    if isinstance(entry, AfterSalesCase):
        CaseFacts(
            *(entry.company, entry.supplier, entry.number, entry.subject),
            *(entry.opened_on, entry.due_on, entry.closed_on),
        ).check(business_date(at))


def _refuse_deliveries(entry: SupplyEntry) -> None:
    if not isinstance(entry, SupplyOrder):
        return
    first = entry.original or entry
    if Delivery.objects.standing().filter(order=first.pk).exists():
        raise Refused("order_has_deliveries", _("这个订单有到货记录，请先撤销到货记录。"))


def _refuse_earlier_deliveries(order: SupplyEntry, ordered_on: date) -> None:
    """Refuses a day of an order that lies after one of its deliveries came."""
    deliveries = Delivery.objects.standing().filter(order=(order.original or order).pk)
    if deliveries.filter(actual_on__lt=ordered_on).exists():
        raise Invalid("delivered_before_order", CAME_BEFORE_ORDER)


def refuse_withdrawn(order: SupplyOrder) -> None:
    """A step of entering a delivery: locks the order's first entry; refuses a withdrawn order."""
    original = order.original or order
    # The lock keeps a withdrawal of the order, which takes it too, from coming between.
    SupplyOrder.objects.select_for_update(of=("self",)).get(pk=original.pk)
    chain = SupplyOrder.objects.filter(Q(pk=original.pk) | Q(original=original))
    if not chain.standing().exists():
        raise Refused("order_withdrawn", _("这个订单已撤销，不能登记到货。"))


def _rows(model: type[SupplyEntry]) -> Any:
    """Returns the manager of one kind of entry."""
    return model._default_manager  # noqa: SLF001


def _record(verb: str, entry: SupplyEntry, reason: str, *, by: Actor, at: datetime) -> None:
    facts: dict[str, Any] = {"number": entry.number, "title": entry.supplier.name}
    if reason:
        facts["reason"] = reason
    journal.record(verb, entry, by=by, at=at, **facts)
