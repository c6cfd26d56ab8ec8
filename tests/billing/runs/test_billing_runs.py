"""A billing run is approved, resumed, cancelled and closed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection

from billing.models import Bill, BillingRun, HeatingSeason
from billing.runs import issue, preview
from billing.runs.operations import (
    approve_billing_run,
    cancel_billing_run,
    close_billing_run,
    create_billing_run,
    issue_billing_run,
    preview_billing_run,
    resume_billing_run,
)
from heating.roles import CLERK, MANAGER
from office.actors import Actor
from office.jobs.queue import run_job
from office.models import Company, Job
from office.refusals import Invalid, NotAllowed, Refused
from tests.billing.runs.billed_season import a_household, books_are_whole, previewed
from tests.builders import (
    NOW,
    a_company,
    a_member_of_staff,
    a_tariff,
    an_account,
)

pytestmark = pytest.mark.django_db


class TestApproveBillingRun:
    def test_needs_a_second_person(
        self, company: Company, season: HeatingSeason, clerk: Actor
    ) -> None:
        a_household(company)
        assert clerk.user
        clerk.user.groups.add(Group.objects.get(name=MANAGER.name))
        run = previewed(season, clerk)
        with pytest.raises(NotAllowed, match="创建人以外"):
            approve_billing_run(run, by=clerk, at=NOW)
        run.refresh_from_db()
        assert (run.state, run.approved_by) == ("previewed", None)

    def test_the_database_itself_wants_a_second_person(
        self, company: Company, season: HeatingSeason, clerk: Actor
    ) -> None:
        a_household(company)
        run = previewed(season, clerk)
        with pytest.raises(IntegrityError, match="run_approved_by_a_second_person"):
            BillingRun.objects.filter(pk=run.pk).update(approved_by=clerk.user)

    def test_a_clerk_may_not(self, company: Company, season: HeatingSeason, clerk: Actor) -> None:
        a_household(company)
        run = previewed(season, clerk)
        colleague = Actor.staff(a_member_of_staff("另一计费员", CLERK, company))
        with pytest.raises(NotAllowed):
            approve_billing_run(run, by=colleague, at=NOW)

    def test_nobody_of_another_company_may(
        self, company: Company, season: HeatingSeason, clerk: Actor
    ) -> None:
        a_household(company)
        run = previewed(season, clerk)
        stranger = a_member_of_staff("外人", MANAGER, a_company("21"))
        with pytest.raises(NotAllowed):
            approve_billing_run(run, by=Actor.staff(stranger), at=NOW)
        run.refresh_from_db()
        assert run.state == "previewed"

    def test_an_empty_preview_is_refused(
        self, company: Company, season: HeatingSeason, clerk: Actor, manager: Actor
    ) -> None:
        a_tariff(company)
        run = previewed(season, clerk)
        with pytest.raises(Refused, match="没有可出账的账户"):
            approve_billing_run(run, by=manager, at=NOW)


class TestResumeBillingRun:
    """A step that fails half-way leaves whole stretches; the next worker goes on from there."""

    @pytest.fixture
    def short_stretches(self, settings: Any) -> None:
        settings.BILLING_STRETCH = 2

    def test_preview_goes_on(
        self,
        company: Company,
        season: HeatingSeason,
        clerk: Actor,
        short_stretches: None,
    ) -> None:
        for _ in range(5):
            a_household(company)
        run = create_billing_run(season, by=clerk, at=NOW)
        job = preview_billing_run(run, by=clerk, at=NOW)
        preview.preview_stretch(run, last=preview.last_account_id(run))
        assert run_job(job.pk)
        run.refresh_from_db()
        assert (run.state, run.bill_count, run.amount_fen) == ("previewed", 5, 5 * 162000)

    def test_issue_goes_on(
        self,
        company: Company,
        season: HeatingSeason,
        clerk: Actor,
        manager: Actor,
        short_stretches: None,
    ) -> None:
        for _ in range(5):
            a_household(company)
        run = previewed(season, clerk)
        approve_billing_run(run, by=manager, at=NOW)
        job = issue_billing_run(run, by=manager, at=NOW)
        issue.begin_issue(run)
        assert issue.issue_stretch(run, at=NOW) == 2
        assert Bill.objects.count() == 0
        Job.objects.filter(pk=job.pk).update(state="failed")
        assert run_job(resume_billing_run(run, by=manager, at=NOW).pk)
        run.refresh_from_db()
        assert (run.state, Bill.objects.count()) == ("issued", 5)
        assert sorted(Bill.objects.values_list("number", flat=True))[-1] == "11252600000005"
        assert books_are_whole()

    def test_a_run_at_rest_has_nothing_to_resume(
        self, company: Company, season: HeatingSeason, clerk: Actor
    ) -> None:
        a_household(company)
        run = previewed(season, clerk)
        with pytest.raises(Refused, match="没有中断的任务"):
            resume_billing_run(run, by=clerk, at=NOW)


class TestCloseAndCancel:
    @pytest.mark.parametrize(
        ("operation", "sentence"),
        [(close_billing_run, "不能关闭批次"), (issue_billing_run, "不能出账")],
    )
    def test_a_preview_can_be_neither_closed_nor_issued(
        self,
        company: Company,
        season: HeatingSeason,
        clerk: Actor,
        manager: Actor,
        operation: Callable[..., object],
        sentence: str,
    ) -> None:
        a_household(company)
        run = previewed(season, clerk)
        with pytest.raises(Refused, match=sentence):
            operation(run, by=manager, at=NOW)
        run.refresh_from_db()
        assert run.state == "previewed"

    def test_cancelled_drafts_are_gone(
        self, company: Company, season: HeatingSeason, clerk: Actor, manager: Actor
    ) -> None:
        a_household(company)
        run = previewed(season, clerk)
        cancel_billing_run(run, by=manager, at=NOW)
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s)", [f"billing_draft_bill_{run.pk}"])
            assert cursor.fetchone() == (None,)

    def test_a_foreign_community_is_refused(self, season: HeatingSeason, clerk: Actor) -> None:
        there = an_account(a_company("21")).premise.building.community
        with pytest.raises(Invalid, match="不属于该公司"):
            create_billing_run(season, communities=[there], by=clerk, at=NOW)
        assert not BillingRun.objects.exists()
