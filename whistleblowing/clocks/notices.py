"""Reminders and escalations: each once per officer, and without title, name or kind of a report."""

from datetime import datetime, timedelta

from django.db import transaction

from whistleblowing.keys.report_keys import readers_of
from whistleblowing.models import Notice, Officer, OwedStep


@transaction.atomic
def remind_and_escalate(*, by: str, at: datetime) -> int:
    """Reminds the readers of what is due soon and tells the watcher what is overdue.

    Returns how many notices were written. No permission: the clock does it (`by`). No line in the
    journal: the notice itself stays.
    """
    owed = OwedStep.objects.filter(done_at=None).select_related("rule", "report__watcher__user")
    # A step that somebody is doing at this moment is left out: the next hour sees whether it is
    # done. Waiting for it could end in a deadlock with an operation that does two steps.
    return sum(_tell(step, at) for step in owed.select_for_update(of=("self",), skip_locked=True))


def _tell(step: OwedStep, at: datetime) -> int:
    if at > step.due_at:
        # Without a watcher who holds no key, the readers hear it again: better than nobody. The
        # same where the watcher has left: nothing in clear says who else is not involved.
        watcher = step.report.watcher
        watches = watcher is not None and watcher.dismissed_at is None and watcher.user.is_active
        officers = [watcher] if watcher and watches else readers_of(step.report)
        return _write(step, officers, at, escalated=True)
    if at >= step.due_at - timedelta(days=step.rule.remind_days):
        return _write(step, readers_of(step.report), at, escalated=False)
    return 0


def _write(step: OwedStep, officers: list[Officer], at: datetime, *, escalated: bool) -> int:
    new = [
        Notice.objects.get_or_create(
            officer=officer, owed_step=step, escalated=escalated, defaults={"at": at}
        )[1]
        for officer in officers
    ]
    return sum(new)
