"""The registry of suppliers: entering, changing and merging records, and declared relations."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from suppliers.models import (
    DeclaredRelation,
    Supplier,
    SupplierBankAccount,
    SupplierContact,
    SupplierOwner,
    SupplierTrait,
)
from suppliers.registry.facts import SupplierFacts, checked_facts
from suppliers.registry.traits import traits_of
from suppliers.states import BankAccountState

_COLUMNS = (
    *("credit_code", "name", "representative", "region"),
    *("address", "phone", "founded_on", "remark"),
)


@transaction.atomic
def register_supplier(facts: SupplierFacts, *, by: Actor, at: datetime) -> Supplier:
    """Enters a new supplier; refuses a credit code that is on file already."""
    authorise(by, "suppliers.register_supplier")
    return enter_supplier(facts, by=by, at=at)


def enter_supplier(facts: SupplierFacts, *, by: Actor, at: datetime) -> Supplier:
    """A step of registering a supplier at a desk and of taking one in from the platform."""
    checked = checked_facts(facts, on=business_date(at))
    supplier = Supplier(registered_at=at, **_columns(checked))
    _save_with_own_code(supplier)
    write_parts(supplier, checked)
    journal.record("register_supplier", supplier, by=by, at=at, number=checked.credit_code)
    return supplier


@transaction.atomic
def change_supplier_facts(
    supplier: Supplier, facts: SupplierFacts, *, by: Actor, at: datetime
) -> Supplier:
    """Changes the facts of a supplier; the database keeps the earlier ones."""
    authorise(by, "suppliers.change_supplier_facts")
    checked = checked_facts(facts, on=business_date(at))
    locked_supplier = lock_supplier(supplier)
    changed = [
        name for name in _COLUMNS if getattr(locked_supplier, name) != getattr(checked, name)
    ]
    for name in changed:
        setattr(locked_supplier, name, getattr(checked, name))
    _save_with_own_code(locked_supplier)
    write_parts(locked_supplier, checked)
    journal.record("change_supplier_facts", locked_supplier, by=by, at=at, fields=sorted(changed))
    return locked_supplier


@transaction.atomic
def merge_suppliers(
    duplicate: Supplier, remaining: Supplier, *, reason: str, by: Actor, at: datetime
) -> Supplier:
    """Puts a record aside that is the same firm as another, and returns the one that remains.

    The duplicate keeps its papers and dealings, names the other and takes part in nothing new.
    """
    authorise(by, "suppliers.merge_suppliers")
    if duplicate.pk == remaining.pk:
        raise Invalid("merged_into_itself", _("不能把供应商并入它自己，请选择另一家。"))
    if not reason.strip():
        raise Invalid("reason_missing", _("请写明合并的依据。"))
    # Both rows in the order of their keys, so that two merges never wait for each other.
    locked = {
        supplier.pk: supplier
        for supplier in Supplier.objects.select_for_update(of=("self",))
        .filter(pk__in=[duplicate.pk, remaining.pk])
        .order_by("pk")
    }
    locked_duplicate, locked_remaining = locked[duplicate.pk], locked[remaining.pk]
    for supplier in (locked_duplicate, locked_remaining):
        refuse_merged(supplier)
    locked_duplicate.merged_into = locked_remaining
    locked_duplicate.save(update_fields=["merged_into"])
    # What was merged earlier follows, so that one step always leads to the remaining record.
    locked_duplicate.merged.update(merged_into=locked_remaining)
    for supplier in (locked_duplicate, locked_remaining):
        journal.record(
            "merge_suppliers",
            supplier,
            by=by,
            at=at,
            number=locked_remaining.credit_code,
            merged=locked_duplicate.credit_code,
            reason=reason.strip(),
        )
    return locked_remaining


@transaction.atomic
def declare_relation(
    supplier: Supplier, related: Supplier, *, reason: str, by: Actor, at: datetime
) -> DeclaredRelation:
    """Records that two suppliers are not independent of each other, and how that is known."""
    authorise(by, "suppliers.declare_relation")
    if by.user is None:
        raise NotAllowed()
    if supplier.pk == related.pk:
        raise Invalid("related_to_itself", _("请选择另一家供应商。"))
    if not reason.strip():
        raise Invalid("reason_missing", _("请写明依据。"))
    first, second = sorted((supplier, related), key=lambda record: record.pk)
    relation, created = DeclaredRelation.objects.get_or_create(
        supplier=first,
        related=second,
        ended_at=None,
        defaults={"reason": reason.strip(), "declared_by": by.user, "declared_at": at},
    )
    if not created:
        raise Refused("relation_declared", _("这两家的关联关系已经登记。"))
    journal.record(
        "declare_relation", supplier, by=by, at=at, title=related.name, reason=reason.strip()
    )
    return relation


@transaction.atomic
def end_relation(
    relation: DeclaredRelation, *, reason: str, by: Actor, at: datetime
) -> DeclaredRelation:
    """Ends a declared relation that no longer holds."""
    authorise(by, "suppliers.declare_relation")
    if not reason.strip():
        raise Invalid("reason_missing", _("请写明解除的依据。"))
    locked_relation = DeclaredRelation.objects.select_for_update(of=("self",)).get(pk=relation.pk)
    if locked_relation.ended_at is not None:
        raise Refused("relation_ended", _("这条关联关系已经解除。"))
    locked_relation.ended_at = at
    locked_relation.save(update_fields=["ended_at"])
    journal.record(
        "end_relation",
        locked_relation.supplier,
        by=by,
        at=at,
        title=locked_relation.related.name,
        reason=reason.strip(),
    )
    return locked_relation


def lock_supplier(supplier: Supplier) -> Supplier:
    """A step of each operation that changes a supplier or what hangs on it: locks its row and
    returns it; refuses a record that was merged into another.
    """
    locked_supplier = Supplier.objects.select_for_update(of=("self",)).get(pk=supplier.pk)
    refuse_merged(locked_supplier)
    return locked_supplier


def refuse_merged(supplier: Supplier) -> None:
    """A step of operations on suppliers: refuses a record that was merged into another."""
    if supplier.merged_into is not None:
        raise Refused(
            "supplier_merged",
            _("%(name)s 已并入 %(remaining)s，请在那里办理。"),
            name=supplier.name,
            remaining=supplier.merged_into.name,
        )


def write_parts(supplier: Supplier, facts: SupplierFacts) -> None:
    """A step of the operations that enter and change a supplier: writes owners, contacts and traits
    of the locked record anew.
    """
    _replace(
        supplier.owners,
        [
            SupplierOwner(supplier=supplier, name=owner.name, share_percent=owner.share_percent)
            for owner in facts.owners
        ],
        ("name", "share_percent"),
    )
    _replace(
        supplier.contacts,
        [
            SupplierContact(
                supplier=supplier, name=contact.name, duty=contact.duty, phone=contact.phone
            )
            for contact in facts.contacts
        ],
        ("name", "duty", "phone"),
    )
    write_traits(supplier, facts)


def write_traits(supplier: Supplier, facts: SupplierFacts) -> None:
    """A step of operations on suppliers: writes the traits of the locked record anew."""
    in_force = SupplierBankAccount.objects.filter(
        supplier=supplier, state__in=[BankAccountState.PROPOSED, BankAccountState.CONFIRMED]
    )
    traits = traits_of(facts, in_force.values_list("number", flat=True))
    supplier.traits.all().delete()
    SupplierTrait.objects.bulk_create(
        SupplierTrait(supplier=supplier, kind=kind, value=value) for kind, value in sorted(traits)
    )


def _replace(
    rows: "models.Manager[models.Model]", wanted: Sequence[models.Model], columns: Sequence[str]
) -> None:
    """Deletes and inserts only rows that differ, so that the history holds real changes only."""
    by_values = {tuple(getattr(row, name) for name in columns): row for row in wanted}
    for row in rows.all():
        if by_values.pop(tuple(getattr(row, name) for name in columns), None) is None:
            row.delete()
    rows.bulk_create(list(by_values.values()))


def _columns(facts: SupplierFacts) -> dict[str, object]:
    return {name: getattr(facts, name) for name in _COLUMNS}


def _save_with_own_code(supplier: Supplier) -> None:
    """Saves the supplier; refuses a credit code that another has."""
    _refuse_known_code(supplier)
    try:
        # Two who enter the same code at once: the second meets the unique constraint.
        with transaction.atomic():
            supplier.save()
    except IntegrityError:
        _refuse_known_code(supplier)
        raise


def _refuse_known_code(supplier: Supplier) -> None:
    registered = (
        Supplier.objects.filter(credit_code=supplier.credit_code).exclude(pk=supplier.pk).first()
    )
    if registered is not None:
        raise Refused(
            "credit_code_taken",
            _("统一社会信用代码 %(number)s 已登记为 %(name)s，请在那里办理。"),
            number=supplier.credit_code,
            name=registered.name,
        )
