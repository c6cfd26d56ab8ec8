"""A run on its page: the steps with the present one marked, progress, and rows to look at."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path, reverse

from office import journal
from office.approvals.screen import passages_of
from office.language import Text
from office.models import JobState, User
from office.runs.jobs import is_interrupted, last_job
from office.runs.kinds import RunKind
from office.screens.records import RecordAdmin, Verb

MOST_JOURNAL_LINES = 30


@dataclass(frozen=True)
class ExceptionRow:
    """A parked row or an outlier: `page` and `name` lead to the record, `sentence` says what is
    wrong and what to do.
    """

    page: str
    name: str
    sentence: str
    note: str = ""
    amount_fen: int | None = None


@dataclass(frozen=True)
class ExceptionList:
    """One list of rows a person looks at, for `templates/office/runs/_exceptions.html`.

    `named`, `noted` and `priced` are the headings of its columns; a column without a heading is
    left out. `nothing` is the sentence of an empty list. Of a longer list only the first `rows`
    are shown; `page` leads to all `count`.
    """

    title: Text
    rows: list[ExceptionRow]
    count: int
    named: Text
    nothing: Text
    noted: Text = ""
    priced: Text = ""
    page: str = ""


@dataclass(frozen=True)
class StepMark:
    """One step of a run; `mark` is "done", "now" or nothing."""

    name: Text
    mark: str


def step_marks(steps: tuple[tuple[Text, tuple[str, ...]], ...], state: str) -> list[StepMark]:
    """Marks each step by the state the run is in; returns no step for a state outside of them."""
    here = next((number for number, (_, states) in enumerate(steps) if state in states), None)
    if here is None:
        return []
    return [
        StepMark(name, "now" if number == here else "done" if number < here else "")
        for number, (name, _) in enumerate(steps)
    ]


@dataclass(frozen=True)
class ResumeVerb(Verb):
    """The button that resumes an interrupted run: for those who may start the work it was at."""

    kind: RunKind = field(kw_only=True)

    def shown_to(self, user: User, record: Any) -> bool:
        """Returns whether the run is interrupted and the user may start such work."""
        return is_interrupted(self.kind, record) and self.open_to(user, record)

    def open_to(self, user: User, record: Any) -> bool:
        """Returns whether the user may start the run's present work, or any work of a run at rest,
        for which the operation has a sentence.
        """
        working = self.kind.working
        rights = [working[record.state]] if record.state in working else working.values()
        return any(user.has_perm(right) for right in rights)


class RunAdmin(RecordAdmin):
    """A screen of runs. `run_steps` names the steps with the states of each, in order; the page
    includes `office/runs/_progress.html` and, for each list, `office/runs/_exceptions.html`."""

    run_kind: RunKind
    run_steps: tuple[tuple[Text, tuple[str, ...]], ...]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.progress_view)
        name = self._url_name("progress")
        return [path("<int:pk>/progress/", view, name=name), *super().get_urls()]

    def progress_view(self, request: HttpRequest, pk: int) -> JsonResponse:
        """Answers the progress bar, which asks once a second."""
        job = last_job(self.run_kind, self.record(request, pk))
        return JsonResponse(
            {"state": job.state if job else JobState.DONE, "percent": job.percent if job else 100}
        )

    def record_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        return {
            "title": str(record),
            "job": last_job(self.run_kind, record),
            "progress_page": reverse(f"admin:{self._url_name('progress')}", args=[record.pk]),
            "steps": step_marks(self.run_steps, record.state),
            "passages": passages_of(record),
            "timeline": journal.timeline(record)[:MOST_JOURNAL_LINES],
        }
