"""Issues at suppliers: raised, rectified by the supplier, verified by somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.documents.operations import Upload, attach_document
from office.intake.cells import clean_text
from office.models import User
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed
from suppliers.models import Recheck, Supplier, SupplierIssue
from suppliers.registry.operations import lock_supplier
from suppliers.states import ISSUE


@dataclass(frozen=True)
class IssueFacts:
    """What is wrong, and the last day for mending it."""

    text: str
    due_on: date


@transaction.atomic
def raise_issue(supplier: Supplier, facts: IssueFacts, *, by: Actor, at: datetime) -> SupplierIssue:
    """Records an issue that the supplier has to rectify."""
    authorise(by, "suppliers.raise_issue")
    if by.user is None:
        raise NotAllowed()
    issue = open_issue(lock_supplier(supplier), facts, recheck=None, raised_by=by.user, at=at)
    journal.record("raise_issue", issue, by=by, at=at, title=issue.text, due_on=f"{issue.due_on}")
    return issue


def open_issue(
    locked_supplier: Supplier,
    facts: IssueFacts,
    *,
    recheck: Recheck | None,
    raised_by: User,
    at: datetime,
) -> SupplierIssue:
    """A step of raising an issue and of a re-check; the caller holds the supplier's lock."""
    if not clean_text(facts.text):
        raise Invalid("fact_missing", _("请填写%(name)s。"), name=_("问题"))
    if facts.due_on < business_date(at):
        raise Invalid("due_past", _("整改期限不能早于今天。"))
    return SupplierIssue.objects.create(
        supplier=locked_supplier,
        recheck=recheck,
        text=clean_text(facts.text),
        due_on=facts.due_on,
        raised_by=raised_by,
        raised_at=at,
    )


@transaction.atomic
def report_rectification(
    issue: SupplierIssue, *, text: str, papers: Sequence[Upload] = (), by: Actor, at: datetime
) -> SupplierIssue:
    """Records what the supplier did about an issue, with its papers."""
    authorise(by, "suppliers.report_rectification")
    if by.user is None:
        raise NotAllowed()
    if not clean_text(text):
        raise Invalid("fact_missing", _("请填写%(name)s。"), name=_("整改情况"))
    locked_issue = _lock(issue)
    locked_issue.state = ISSUE.next_state(locked_issue.state, "report_rectification")
    locked_issue.rectification = clean_text(text)
    locked_issue.reported_by = by.user
    locked_issue.reported_at = at
    locked_issue.save()
    for paper in papers:
        attach_document(
            locked_issue,
            paper,
            company=locked_issue.company,
            kind="evidence",
            title=locked_issue.text[:100],
            by=by,
            at=at,
        )
    journal.record(
        "report_rectification", locked_issue, by=by, at=at, reason=locked_issue.rectification
    )
    return locked_issue


@transaction.atomic
def verify_rectification(
    issue: SupplierIssue, *, text: str, by: Actor, at: datetime
) -> SupplierIssue:
    """Confirms that an issue is rectified; never by who recorded the rectification."""
    return _judge(issue, "verify_rectification", text, by=by, at=at)


@transaction.atomic
def return_rectification(
    issue: SupplierIssue, *, text: str, by: Actor, at: datetime
) -> SupplierIssue:
    """Returns an issue that is not rectified yet, with what is still missing."""
    return _judge(issue, "return_rectification", text, by=by, at=at)


def _judge(issue: SupplierIssue, verb: str, text: str, *, by: Actor, at: datetime) -> SupplierIssue:
    authorise(by, "suppliers.verify_rectification")
    if by.user is None:
        raise NotAllowed()
    if not clean_text(text):
        raise Invalid("fact_missing", _("请填写%(name)s。"), name=_("验证情况"))
    locked_issue = _lock(issue)
    locked_issue.state = ISSUE.next_state(locked_issue.state, verb)
    if by.user.pk == locked_issue.reported_by_id:
        raise NotAllowed(_("整改须由登记人以外的人验证。"))
    locked_issue.verification = clean_text(text)
    locked_issue.verified_by = by.user
    locked_issue.verified_at = at
    locked_issue.save()
    journal.record(verb, locked_issue, by=by, at=at, reason=locked_issue.verification)
    return locked_issue


def _lock(issue: SupplierIssue) -> SupplierIssue:
    return (
        SupplierIssue.objects.select_for_update(of=("self",))
        .select_related("supplier")
        .get(pk=issue.pk)
    )
