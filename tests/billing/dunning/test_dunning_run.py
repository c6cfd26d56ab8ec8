"""A dunning run asks for the net debt, says why somebody is left out, and reminds once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing.change_states import DunningRunState
from billing.counter.money_facts import CounterForm
from billing.counter.operations import take_cash
from billing.counter.shifts import open_shift
from billing.dunning import reminding, run_admin
from billing.dunning.delivery import deliveries_of
from billing.dunning.holds import HoldFacts, place_dunning_hold
from billing.dunning.ladder import StepFacts, publish_dunning_step
from billing.dunning.operations import (
    approve_dunning_run,
    create_dunning_run,
    preview_dunning_run,
    record_dunning_result,
    resume_dunning_run,
    start_dunning_run,
)
from billing.dunning.plans import PartFacts, agree_instalment_plan
from billing.dunning.tasks_waiting import open_tasks
from billing.models import (
    DunningChannel,
    DunningNotice,
    DunningRun,
    DunningStep,
    HoldKind,
)
from customers.models import Customer, Message, SupplyContract
from customers.states import MessageState
from heating.roles import CASHIER, CLERK, MANAGER
from office.actors import Actor
from office.approvals.waiting import approvals_waiting_for
from office.calendar import business_date
from office.jobs.queue import run_job
from office.models import Company, Job, JobState
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import (
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)
from tests.clock import PRESENT, present, stop_clock
from tests.shared_rows import shared

pytestmark = pytest.mark.django_db
BILL = 205_848
# The bills are due on 31 December 2025; the tests stand on 30 November 2026.
DAYS = 334
TODAY = date(2026, 11, 30)


def a_city() -> dict[str, Any]:
    """Nine contracts that owe a bill each, for eight reasons to be left out and one to be not."""
    company = a_company()
    roles = {"clerk": CLERK, "manager": MANAGER, "cashier": CASHIER}
    users = {name: a_member_of_staff(name, role, company) for name, role in roles.items()}
    desk: dict[str, Any] = {name: Actor.staff(user) for name, user in users.items()}
    names = ["plain", "dispute", "exempt", "plan", "promise", "no_phone", "rich", "ended"]
    contracts = {}
    for name in names:
        contracts[name] = a_contract(an_account(company), a_customer(company, name))
    Customer.objects.filter(name="no_phone").update(phone="")
    # Paid ahead, before the bill: an advance that nobody has set off yet.
    open_shift(company, till="1", float_fen=0, by=desk["cashier"], at=NOW)
    ahead = CounterForm("b" * 32, [], BILL, 0, beyond_debt=True)
    take_cash(contracts["rich"], ahead, by=desk["cashier"], at=NOW)
    bills = {name: an_issued_bill(contract) for name, contract in contracts.items()}
    for number, day, channel in ((1, 5, DunningChannel.SMS), (2, 20, DunningChannel.PHONE)):
        facts = StepFacts(number, TODAY, day, channel, "请尽快缴费", "办法", least_fen=5_000)
        publish_dunning_step(company, facts, by=desk["manager"], at=present())
    SupplyContract.objects.filter(pk=contracts["ended"].pk).update(ends=date(2026, 5, 1))
    for kind in HoldKind:
        hold = HoldFacts(kind, TODAY + timedelta(60), "用户来电", "批示")
        place_dunning_hold(contracts[kind.value], hold, by=desk["manager"], at=present())
    agreed = [PartFacts(TODAY + timedelta(day), BILL // 2) for day in (30, 60)]
    agree_instalment_plan(
        contracts["plan"], agreed, reason="困难", source="协议", by=desk["manager"], at=present()
    )
    return desk | {"company": company, "contracts": contracts, "bills": bills, "users": users}


city = shared(a_city)


def work(job: Job) -> None:
    assert run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error


def previewed(city: dict[str, Any], at: datetime) -> DunningRun:
    run = create_dunning_run(city["company"], by=city["clerk"], at=at)
    work(preview_dunning_run(run, by=city["clerk"], at=at))
    run.refresh_from_db()
    return run


def carried_out(city: dict[str, Any], at: datetime) -> DunningRun:
    run = previewed(city, at)
    approve_dunning_run(run, by=city["manager"], at=at)
    work(start_dunning_run(run, by=city["clerk"], at=at))
    run.refresh_from_db()
    return run


class TestPreviewDunningRun:
    def test_it_says_who_gets_which_step_and_why_others_are_left_out(
        self, city: dict[str, Any]
    ) -> None:
        run = previewed(city, present())
        drafts = run.drafts.values_list("contract", "step__number", "net_fen", "days")
        assert list(drafts) == [(city["contracts"]["plain"].pk, 1, BILL, DAYS)]
        reasons = dict(run.parked.values_list("contract__customer__name", "reason"))
        assert reasons == {
            "dispute": "dispute",
            "exempt": "exempt",
            "plan": "plan",
            "promise": "promise",
            "no_phone": "no_phone",
            "rich": "nothing_net",
            "ended": "ended",
        }
        assert (run.state, run.draft_count, run.net_fen) == (DunningRunState.PREVIEWED, 1, BILL)
        assert not Message.objects.filter(cause__startswith="dunning").exists()

    def test_a_step_that_cannot_reach_the_customer_is_skipped(
        self, client: Client, city: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        company, contracts = city["company"], city["contracts"]
        landline = a_contract(an_account(company), a_customer(company, "landline", "03511234567"))
        an_issued_bill(landline)
        run = previewed(city, present())
        steps = set(run.drafts.values_list("contract", "step__number"))
        assert steps == {(contracts["plain"].pk, 1), (landline.pk, 2)}
        assert run.parked.get(contract=contracts["no_phone"]).reason == "no_phone"
        # Who approves it sees the first rows and gets to all of them, by number too.
        monkeypatch.setattr(run_admin, "MOST_ROWS", 1)
        client.force_login(city["users"]["manager"])
        page = client.get(reverse("admin:billing_dunningrun_change", args=[run.pk]))
        everything = f"{reverse('admin:billing_dunningdraft_changelist')}?run__id__exact={run.pk}"
        assert everything in page.content.decode()
        assert len(client.get(everything).context["cl"].result_list) == 2
        wanted = client.get(f"{everything}&q={landline.account.number}").context["cl"].result_list
        assert [(row.contract, row.net_fen, row.days) for row in wanted] == [(landline, BILL, DAYS)]
        visit = StepFacts(3, TODAY, 40, DunningChannel.VISIT, "上门", "办法")
        publish_dunning_step(company, visit, by=city["manager"], at=present())
        again = set(previewed(city, present()).drafts.values_list("contract", "step__number"))
        assert again == steps | {(contracts["no_phone"].pk, 3)}

    def test_who_created_it_does_not_approve_it(self, city: dict[str, Any]) -> None:
        run = previewed(city, present())
        with pytest.raises((NotAllowed, Refused)):
            approve_dunning_run(run, by=city["clerk"], at=present())
        run.refresh_from_db()
        assert run.state == DunningRunState.PREVIEWED
        waiting = approvals_waiting_for(city["users"]["manager"], present())
        assert [(row.kind, row.record_id) for row in waiting] == [("dunning_run", run.pk)]


class TestStartDunningRun:
    def test_a_step_is_taken_once_with_one_message(self, city: dict[str, Any]) -> None:
        run = carried_out(city, present())
        assert run.state == DunningRunState.DONE
        notice = DunningNotice.objects.get()
        assert (notice.contract, notice.number, notice.net_fen) == (
            city["contracts"]["plain"],
            1,
            BILL,
        )
        assert (notice.oldest_bill_id, notice.noticed_on) == (city["bills"]["plain"].pk, TODAY)
        message = Message.objects.get(cause=notice.message_cause)
        assert (message.state, message.bulk) == (MessageState.WAITING, True)
        assert message.values == {
            "number": notice.contract.account.number,
            "what": "欠供热费 2,058.48 元",
            "text": "请尽快缴费",
        }
        # The year of a message is shown when it is not this one.
        Message.objects.filter(pk=message.pk).update(sent_at=datetime(2025, 12, 31, 2, tzinfo=UTC))
        assert deliveries_of([notice], today=TODAY) == {notice.pk: "待发送　2025-12-31 10:00"}
        this_year = deliveries_of([notice], today=date(2025, 12, 31))
        assert this_year == {notice.pk: "待发送　12-31 10:00"}
        # The next step lies 15 days after this one, whatever the age of the debt.
        again = previewed(city, present())
        assert (again.draft_count, again.parked.get(contract=notice.contract).reason) == (
            0,
            "waiting",
        )

    def test_who_pays_after_the_preview_is_not_reminded(self, city: dict[str, Any]) -> None:
        run = previewed(city, present())
        approve_dunning_run(run, by=city["manager"], at=present())
        form = CounterForm("a" * 32, [city["bills"]["plain"]], BILL, BILL)
        take_cash(city["contracts"]["plain"], form, by=city["cashier"], at=present())
        work(start_dunning_run(run, by=city["clerk"], at=present()))
        parked = run.parked.get(reason="changed")
        assert parked.sentence == "预览后已缴清，本批不再催缴"
        assert not DunningNotice.objects.exists()

    def test_a_killed_worker_leaves_whole_stretches_and_the_next_goes_on(
        self, city: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        company: Company = city["company"]
        more = a_contract(an_account(company), a_customer(company))
        an_issued_bill(more)
        run = previewed(city, present())
        approve_dunning_run(run, by=city["manager"], at=present())
        monkeypatch.setattr(reminding, "STRETCH", 1)
        job = start_dunning_run(run, by=city["clerk"], at=present())
        # The first worker is killed after one stretch; the second finds the mark and goes on.
        assert reminding.remind_stretch(run, at=present()) == 1
        work(job)
        run.refresh_from_db()
        assert (run.state, run.notices.count(), run.draft_count) == (DunningRunState.DONE, 2, 2)
        assert Message.objects.filter(cause__startswith="dunning ").count() == 2


class TestResumeDunningRun:
    def test_each_stretch_looks_at_the_day_on_which_it_is_taken(
        self, city: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        company, clerk = city["company"], city["clerk"]
        disputed, third = (a_contract(an_account(company), a_customer(company)) for _ in range(2))
        for contract in (disputed, third):
            an_issued_bill(contract)
        run = previewed(city, present())
        approve_dunning_run(run, by=city["manager"], at=present())
        monkeypatch.setattr(reminding, "STRETCH", 1)
        job = start_dunning_run(run, by=clerk, at=present())
        assert reminding.remind_stretch(run, at=present()) == 1
        Job.objects.filter(pk=job.pk).update(state=JobState.FAILED)
        stop_clock(monkeypatch, since=PRESENT + timedelta(1))
        dispute = HoldFacts(HoldKind.DISPUTE, TODAY + timedelta(10), "室温不达标")
        place_dunning_hold(disputed, dispute, by=clerk, at=present())
        stop_clock(monkeypatch, since=PRESENT + timedelta(3))
        work(resume_dunning_run(run, by=clerk, at=present()))
        notices = run.notices.order_by("pk").values_list("contract", "noticed_on", "days")
        assert list(notices) == [
            (city["contracts"]["plain"].pk, TODAY, DAYS),
            (third.pk, TODAY + timedelta(3), DAYS + 3),
        ]
        parked = run.parked.get(reason="changed")
        assert (parked.contract, parked.sentence) == (disputed, "预览后有变动：争议处理中")
        message = Message.objects.get(cause=run.notices.get(contract=third).message_cause)
        assert message.expires_at > PRESENT + timedelta(5)
        assert message.expires_at - message.created_at == timedelta(2)


class TestRecordDunningResult:
    def test_a_call_waits_until_its_result_is_recorded(
        self, client: Client, city: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        carried_out(city, present())
        stop_clock(monkeypatch, since=PRESENT + timedelta(15))
        run = carried_out(city, present())
        notice = run.notices.get()
        assert (notice.number, notice.channel) == (2, DunningChannel.PHONE)
        client.force_login(city["users"]["clerk"])
        waiting = reverse("admin:billing_dunningnotice_changelist") + "?task=open"
        assert len(client.get(waiting).context["cl"].result_list) == 1
        at = present()
        with pytest.raises(Invalid) as refusal:
            record_dunning_result(notice, result="已通话", done_on=TODAY, by=city["clerk"], at=at)
        assert refusal.value.code == "result_day_wrong"
        day = business_date(at)
        done = record_dunning_result(
            notice, result="已通话，下周缴", done_on=day, by=city["clerk"], at=at
        )
        assert (done.result, done.done_on, done.done_by) == (
            "已通话，下周缴",
            day,
            city["users"]["clerk"],
        )
        assert len(client.get(waiting).context["cl"].result_list) == 0
        sms = DunningNotice.objects.get(number=1)
        with pytest.raises(Refused):
            record_dunning_result(sms, result="x", done_on=day, by=city["clerk"], at=at)
        account = reverse("admin:customers_account_change", args=[notice.contract.account_id])
        page = client.get(account).content.decode()
        assert "已通话，下周缴" in page
        assert "2 电话" in page
        shown = client.get(reverse("admin:billing_dunningrun_change", args=[run.pk]))
        assert "未到下一级的催缴时间" not in shown.content.decode()
        assert "争议处理中" in shown.content.decode()

    def test_a_task_closes_when_the_debt_is_paid(
        self, client: Client, city: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        carried_out(city, present())
        stop_clock(monkeypatch, since=PRESENT + timedelta(15))
        notice = carried_out(city, present()).notices.get()
        clerk = city["users"]["clerk"]
        assert list(open_tasks(clerk, present())) == [notice]
        form = CounterForm("c" * 32, [city["bills"]["plain"]], BILL, BILL)
        take_cash(city["contracts"]["plain"], form, by=city["cashier"], at=present())
        assert list(open_tasks(clerk, present())) == []
        client.force_login(clerk)
        tasks = reverse("admin:billing_dunningnotice_changelist")
        assert len(client.get(f"{tasks}?task=open").context["cl"].result_list) == 0
        assert "欠费已缴清" in client.get(tasks).content.decode()


class TestPublishDunningStep:
    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"effective_from": TODAY - timedelta(1)}, "step_backdated"),
            ({"number": 1, "days_after_due": 20}, "ladder_not_climbing"),
            ({"number": 3, "days_after_due": 20}, "ladder_not_climbing"),
            ({"text": " "}, "text_missing"),
            ({"least_fen": -1}, "step_wrong"),
        ],
    )
    def test_refuses(self, city: dict[str, Any], changes: dict[str, Any], code: str) -> None:
        values: dict[str, Any] = {
            "number": 3,
            "effective_from": TODAY + timedelta(1),
            "days_after_due": 40,
            "channel": DunningChannel.VISIT,
            "text": "上门",
            "source": "办法",
        }
        with pytest.raises(Invalid) as refusal:
            publish_dunning_step(
                city["company"], StepFacts(**values | changes), by=city["manager"], at=present()
            )
        assert refusal.value.code == code
        assert DunningStep.objects.count() == 2

    def test_the_days_rise_on_every_later_day_too(self, city: dict[str, Any]) -> None:
        def publish(number: int, start: int, days: int) -> None:
            facts = StepFacts(
                number, TODAY + timedelta(start), days, DunningChannel.PHONE, "电话", "办法"
            )
            publish_dunning_step(city["company"], facts, by=city["manager"], at=present())

        publish(2, 30, 50)
        # On its own day the third step lies after the second; 30 days from now it would not.
        with pytest.raises(Invalid) as refusal:
            publish(3, 1, 40)
        assert refusal.value.code == "ladder_not_climbing"
        assert DunningStep.objects.count() == 3
        publish(3, 1, 60)
