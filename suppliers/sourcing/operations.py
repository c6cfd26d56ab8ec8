"""Sourcing 询价采购: requested, suppliers invited, exempted from the comparison, called off."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.documents.operations import Upload, attach_document
from office.forms.form_keys import form_used_elsewhere
from office.intake.cells import clean_text
from office.models import Company
from office.numbering import draw_numbers
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed
from office.tokens.one_time_links import issue_link, revoke_link
from suppliers.admission.reserve import leaf_categories
from suppliers.admission.standing import require_qualified
from suppliers.models import Invitation, Sourcing, SourcingItem, Supplier, SupplyCategory
from suppliers.sourcing.steps import lock_sourcing, move_sourcing, person_of, require_comparison
from suppliers.states import SOURCING

# What the link of an invitation is for (`office/tokens/one_time_links.py`).
OFFER_LINK = "submit_offer"
_MOST_ITEMS = 200


@dataclass(frozen=True)
class ItemFacts:
    """A line of a request; `published_fen` is a net price in fen a unit that bidders may take."""

    name: str
    quantity: Decimal
    unit: str
    published_fen: int | None = None


@dataclass(frozen=True)
class RequestFacts:
    """What a company wants to buy in a category, and until when it takes offers."""

    company: Company
    category: SupplyCategory
    title: str
    items: Sequence[ItemFacts]
    offers_until: datetime


def request_sourcing(
    facts: RequestFacts, *, form_key: str = "", by: Actor, at: datetime
) -> Sourcing:
    """Enters what a company wants to buy; the same `form_key` sent again returns the first, and
    with another content is refused.
    """
    try:
        with transaction.atomic():
            authorise(by, "suppliers.request_sourcing", facts.company)
            return _request(facts, form_key, by=by, at=at)
    except IntegrityError:
        # The form key is unique: the form was sent twice, and the first request stands.
        first = Sourcing.objects.filter(form_key=form_key or None).first()
        if not form_key or first is None:
            raise
        if not _is_of(first, facts):
            raise form_used_elsewhere() from None
        return first


def _is_of(sourcing: Sourcing, facts: RequestFacts) -> bool:
    """Returns whether the sourcing has the content of the request."""
    items = [
        ItemFacts(item.name, item.quantity, item.unit, item.published_fen)
        for item in sourcing.items.order_by("line")
    ]
    return (sourcing.company, sourcing.category, sourcing.offers_until) == (
        *(facts.company, facts.category, facts.offers_until),
    ) and (sourcing.title, items) == (clean_text(facts.title), _checked_items(facts.items))


def _request(facts: RequestFacts, form_key: str, *, by: Actor, at: datetime) -> Sourcing:
    """Checks and stores the request; the caller holds the transaction."""
    requester = person_of(by)
    checked_items = _checked_items(facts.items)
    title, company = clean_text(facts.title), facts.company
    if not title:
        raise Invalid("title_missing", _("请填写采购名称。"))
    if facts.offers_until <= at:
        raise Invalid("offers_until_past", _("报价截止时间须晚于现在。"))
    if not leaf_categories().filter(pk=facts.category.pk).exists():
        raise Invalid("category_no_leaf", _("请选择在用的末级采购类别。"))
    year = business_date(at).year
    sourcing = Sourcing.objects.create(
        company=company,
        number=f"CG{company.code}-{year}-{draw_numbers(f'sourcing:{company.code}:{year}'):04d}",
        category=facts.category,
        title=title,
        offers_until=facts.offers_until,
        requested_by=requester,
        requested_at=at,
        form_key=form_key or None,
    )
    SourcingItem.objects.bulk_create(
        SourcingItem(
            sourcing=sourcing,
            line=line,
            name=item.name,
            quantity=item.quantity,
            unit=item.unit,
            published_fen=item.published_fen,
        )
        for line, item in enumerate(checked_items, start=1)
    )
    journal.record("request_sourcing", sourcing, by=by, at=at, title=sourcing.title)
    return sourcing


@transaction.atomic
def invite_suppliers(
    sourcing: Sourcing, suppliers: Collection[Supplier], *, by: Actor, at: datetime
) -> Mapping[Supplier, str]:
    """Invites suppliers and returns the secret of each one's link, which is kept nowhere.

    Every one is qualified for the category at this moment, and with those invited before they are
    three independent ones. Who is invited again gets a new link; the old one ends.
    """
    authorise(by, "suppliers.invite_suppliers", sourcing.company)
    inviter = person_of(by)
    locked_sourcing = lock_sourcing(sourcing)
    if not suppliers:
        raise Invalid("nobody_invited", _("请选择供应商。"))
    if at >= locked_sourcing.offers_until:
        raise Invalid("offers_until_past", _("报价截止时间已过，不能再邀请。"))
    for supplier in suppliers:
        require_qualified(supplier, locked_sourcing.category, at=at)
    invited = set(locked_sourcing.invitations.values_list("supplier_id", flat=True))
    require_comparison(locked_sourcing, invited | {supplier.pk for supplier in suppliers})
    move_sourcing(locked_sourcing, "invite_suppliers", at=at)
    secrets: dict[Supplier, str] = {}
    for supplier in sorted(suppliers, key=lambda row: row.pk):
        invitation, _created = Invitation.objects.get_or_create(
            sourcing=locked_sourcing,
            supplier=supplier,
            defaults={"invited_by": inviter, "invited_at": at},
        )
        secrets[supplier] = issue_link(
            invitation,
            OFFER_LINK,
            recipient=supplier.name,
            valid_until=locked_sourcing.offers_until,
            company=locked_sourcing.company,
            by=by,
            at=at,
        )
    journal.record(
        "invite_suppliers",
        locked_sourcing,
        by=by,
        at=at,
        suppliers=[supplier.name for supplier in secrets],
    )
    return secrets


@transaction.atomic
def exempt_sourcing(
    sourcing: Sourcing, *, reason: str, papers: Sequence[Upload] = (), by: Actor, at: datetime
) -> Sourcing:
    """Exempts a sourcing from the comparison of three, in writing; never by who requested it."""
    authorise(by, "suppliers.exempt_sourcing", sourcing.company)
    approver = person_of(by)
    locked_sourcing = lock_sourcing(sourcing)
    if approver.pk == locked_sourcing.requested_by_id:
        raise NotAllowed(_("少于三家须由发起人以外的人批准。"))
    if not clean_text(reason):
        raise Invalid("reason_missing", _("请写明理由。"))
    locked_sourcing.exemption = clean_text(reason)
    locked_sourcing.exempted_by = approver
    locked_sourcing.exempted_at = at
    move_sourcing(locked_sourcing, "exempt_sourcing", at=at)
    for paper in papers:
        attach_document(
            locked_sourcing,
            paper,
            company=locked_sourcing.company,
            kind="evidence",
            title=str(_("少于三家的批准")),
            by=by,
            at=at,
        )
    journal.record(
        "exempt_sourcing", locked_sourcing, by=by, at=at, reason=locked_sourcing.exemption
    )
    return locked_sourcing


@transaction.atomic
def call_off_sourcing(sourcing: Sourcing, *, reason: str, by: Actor, at: datetime) -> Sourcing:
    """Ends a sourcing without an award; offers that are sealed stay sealed for ever."""
    authorise(by, "suppliers.call_off_sourcing", sourcing.company)
    if not clean_text(reason):
        raise Invalid("reason_missing", _("请写明原因。"))
    locked_sourcing = lock_sourcing(sourcing)
    SOURCING.next_state(locked_sourcing.state, "call_off_sourcing")
    locked_sourcing.remark = clean_text(reason)
    move_sourcing(locked_sourcing, "call_off_sourcing", at=at)
    for invitation in locked_sourcing.invitations.all():
        revoke_link(invitation, OFFER_LINK, by=by, at=at)
    journal.record(
        "call_off_sourcing", locked_sourcing, by=by, at=at, reason=locked_sourcing.remark
    )
    return locked_sourcing


def _checked_items(items: Sequence[ItemFacts]) -> list[ItemFacts]:
    """Returns the items with their texts cleaned; raises `Invalid` for the first that is wrong."""
    if not 0 < len(items) <= _MOST_ITEMS:
        raise Invalid("items_wrong", _("请填写1至%(most)s项采购内容。"), most=_MOST_ITEMS)
    checked = [
        ItemFacts(clean_text(item.name), item.quantity, clean_text(item.unit), item.published_fen)
        for item in items
    ]
    for item in checked:
        if not item.name or not item.unit or item.quantity <= 0:
            raise Invalid("item_incomplete", _("每项都须有名称、单位和大于0的数量。"))
        if item.published_fen is not None and item.published_fen <= 0:
            raise Invalid("published_price_wrong", _("公布单价须大于0。"))
    if len({item.name for item in checked}) < len(checked):
        raise Invalid("item_twice", _("同一项采购内容填写了两次，请合并。"))
    return checked
