"""Reminders of late bills: a ladder, a run that is done, another that waits, two holds."""

from datetime import timedelta

from billing.dunning.holds import HoldFacts, place_dunning_hold
from billing.dunning.ladder import StepFacts, publish_dunning_step
from billing.dunning.operations import (
    approve_dunning_run,
    create_dunning_run,
    finish_dunning_preview,
    finish_dunning_run,
    preview_dunning_run,
    start_dunning_run,
)
from billing.dunning.reminding import remind_stretch
from billing.ledger.open_bills import with_open_amount
from billing.models import Bill, DunningChannel, DunningRun, HoldKind
from heating.demo.calendar import Storyline
from office.actors import Actor
from office.calendar import business_date
from office.jobs.queue import run_job
from office.models import Company

_SOURCE = "演示催缴办法（非公开文件）"
_LADDER = (
    (1, 3, DunningChannel.SMS, 0, "请及时缴费，如已缴清请忽略。"),
    (2, 15, DunningChannel.PHONE, 5_000, "电话说明欠费和缴费方式。"),
    (3, 30, DunningChannel.VISIT, 20_000, "上门送达催缴通知。"),
)


def publish_ladder(company: Company, story: Storyline, *, by: Actor) -> None:
    """Publishes three steps at the beginning of the story."""
    at = story.at(story.priced_on, 11)
    for number, days, channel, least_fen, text in _LADDER:
        facts = StepFacts(number, business_date(at), days, channel, text, _SOURCE, least_fen)
        publish_dunning_step(company, facts, by=by, at=at)


def tell_of_reminders(company: Company, story: Storyline, *, clerk: Actor, manager: Actor) -> None:
    """Reminds a community's late accounts, and leaves a run over the company to be approved.

    Two of the late ones are left out: one promised to pay, one disputes. Without late bills
    nothing is told.
    """
    at = story.minutes_ago(45)
    today = business_date(at)
    late = with_open_amount(Bill.objects.filter(company=company, due_on__lt=today))
    late = late.filter(open_fen__gt=0, contract__ends=None).order_by("pk")
    bills = list(late.select_related("contract__company", "account__premise__building__community"))
    if not bills:
        return
    promise = HoldFacts(HoldKind.PROMISE, today + timedelta(7), "来电承诺下周缴清")
    dispute = HoldFacts(HoldKind.DISPUTE, today + timedelta(20), "对室温有异议，待测温")
    contracts = list({bill.contract_id: bill.contract for bill in bills}.values())
    for contract, facts in zip(contracts, (promise, dispute), strict=False):
        place_dunning_hold(contract, facts, by=clerk, at=at)
    community = bills[-1].account.premise.building.community
    run = create_dunning_run(company, community, by=clerk, at=at)
    _preview(run, clerk, story)
    if run.draft_count:
        approve_dunning_run(run, by=manager, at=story.minutes_ago(40))
        job = start_dunning_run(run, by=clerk, at=story.minutes_ago(38))
        while remind_stretch(run, at=story.minutes_ago(38)) < run.draft_count:
            pass
        finish_dunning_run(run, by=clerk, at=story.minutes_ago(37))
        run_job(job.pk)
    _preview(create_dunning_run(company, by=clerk, at=story.minutes_ago(30)), clerk, story)


def _preview(run: DunningRun, clerk: Actor, story: Storyline) -> None:
    """Previews the run; its job finds nothing left to do."""
    at = story.minutes_ago(29) if run.community_id is None else story.minutes_ago(44)
    job = preview_dunning_run(run, by=clerk, at=at)
    finish_dunning_preview(run, by=clerk, at=at)
    run_job(job.pk)
    run.refresh_from_db()
