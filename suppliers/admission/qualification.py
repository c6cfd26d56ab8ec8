"""Granting the qualification to supply in bulk."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.permissions import authorise
from office.refusals import Invalid, Refused
from suppliers.admission.standing import missing_steps
from suppliers.admission.steps import lock_admission, move_admission, refuse_applicant
from suppliers.blacklist.gate import refuse_banned
from suppliers.models import Admission, Qualification
from suppliers.papers.gates import missing_papers_at


@transaction.atomic
def qualify_supplier(
    admission: Admission, *, valid_until: date, by: Actor, at: datetime
) -> Qualification:
    """Qualifies the supplier for the category from today to a day, which is included.

    Never by who applied. Refuses by name whatever is missing: a level of the approval, the visit,
    the trial, a condition that is overdue, a paper. The database asks the same of each row.
    """
    authorise(by, "suppliers.qualify_supplier")
    if valid_until < business_date(at):
        raise Invalid("qualification_over", _("有效期不能早于今天。"))
    locked_admission = lock_admission(admission)
    granter = refuse_applicant(locked_admission, by, _("准予批量供应"))
    refuse_banned(locked_admission.supplier, locked_admission.category, at=at)
    dealing = (locked_admission.supplier_id, locked_admission.category_id)
    papers = missing_papers_at([dealing], at)[dealing]
    missing = [*missing_steps(locked_admission, at), *map(str, papers)]
    if missing:
        raise Refused(
            "not_ready",
            _("还不能准予批量供应，缺：%(missing)s。"),
            missing="；".join(missing),
        )
    qualification = Qualification.objects.create(
        admission=locked_admission,
        supplier=locked_admission.supplier,
        category=locked_admission.category,
        valid_from=business_date(at),
        valid_until=valid_until,
        granted_by=granter,
        granted_at=at,
    )
    move_admission(locked_admission, "qualify_supplier", at=at)
    journal.record("qualify_supplier", locked_admission, by=by, at=at, valid_until=f"{valid_until}")
    return qualification
