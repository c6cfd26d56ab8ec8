"""The drafts of a dunning run, and the steps taken from them stretch by stretch."""

import json
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum

from billing.change_states import DunningRunState
from billing.dunning.candidates import REASONS, Candidate, candidates_of, write_drafts
from billing.models import DunningChannel, DunningDraft, DunningNotice, DunningRun, ParkedDunning
from customers.messages.operations import Words, queue_message
from customers.models import SupplyContract
from office.calendar import business_date
from office.money import yuan_text

# Steps taken in one transaction.
STRETCH = 500
MESSAGE_TEMPLATE = "dunning_notice"
# A reminder that the gateway did not take for two days is not sent any more.
MESSAGE_LIFE = timedelta(days=2)


def draft_reminders(run: DunningRun, *, on: date) -> None:
    """A step of finishing the preview: writes the drafts and what is left out, anew."""
    DunningDraft.objects.filter(run=run).delete()
    ParkedDunning.objects.filter(run=run).delete()
    write_drafts(run, on=on, sentences=json.dumps(REASONS, ensure_ascii=False))


def summary_of(run: DunningRun) -> dict[str, Any]:
    """Returns the figures of a preview as plain JSON: by step, and left out by reason."""
    by_step = [
        dict(row)
        for row in DunningDraft.objects.filter(run=run)
        .order_by("step__number")
        .values("step__number", "step__channel", "step__text")
        .annotate(contracts=Count("pk"), net_fen=Sum("net_fen"))
    ]
    parked = run.parked.order_by("reason").values("reason").annotate(contracts=Count("pk"))
    return {
        "contracts": sum(row["contracts"] for row in by_step),
        "net_fen": sum(row["net_fen"] for row in by_step),
        "by_step": [
            {
                "number": row["step__number"],
                "channel": row["step__channel"],
                "text": row["step__text"],
                "contracts": row["contracts"],
                "net_fen": row["net_fen"],
            }
            for row in by_step
        ],
        "parked": [
            {"sentence": REASONS.get(row["reason"], ""), "contracts": row["contracts"]}
            for row in parked
        ],
    }


@transaction.atomic
def remind_stretch(run: DunningRun, *, at: datetime) -> int:
    """A step of the job, in a transaction of its own: takes the steps of the next drafts.

    Each is looked at once more as of `at`, however long ago the run began: who paid, promised,
    disputes or was reminded by another run since the preview is parked. Returns how many drafts are
    dealt with. Notices, messages and the mark how far the run has come are committed together, so
    that a killed worker leaves whole stretches only.
    """
    locked_run = _lock_reminding(run)
    drafts = DunningDraft.objects.filter(run=run).order_by("pk")
    stretch = list(
        drafts.filter(pk__gt=locked_run.reminded_through).select_related("step")[:STRETCH]
    )
    if stretch:
        _remind(locked_run, stretch, at=at)
        locked_run.reminded_through = stretch[-1].pk
        locked_run.save(update_fields=["reminded_through"])
    return drafts.filter(pk__lte=locked_run.reminded_through).count()


def _lock_reminding(run: DunningRun) -> DunningRun:
    """Locks the run, and all of its company that are at it, until the transaction ends.

    A worker that was believed dead may still be at this run, and another run may be at the same
    contracts: the second waits here and then sees the steps that the first has taken. The order of
    the keys keeps two of them from waiting for each other.
    """
    reminding = DunningRun.objects.filter(
        company=run.company_id, state=DunningRunState.REMINDING
    ).order_by("pk")
    for locked_run in reminding.select_for_update(of=("self",)).select_related("company"):
        if locked_run.pk == run.pk:
            return locked_run
    raise RuntimeError(f"dunning run {run.pk} is not reminding")


def _remind(run: DunningRun, drafts: list[DunningDraft], *, at: datetime) -> None:
    """Writes the notices of drafts that still hold, with their messages; parks the others."""
    on = business_date(at)
    contracts = [draft.contract_id for draft in drafts]
    now = {row.contract_id: row for row in candidates_of(run, contracts, on=on)}
    ready = [
        (draft, row)
        for draft in drafts
        if (row := now.get(draft.contract_id)) and not row.reason and row.step_id == draft.step_id
    ]
    ready_keys = {draft.pk for draft, _row in ready}
    ParkedDunning.objects.bulk_create(
        ParkedDunning(
            run=run,
            contract_id=draft.contract_id,
            reason="changed",
            sentence=_changed(now.get(draft.contract_id)),
        )
        for draft in drafts
        if draft.pk not in ready_keys
    )
    notices = DunningNotice.objects.bulk_create(
        DunningNotice(
            company=run.company,
            run=run,
            contract_id=draft.contract_id,
            step=draft.step,
            number=draft.step.number,
            channel=draft.step.channel,
            oldest_bill_id=row.oldest_bill_id,
            net_fen=row.net_fen,
            days=row.days,
            noticed_on=on,
            noticed_at=at,
        )
        for draft, row in ready
    )
    _queue_messages(run, notices, now, at)


def _queue_messages(
    run: DunningRun, notices: list[DunningNotice], now: dict[int, Candidate], at: datetime
) -> None:
    numbers = dict(
        SupplyContract.objects.filter(pk__in=list(now)).values_list("pk", "account__number")
    )
    for notice in notices:
        if notice.channel != DunningChannel.SMS:
            continue
        words = Words(
            MESSAGE_TEMPLATE,
            {
                "number": numbers[notice.contract_id],
                "what": f"欠供热费 {yuan_text(notice.net_fen)} 元",
                "text": notice.step.text,
            },
        )
        queue_message(
            run.company,
            now[notice.contract_id].phone,
            words,
            cause=notice.message_cause,
            life=MESSAGE_LIFE,
            at=at,
            bulk=True,
        )


def _changed(row: Candidate | None) -> str:
    """Returns why a draft does not hold any more."""
    if row is None:
        return "预览后已缴清，本批不再催缴"
    return f"预览后有变动：{REASONS.get(row.reason, '应催的级次已变')}"
