"""Approvals on a record's page: the buttons of a decision, and the history of opinions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office.action_names import action_name
from office.approvals.kinds import ApprovalKind
from office.approvals.steps import Opinion, approvals_of, may_decide, pending_approval
from office.approvals.waiting import approvals_waiting_for
from office.documents.operations import ACCEPT, Upload
from office.models import Approval, ApprovalOpinion, User
from office.screens.records import Verb
from office.states import ApprovalState


class OpinionForm(forms.Form):
    """An opinion and its paper, about the step that is on the screen."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("意见"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    paper = forms.FileField(
        label=_("材料"),
        required=False,
        help_text=_("PDF、JPG、PNG、XLSX、DOCX，不超过 20 MB"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )


class ReturnForm(OpinionForm):
    """An opinion that has to say why."""

    text = forms.CharField(
        label=_("退回原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


def read_opinion(answers: Mapping[str, Any]) -> Opinion:
    """Returns what an `OpinionForm` says."""
    paper = answers.get("paper")
    papers = (Upload(paper.name, paper),) if paper else ()
    return Opinion(answers.get("text", ""), papers, answers.get("seen", ""))


@dataclass(frozen=True)
class DecisionVerb(Verb):
    """A button that decides a level: for holders of the level's right and for their deputies."""

    kind: ApprovalKind = field(kw_only=True)

    def shown_to(self, user: User, record: Any) -> bool:
        """Only whom the open level waits for gets the button."""
        waiting = approvals_waiting_for(user, timezone.now())
        return waiting.filter(pk__in=approvals_of(record).order_by().values("pk")).exists()

    def open_to(self, user: User, record: Any) -> bool:
        """Everybody with a right to some level: who comes too late reads the sentence."""
        return may_decide(user, self.kind, record.company, timezone.now())

    def empty_form(self, record: Any) -> forms.Form | None:
        """Carries the step that is on the screen."""
        approval = pending_approval(record)
        if self.form is None or approval is None:
            return None
        # Two such forms stand on one page: their labels must not meet at one id.
        return self.form(initial={"seen": approval.step}, auto_id=f"{self.name}_%s")

    def form_again(self, record: Any, form: forms.Form) -> forms.Form:
        """Carries the step that the page shows now: what was sent may have been about another."""
        approval = pending_approval(record)
        if self.form is None or approval is None:
            return form
        posted: Any = form.data
        data = posted.copy()
        data["seen"] = approval.step
        sent_again = self.sent_form(record, data, form.files)
        sent_again.is_valid()
        return sent_again


@dataclass(frozen=True)
class Level:
    """One level of an approval as the page shows it."""

    number: int
    name: str
    opinion: ApprovalOpinion | None
    is_open: bool


@dataclass(frozen=True)
class Passage:
    """One approval with its levels, for `templates/office/_approvals.html`."""

    approval: Approval
    levels: list[Level]


def passages_of(record: Model) -> list[Passage]:
    """Returns the record's approvals with every opinion, the newest first; four queries."""
    rows = (
        approvals_of(record)
        .select_related("drafted_by", "rule")
        .prefetch_related("opinions__by", "opinions__right_of", "opinions__papers")
    )
    return [Passage(approval, _levels(approval)) for approval in rows]


def _levels(approval: Approval) -> list[Level]:
    opinions = {opinion.level: opinion for opinion in approval.opinions.all()}
    pending = approval.state == ApprovalState.PENDING
    return [
        Level(
            number,
            action_name(permission.partition(".")[2]),
            opinions.get(number),
            pending and number == approval.level,
        )
        for number, permission in enumerate(approval.levels, start=1)
    ]
