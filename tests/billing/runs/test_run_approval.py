"""The approval of a billing run: levels, different people, deputies, papers, return, withdrawal."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from billing.models import BillingRun
from billing.runs.operations import (
    approve_billing_run,
    cancel_billing_run,
    create_billing_run,
    preview_billing_run,
    return_billing_run,
)
from heating.roles import CLERK, MANAGER, StaffRole
from office.actors import Actor
from office.approvals.delegations import delegate_approvals
from office.approvals.rules import publish_approval_rule
from office.approvals.steps import Opinion
from office.approvals.waiting import approvals_waiting_for
from office.calendar import business_date
from office.documents.operations import Upload
from office.jobs.queue import run_job
from office.models import Approval, ApprovalOpinion, Document, JournalEntry, User
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import (
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    a_season,
    an_account,
)
from tests.clock import present
from tests.parallel import at_once

APPROVE = "billing.approve_billing_run"
TODAY = business_date(NOW)


def staff(name: str, role: StaffRole = MANAGER) -> Actor:
    return Actor.staff(a_member_of_staff(name, role, a_company()))


def two_levels_from(amount_fen: int) -> None:
    publish_approval_rule(
        "billing_run",
        a_company(),
        [APPROVE, APPROVE],
        from_amount_fen=amount_fen,
        effective_from=TODAY,
        source="审批权限表",
        by=Actor.system("test"),
        at=NOW,
    )


def previewed(clerk: Actor) -> BillingRun:
    """A previewed run of one flat: 2,058.48 yuan."""
    company = a_company()
    season = a_season(company)
    a_contract(an_account(company), a_customer(company))
    run = create_billing_run(season, by=clerk, at=NOW)
    return previewed_again(run, clerk)


def previewed_again(run: BillingRun, clerk: Actor) -> BillingRun:
    assert run_job(preview_billing_run(run, by=clerk, at=NOW).pk)
    run.refresh_from_db()
    assert (run.state, run.amount_fen) == ("previewed", 205_848)
    return run


def standing(run: BillingRun) -> tuple[str, list[tuple[int, str, str, str]]]:
    """The run's state, and (level, verdict, by, right of) of every opinion."""
    run.refresh_from_db()
    opinions = ApprovalOpinion.objects.filter(approval__record_id=run.pk).order_by("pk")
    return run.state, [
        (opinion.level, opinion.verdict, opinion.by.username, opinion.right_of.username)
        for opinion in opinions
    ]


def waits_for(actor: Actor) -> int:
    assert actor.user
    return approvals_waiting_for(User.objects.get(pk=actor.user.pk), NOW).count()


@pytest.mark.django_db
class TestApproveBillingRun:
    def test_one_second_person_where_no_rule_says_otherwise(self) -> None:
        clerk, manager = staff("计费员", CLERK), staff("主管")
        run = previewed(clerk)
        approval = Approval.objects.get()
        assert (approval.levels, approval.rule, approval.amount_fen) == ([APPROVE], None, 205_848)
        assert (waits_for(clerk), waits_for(manager)) == (0, 1)
        approve_billing_run(run, by=manager, at=NOW)
        assert standing(run) == ("approved", [(1, "approved", "主管", "主管")])
        assert (run.approved_by, run.approved_at) == (manager.user, NOW)
        assert waits_for(manager) == 0

    def test_two_levels_are_two_people(self) -> None:
        two_levels_from(205_848)
        first, second = staff("甲"), staff("乙")
        run = previewed(staff("计费员", CLERK))
        approve_billing_run(run, by=first, at=NOW)
        assert standing(run) == ("previewed", [(1, "approved", "甲", "甲")])
        assert run.approved_by is None
        assert (waits_for(first), waits_for(second)) == (0, 1)
        with pytest.raises(NotAllowed, match="您在本次审批中已有意见"):
            approve_billing_run(run, by=first, at=NOW)
        approve_billing_run(run, by=second, at=NOW)
        assert standing(run) == (
            "approved",
            [(1, "approved", "甲", "甲"), (2, "approved", "乙", "乙")],
        )
        entries = JournalEntry.objects.filter(action="approve_billing_run").order_by("pk")
        assert [(e.facts["level"], e.facts["levels"]) for e in entries] == [(1, 2), (2, 2)]

    def test_a_fen_less_needs_one_level(self) -> None:
        two_levels_from(205_849)
        run = previewed(staff("计费员", CLERK))
        approve_billing_run(run, by=staff("甲"), at=NOW)
        assert standing(run)[0] == "approved"

    def test_a_rule_published_meanwhile_leaves_the_open_approval_as_it_is(self) -> None:
        run = previewed(staff("计费员", CLERK))
        two_levels_from(0)
        approve_billing_run(run, by=staff("甲"), at=NOW)
        assert standing(run)[0] == "approved"

    def test_a_deputy_approves_in_the_delegators_name(self) -> None:
        manager, deputy = staff("主管"), staff("代理", CLERK)
        run = previewed(staff("计费员", CLERK))
        with pytest.raises(NotAllowed):
            approve_billing_run(run, by=deputy, at=NOW)
        assert standing(run) == ("previewed", [])
        lend(manager, deputy)
        assert waits_for(deputy) == 1
        approve_billing_run(run, by=deputy, at=NOW)
        assert standing(run) == ("approved", [(1, "approved", "代理", "主管")])
        assert run.approved_by == deputy.user

    def test_the_drafter_is_nobodys_deputy_and_has_none(self) -> None:
        manager, clerk, other = staff("主管"), staff("计费员", CLERK), staff("另一人", CLERK)
        lend(manager, clerk)
        run = previewed(clerk)
        with pytest.raises(NotAllowed, match="创建人以外"):
            approve_billing_run(run, by=clerk, at=NOW)
        both = staff("两职", CLERK)
        assert both.user
        both.user.groups.add(*a_member_of_staff("样本", MANAGER).groups.all())
        both = Actor.staff(User.objects.get(pk=both.user.pk))
        lend(both, other)
        own = create_billing_run(run.season, by=both, at=NOW)
        previewed_again(own, both)
        with pytest.raises(NotAllowed, match="委托人是起草人"):
            approve_billing_run(own, by=other, at=NOW)
        assert (standing(run), standing(own)) == (("previewed", []), ("previewed", []))

    def test_a_deputy_is_not_the_second_person_beside_the_delegator(self) -> None:
        two_levels_from(0)
        manager, deputy = staff("主管"), staff("代理", CLERK)
        lend(manager, deputy)
        run = previewed(staff("计费员", CLERK))
        approve_billing_run(run, by=manager, at=NOW)
        assert waits_for(deputy) == 0
        with pytest.raises(NotAllowed, match="委托人是起草人或已有意见"):
            approve_billing_run(run, by=deputy, at=NOW)
        assert standing(run) == ("previewed", [(1, "approved", "主管", "主管")])

    def test_figures_previewed_anew_are_not_approved_by_an_old_page(self) -> None:
        clerk, manager = staff("计费员", CLERK), staff("主管")
        run = previewed(clerk)
        seen = Approval.objects.get().step
        previewed_again(run, clerk)
        assert [approval.state for approval in Approval.objects.order_by("pk")] == [
            "withdrawn",
            "pending",
        ]
        with pytest.raises(Refused, match="请刷新页面核对"):
            approve_billing_run(run, Opinion(seen=seen), by=manager, at=NOW)
        assert standing(run) == ("previewed", [])

    def test_papers_are_kept_with_the_run(self) -> None:
        run = previewed(staff("计费员", CLERK))
        paper = Upload("会签单.pdf", BytesIO(b"%PDF-1.4 x"))
        approve_billing_run(run, Opinion("同意", [paper]), by=staff("主管"), at=NOW)
        document = Document.objects.get()
        assert (document.title, document.kind, document.record_id) == (
            *("会签单.pdf", "opinion"),
            run.pk,
        )
        opinion = ApprovalOpinion.objects.get()
        assert (opinion.text, list(opinion.papers.all())) == ("同意", [document])

    def test_the_database_itself_wants_different_people(self) -> None:
        two_levels_from(0)
        clerk, manager = staff("计费员", CLERK), staff("主管")
        other = staff("另一主管")
        run = previewed(clerk)
        refused_by_the_database(run, 1, clerk, clerk, "decided by its drafter")
        refused_by_the_database(run, 1, manager, clerk, "decided by its drafter")
        refused_by_the_database(run, 2, manager, manager, "no opinion for level 2")
        approve_billing_run(run, by=manager, at=NOW)
        refused_by_the_database(run, 1, other, other, "no opinion for level 1")
        for pair in ((manager, manager), (other, manager), (manager, other)):
            refused_by_the_database(run, 2, *pair, "an opinion of this person already")
        assert standing(run) == ("previewed", [(1, "approved", "主管", "主管")])

    def test_levels_and_drafter_are_frozen_in_the_database(self) -> None:
        clerk = staff("计费员", CLERK)
        previewed(clerk)
        changes: list[dict[str, Any]] = [
            {"levels": []},
            {"drafted_by": staff("主管").user},
            {"amount_fen": 1},
        ]
        for change in changes:
            with pytest.raises(IntegrityError, match="is frozen"), transaction.atomic():
                Approval.objects.update(**change)


@pytest.mark.django_db(transaction=True)
class TestAtTheSameSecond:
    @pytest.mark.parametrize("levels", [1, 2])
    def test_a_level_is_decided_once(self, levels: int) -> None:
        if levels == 2:
            two_levels_from(0)
        people = [staff(f"主管{number}") for number in range(6)]
        run = previewed(staff("计费员", CLERK))
        seen = Approval.objects.get().step

        def press(by: Actor) -> Callable[[], BillingRun]:
            return lambda: approve_billing_run(run, Opinion(seen=seen), by=by, at=NOW)

        outcomes = at_once([press(by) for by in people])
        refusals = [outcome.code for outcome in outcomes if isinstance(outcome, Refused)]
        assert sorted(refusals) == [("wrong_state", "approval_moved_on")[levels - 1]] * 5
        state, opinions = standing(run)
        assert (state, [opinion[:2] for opinion in opinions]) == (
            ("approved", "previewed")[levels - 1],
            [(1, "approved")],
        )

    def test_one_person_does_not_decide_two_levels_by_two_windows(self) -> None:
        two_levels_from(0)
        manager = staff("主管")
        run = previewed(staff("计费员", CLERK))
        outcomes = at_once([lambda: approve_billing_run(run, by=manager, at=NOW)] * 4)
        assert [o.code for o in outcomes if isinstance(o, Refused)] == ["not_allowed"] * 3
        assert standing(run) == ("previewed", [(1, "approved", "主管", "主管")])

    def test_approved_or_returned_but_not_both(self) -> None:
        first, second = staff("甲"), staff("乙")
        run = previewed(staff("计费员", CLERK))
        outcomes = at_once(
            [
                lambda: approve_billing_run(run, by=first, at=NOW),
                lambda: return_billing_run(run, Opinion("面积有误"), by=second, at=NOW),
            ]
        )
        assert len([o for o in outcomes if isinstance(o, Refused)]) == 1
        state, opinions = standing(run)
        assert (state, len(opinions)) in (("approved", 1), ("scoped", 1))


@pytest.mark.django_db
class TestReturnBillingRun:
    def test_goes_back_with_the_reason_and_begins_anew(self) -> None:
        clerk, manager = staff("计费员", CLERK), staff("主管")
        run = previewed(clerk)
        return_billing_run(run, Opinion("三户面积待核"), by=manager, at=NOW)
        assert standing(run) == ("scoped", [(1, "returned", "主管", "主管")])
        entry = JournalEntry.objects.get(action="return_billing_run")
        assert entry.facts["reason"] == "三户面积待核"
        previewed_again(run, clerk)
        approve_billing_run(run, by=manager, at=NOW)
        assert [approval.state for approval in Approval.objects.order_by("pk")] == [
            "returned",
            "approved",
        ]

    def test_needs_a_reason(self) -> None:
        run = previewed(staff("计费员", CLERK))
        with pytest.raises(Invalid, match="退回的原因"):
            return_billing_run(run, Opinion(" "), by=staff("主管"), at=NOW)
        assert standing(run) == ("previewed", [])

    def test_a_clerk_may_not(self) -> None:
        run = previewed(staff("计费员", CLERK))
        with pytest.raises(NotAllowed):
            return_billing_run(run, Opinion("x"), by=staff("另一计费员", CLERK), at=NOW)
        assert standing(run) == ("previewed", [])


@pytest.mark.django_db
class TestWithdrawApproval:
    def test_a_cancelled_run_waits_for_nobody(self) -> None:
        clerk, manager = staff("计费员", CLERK), staff("主管")
        run = previewed(clerk)
        cancel_billing_run(run, by=clerk, at=NOW)
        approval = Approval.objects.get()
        assert (approval.state, approval.ended_at) == ("withdrawn", NOW)
        assert waits_for(manager) == 0
        with pytest.raises(Refused, match="已取消"):
            approve_billing_run(run, by=manager, at=NOW)


@pytest.mark.django_db
class TestPage:
    def test_the_opinion_form_and_the_history(self) -> None:
        two_levels_from(0)
        run = previewed(staff("计费员", CLERK))
        first, second = Client(), Client()
        for client, name in ((first, "甲"), (second, "乙")):
            user = staff(name).user
            assert user
            client.force_login(user)
        page = reverse("admin:billing_billingrun_change", args=[run.pk])
        step = Approval.objects.get().step
        assert f'name="seen" value="{step}"' in first.get(page).content.decode()
        answer = {
            "seen": step,
            "text": "金额与上季相符",
            "paper": SimpleUploadedFile("核对表.pdf", b"%PDF-1.4"),
        }
        first.post(reverse("admin:billing_billingrun_approve_billing_run", args=[run.pk]), answer)
        shown = first.get(page).content.decode()
        assert "金额与上季相符" in shown
        assert "核对表.pdf" in shown
        assert "/approve_billing_run/" not in shown
        stale = second.post(
            reverse("admin:billing_billingrun_approve_billing_run", args=[run.pk]),
            {"seen": step},
            follow=True,
        )
        assert "请刷新页面核对" in stale.content.decode()
        assert standing(run) == ("previewed", [(1, "approved", "甲", "甲")])

    def test_a_deputy_gets_the_buttons(self) -> None:
        manager, deputy = staff("主管"), staff("代理", CLERK)
        run = previewed(staff("计费员", CLERK))
        client = Client()
        assert deputy.user
        client.force_login(deputy.user)
        page = reverse("admin:billing_billingrun_change", args=[run.pk])
        press = reverse("admin:billing_billingrun_return_billing_run", args=[run.pk])
        assert "/return_billing_run/" not in client.get(page).content.decode()
        assert client.post(press, {"text": "x"}).status_code == 403
        lend(manager, deputy, present())
        assert "/return_billing_run/" in client.get(page).content.decode()
        assert client.post(press, {"text": "面积有误"}).status_code == 302
        assert standing(run) == ("scoped", [(1, "returned", "代理", "主管")])


def lend(manager: Actor, deputy: Actor, at: datetime = NOW) -> None:
    """Delegates what the manager may approve for the day of `at`."""
    assert deputy.user
    day = business_date(at)
    delegate_approvals(deputy.user, first_day=day, last_day=day, reason="出差", by=manager, at=at)


def refused_by_the_database(
    run: BillingRun, level: int, by: Actor, right_of: Actor, reason: str
) -> None:
    assert by.user
    assert right_of.user
    with pytest.raises(IntegrityError, match=reason), transaction.atomic():
        ApprovalOpinion.objects.create(
            approval=Approval.objects.get(record_id=run.pk),
            level=level,
            verdict="approved",
            by=by.user,
            right_of=right_of.user,
            at=NOW,
        )
