"""The nightly job: started by the clock, once, by whichever worker comes first."""

from datetime import date, timedelta
from io import StringIO

import pytest
from celery.schedules import crontab
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from complaints.kpis.job import JOB, queue_nightly_kpis
from complaints.kpis.operations import freeze_night, freeze_nights
from complaints.models import KpiCorrection, KpiFact, KpiNight, Ticket
from complaints.tasks import compute_kpis
from heating.roles import AUDITOR
from heating.schedule import BEAT_SCHEDULE
from office.jobs.queue import run_job
from office.models import Job, JobState
from tests.builders import a_company, a_member_of_staff, an_account
from tests.clock import present
from tests.complaints.kpis.kpi_world import MONDAY, a_world, measured
from tests.parallel import at_once
from tests.service_desk import Desk, a_desk, a_ticket, publish_rules, t


@pytest.mark.django_db
def test_the_page_says_so_before_the_first_night(client: Client) -> None:
    client.force_login(a_member_of_staff("审计", AUDITOR, a_company()))
    assert "还没有冻结的指标" in client.get("/admin/kpis/").content.decode()


class TestComputeKpis:
    def test_beat_starts_it_at_twenty_past_midnight(self) -> None:
        entry = BEAT_SCHEDULE["compute_kpis"]
        assert (entry["task"], compute_kpis.name) == ("complaints.compute_kpis",) * 2
        assert entry["schedule"] == crontab(minute=20)

    def test_queues_one_job_while_a_night_is_missing(self, desk: Desk) -> None:
        assert not queue_nightly_kpis(t("2026-01-14 00:20"))
        a_ticket(desk, "2026-01-12 09:00")
        assert queue_nightly_kpis(t("2026-01-14 00:20"))
        assert queue_nightly_kpis(t("2026-01-14 01:20"))
        work = Job.objects.get(kind=JOB)
        assert run_job(work.pk)
        work.refresh_from_db()
        assert (work.state, work.result["frozen"][:2]) == (
            JobState.DONE,
            ["2026-01-12", "2026-01-13"],
        )
        last = KpiNight.objects.latest("day").day
        assert not queue_nightly_kpis(t(f"{last + timedelta(days=1)} 12:00"))

    def test_a_long_history_takes_several_jobs_one_after_the_other(self, desk: Desk) -> None:
        a_ticket(desk, "2026-01-12 09:00")
        days = (timezone.localdate(present()) - MONDAY).days
        assert queue_nightly_kpis(t("2026-01-14 00:20"), most=days - 3)
        first = Job.objects.get(kind=JOB)
        assert run_job(first.pk)
        first.refresh_from_db()
        assert (first.state, len(first.result["frozen"])) == (JobState.DONE, days - 3)
        assert (first.result["left"], KpiNight.objects.count()) == (3, days - 3)
        second = Job.objects.get(kind=JOB, state=JobState.QUEUED)
        # The clock finds it waiting and adds none.
        assert queue_nightly_kpis(present())
        assert Job.objects.filter(kind=JOB).count() == 2
        assert run_job(second.pk)
        second.refresh_from_db()
        assert (second.result["frozen"], second.result["left"]) == (
            [f"{MONDAY + timedelta(days=n)}" for n in range(days - 3, days)],
            0,
        )
        assert not queue_nightly_kpis(present())
        assert Job.objects.filter(kind=JOB).count() == 2
        assert set(KpiNight.objects.values_list("revision", flat=True)) == {1}

    def test_a_refusal_is_the_jobs_answer(self, desk: Desk) -> None:
        a_ticket(desk, "2026-01-12 09:00")
        # Frozen by a server whose clock was ahead of ours.
        freeze_night(MONDAY, at=t("2199-01-01 00:20"))
        assert queue_nightly_kpis(t("2026-01-14 00:20"))
        work = Job.objects.get(kind=JOB)
        run_job(work.pk)
        work.refresh_from_db()
        assert work.state == JobState.FAILED
        assert "服务器时钟可能被调慢" in work.error
        assert KpiNight.objects.count() == 1


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_workers_write_each_night_once(self) -> None:
        publish_rules()
        desk = a_desk()
        a_ticket(desk, "2026-01-12 09:00")
        work = [lambda: freeze_nights(at=t("2026-01-15 00:20"))] * 2
        outcomes = at_once(work)
        assert KpiNight.objects.count() == 3
        assert set(KpiNight.objects.values_list("revision", flat=True)) == {1}
        assert KpiFact.objects.filter(measure="received").count() == 1
        frozen = [day for outcome in outcomes for day in outcome.frozen]  # type: ignore[union-attr]
        assert len(frozen) == 3


@pytest.mark.django_db
class TestComputeKpisCommand:
    def run(self, *arguments: str) -> str:
        output = StringIO()
        call_command("compute_kpis", *arguments, stdout=output)
        return output.getvalue()

    def test_counting_everything_anew_gives_what_was_frozen(self, desk: Desk) -> None:
        a_world(desk)
        measured(an_account(desk.company), desk, "2026-01-12 10:00", "17.0")
        freeze_nights(at=t("2026-01-16 00:20"))
        assert self.run("--full") == "4 days: 4 agree, 0 differ\n"

    def test_a_change_behind_the_back_of_the_operations_is_found(self, desk: Desk) -> None:
        world = a_world(desk)
        freeze_nights(at=t("2026-01-16 00:20"))
        # The station of a ticket leaves no trace of when it was changed.
        Ticket.objects.filter(pk=world.service.pk).update(heat_station=world.station)
        with pytest.raises(SystemExit):
            self.run("--full")
        freeze_nights(at=t("2026-01-16 09:00"), again=[MONDAY, date(2026, 1, 15)])
        assert self.run("--full") == "4 days: 4 agree, 0 differ\n"
        moved = KpiCorrection.objects.filter(night__day=MONDAY)
        assert [change.cause for change in moved] == ["记录有变动，没有补录或改判，请核查。"]

    def test_a_range_is_examined_again(self, desk: Desk) -> None:
        a_world(desk)
        freeze_nights(at=t("2026-01-14 00:20"))
        output = self.run("--from", "2026-01-12", "--to", "2026-01-13")
        assert "corrected: 0\n" in output
        assert "2026-01-12、2026-01-13" in output.splitlines()[2]
