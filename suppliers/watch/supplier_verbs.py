"""The buttons of the watch on a supplier's page."""

from django.utils.translation import gettext_lazy as _

from office.screens.records import Verb
from suppliers.watch.forms import IssueForm
from suppliers.watch.issues import raise_issue

WATCH_VERBS = (
    Verb(
        "raise_issue",
        _("提出整改"),
        "suppliers.raise_issue",
        lambda supplier, values, by, at: raise_issue(
            supplier, IssueForm.facts(values), by=by, at=at
        ),
        _("整改事项已登记。"),
        form=IssueForm,
        allowed=lambda supplier: supplier.merged_into_id is None,
    ),
)
