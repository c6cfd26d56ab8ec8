"""A billing run and an account list over HTTP, by the people whose work it is."""

import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from billing.models import AccountImport, Bill, BillingRun
from billing.states import BillingRunState
from customers.models import Account, SupplyState
from heating.roles import AUDITOR, CLERK, MANAGER
from office.jobs.queue import run_job
from office.models import Company, Job, JobState
from tests.billing.account_list.lists import HEADINGS, company_with_season, csv_file, row
from tests.builders import (
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    a_season,
    a_tariff,
    an_account,
)

pytestmark = pytest.mark.django_db


def work_off() -> None:
    for job in Job.objects.filter(state=JobState.QUEUED):
        run_job(job.pk)


def buttons(client: Client, run: BillingRun) -> set[str]:
    page = client.get(reverse("admin:billing_billingrun_change", args=[run.pk])).content.decode()
    return set(re.findall(rf'action="/admin/billing/billingrun/{run.pk}/(\w+)/"', page))


def say(client: Client, run: BillingRun, verb: str) -> int:
    address = reverse(f"admin:billing_billingrun_{verb}", args=[run.pk])
    status = client.post(address).status_code
    run.refresh_from_db()
    return status


class TestBillingRun:
    def test_only_who_may_start_the_work_resumes_it(self) -> None:
        company = a_company()
        people = {"clerk": CLERK, "manager": MANAGER, "auditor": AUDITOR}
        clients = {name: Client() for name in people}
        for name, role in people.items():
            clients[name].force_login(a_member_of_staff(name, role, company))
        season = a_season(company)
        a_contract(an_account(company), a_customer(company))
        clients["clerk"].post(reverse("admin:billing_billingrun_add"), {"season": season.pk})
        run = BillingRun.objects.get()
        assert [say(client, run, "resume_billing_run") for client in clients.values()] == [
            *(302, 302, 403)
        ]
        say(clients["clerk"], run, "preview_billing_run")
        Job.objects.update(state=JobState.FAILED)
        assert {name: buttons(client, run) for name, client in clients.items()} == {
            "clerk": {"resume_billing_run"},
            "manager": set(),
            "auditor": set(),
        }
        refused = [clients[name] for name in ("manager", "auditor")]
        assert [say(client, run, "resume_billing_run") for client in refused] == [403, 403]
        assert not Job.objects.filter(state=JobState.QUEUED).exists()
        say(clients["clerk"], run, "resume_billing_run")
        assert Job.objects.filter(state=JobState.QUEUED).count() == 1

    def test_from_scope_to_closed_by_two_people(self) -> None:
        company = a_company()
        clerk, manager = Client(), Client()
        clerk.force_login(a_member_of_staff("clerk", CLERK, company))
        manager.force_login(a_member_of_staff("manager", MANAGER, company))
        season = a_season(company)
        for _ in range(3):
            a_contract(an_account(company), a_customer(company))
        clerk.post(reverse("admin:billing_billingrun_add"), {"season": season.pk})
        run = BillingRun.objects.get()
        assert buttons(clerk, run) == {"preview_billing_run", "cancel_billing_run"}
        assert buttons(manager, run) == {"cancel_billing_run"}
        assert say(manager, run, "preview_billing_run") == 403
        say(clerk, run, "preview_billing_run")
        assert run.state == BillingRunState.PREVIEWING
        progress = clerk.get(reverse("admin:billing_billingrun_progress", args=[run.pk])).json()
        assert progress == {"state": "queued", "percent": 0}
        work_off()
        run.refresh_from_db()
        assert run.state == BillingRunState.PREVIEWED
        page = manager.get(reverse("admin:billing_billingrun_change", args=[run.pk]))
        assert "6,175.44" in page.content.decode()
        assert say(clerk, run, "approve_billing_run") == 403
        assert buttons(manager, run) == {
            *("approve_billing_run", "return_billing_run", "cancel_billing_run"),
        }
        say(manager, run, "approve_billing_run")
        say(manager, run, "issue_billing_run")
        work_off()
        run.refresh_from_db()
        assert (run.state, Bill.objects.filter(run=run).count()) == (BillingRunState.ISSUED, 3)
        assert buttons(manager, run) == {"close_billing_run"}
        say(manager, run, "close_billing_run")
        assert run.state == BillingRunState.CLOSED

    def test_areas_are_grouped_and_stopped_heat_is_named(self, client: Client) -> None:
        company = a_company()
        a_tariff(company, stop_heat_ratio=Decimal("0.3000"))
        a_contract(an_account(company, area="12345.60"), a_customer(company))
        stopped = an_account(company)
        stopped.supply_state = SupplyState.STOPPED
        stopped.save()
        a_contract(stopped, a_customer(company))
        client.force_login(a_member_of_staff("clerk", CLERK, company))
        client.post(reverse("admin:billing_billingrun_add"), {"season": a_season(company).pk})
        run = BillingRun.objects.get()
        say(client, run, "preview_billing_run")
        work_off()
        page = client.get(reverse("admin:billing_billingrun_change", args=[run.pk]))
        cells = re.findall(r"<td[^>]*>(.*?)</td>", page.content.decode().split("<tfoot>")[0])
        assert cells[:10] == [
            *("居民住宅", "3.60 元/m²·月", "1", "12,345.60", "222,220.80"),
            '居民住宅 <span class="muted">报停 30%</span>',
            *("3.60 元/m²·月", "1", "114.36", "617.54"),
        ]

    def test_another_companys_season_cannot_be_chosen(self, client: Client) -> None:
        client.force_login(a_member_of_staff("clerk", CLERK, a_company()))
        foreign = a_season(a_company("21"))
        answer = client.post(reverse("admin:billing_billingrun_add"), {"season": foreign.pk})
        assert answer.status_code == 422
        assert BillingRun.objects.count() == 0

    def test_a_get_changes_nothing(self, client: Client) -> None:
        company = a_company()
        client.force_login(a_member_of_staff("clerk", CLERK, company))
        client.post(reverse("admin:billing_billingrun_add"), {"season": a_season(company).pk})
        run = BillingRun.objects.get()
        client.get(reverse("admin:billing_billingrun_cancel_billing_run", args=[run.pk]))
        run.refresh_from_db()
        assert run.state == BillingRunState.SCOPED


class TestImportAccounts:
    @pytest.fixture
    def company(self) -> Company:
        return company_with_season()

    def test_previewed_corrected_and_imported(self, client: Client, company: Company) -> None:
        client.force_login(a_member_of_staff("clerk", CLERK, company))
        file = csv_file(row(1), row(2, 手机号="1"))
        file.seek(0)
        sent = SimpleUploadedFile("台账.csv", file.read())
        add = reverse("admin:billing_accountimport_add")
        where = client.post(add, {"company": company.pk, "file": sent}).headers["Location"]
        assert client.get(where).status_code == 200
        work_off()
        preview = AccountImport.objects.get()
        page = reverse("admin:billing_accountimport_change", args=[preview.pk])
        assert client.get(where).headers["Location"] == page
        shown = client.get(page).content.decode()
        assert "手机号无效" in shown
        assert Account.objects.count() == 0
        refused = client.get(reverse("admin:billing_accountimport_refused_rows", args=[preview.pk]))
        assert refused["Content-Disposition"].startswith("attachment")
        assert b"".join(refused.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
        client.post(reverse("admin:billing_accountimport_import_accounts", args=[preview.pk]))
        work_off()
        assert Account.objects.count() == 1
        assert "这份台账已导入" in client.get(page).content.decode()

    def test_only_spreadsheets_are_taken(self, client: Client, company: Company) -> None:
        client.force_login(a_member_of_staff("clerk", CLERK, company))
        sent = SimpleUploadedFile("台账.exe", b"MZ")
        add = reverse("admin:billing_accountimport_add")
        answer = client.post(add, {"company": company.pk, "file": sent})
        assert "只接受 XLSX 或 CSV 文件。" in answer.content.decode()
        assert len(HEADINGS) > 5
        assert Job.objects.count() == 0
