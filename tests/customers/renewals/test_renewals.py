"""Renewals in bulk: previewed, approved by another, drawn up and printed in stretches."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse

from customers.contract_papers.paper import CONTRACT_VALUES
from customers.contracts.papers import draw_up_contract
from customers.contracts.terms import terms_of
from customers.models import (
    ContractKind,
    ContractPaper,
    CustomerKind,
    ParkedRenewal,
    RenewalDraft,
    RenewalRun,
    SupplyContract,
)
from customers.renewals import issue
from customers.renewals.operations import (
    approve_renewal_run,
    cancel_renewal_run,
    create_renewal_run,
    issue_renewal_run,
    preview_renewal_run,
    resume_renewal_run,
)
from customers.states import RENEWAL_RUN
from heating.roles import SERVICE_MANAGER
from office.actors import Actor
from office.jobs.queue import run_job
from office.models import Document, Job, JobState, JournalEntry
from office.papers.numbers import draw_paper_numbers
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import NOW, a_company, a_contract, a_customer, a_member_of_staff, an_account
from tests.customers.contract_records import ON, a_signed_contract, a_template, drafter, publisher
from tests.office.pdf_reading import texts_of

pytestmark = pytest.mark.django_db
FROM, UNTIL = ON, ON + timedelta(days=60)


def due_contracts(count: int, kind: CustomerKind = CustomerKind.RESIDENT) -> list[SupplyContract]:
    """Contracts whose signed paper ends on 30 November 2025."""
    company = a_company()
    contracts = [
        a_contract(an_account(company), a_customer(company, kind=kind)) for _ in range(count)
    ]
    for contract in contracts:
        a_signed_contract(contract)
    return contracts


def previewed(by: Actor | None = None) -> RenewalRun:
    run = create_renewal_run(a_company(), FROM, UNTIL, by=by or drafter(), at=NOW)
    run_job(preview_renewal_run(run, by=by or drafter(), at=NOW).pk)
    run.refresh_from_db()
    return run


def approved() -> RenewalRun:
    return approve_renewal_run(previewed(), by=publisher(), at=NOW)


class TestPreviewRenewalRun:
    def test_a_draft_for_each_contract_that_ends_and_a_sentence_for_the_others(self) -> None:
        a_template()
        first, second, third = due_contracts(3)
        shop = _a_shop()
        draw_up_contract(second, date(2025, 12, 1), by=drafter(), at=NOW)
        later = a_signed_contract(third, starts=date(2025, 12, 1))
        assert later.ends == date(2028, 11, 30)
        run = previewed()
        drafts = RenewalDraft.objects.values_list("contract", "starts", "ends")
        assert list(drafts) == [(first.pk, date(2025, 12, 1), date(2028, 11, 30))]
        assert (run.state, run.draft_count) == ("previewed", 1)
        assert run.summary == {
            "contracts": 1,
            "by_template": [{"name": "居民供用热合同 V1", "kind": "resident", "contracts": 1}],
            "parked": 1,
        }
        parked = ParkedRenewal.objects.get()
        assert (parked.contract, parked.reason) == (shop, "no_template")
        assert not ContractPaper.objects.filter(renewal=run).exists()

    def test_an_unsigned_paper_waits_for_its_own_signature(self) -> None:
        a_template()
        company = a_company()
        contract = a_contract(an_account(company), a_customer(company))
        paper = draw_up_contract(contract, date(2022, 12, 1), by=drafter(), at=NOW)
        run = previewed()
        parked = ParkedRenewal.objects.get(run=run)
        assert (parked.reason, parked.sentence) == (
            "unsigned",
            f"现有合同 {paper.number} 尚未签署，请先登记签署或作废",
        )
        with pytest.raises(Refused, match="没有可续签的合同"):
            approve_renewal_run(run, by=publisher(), at=NOW)

    def test_the_days_are_in_order_and_the_company_is_the_own(self) -> None:
        with pytest.raises(Invalid, match="止日不能早于起日"):
            create_renewal_run(a_company(), UNTIL, FROM, by=drafter(), at=NOW)
        other = Actor.staff(a_member_of_staff("other", SERVICE_MANAGER, a_company("21")))
        with pytest.raises(NotAllowed):
            create_renewal_run(a_company(), FROM, UNTIL, by=other, at=NOW)
        assert not RenewalRun.objects.exists()


def _a_shop() -> SupplyContract:
    """A contract that was signed as a resident's, and whose customer is a business by now."""
    (contract,) = due_contracts(1)
    contract.customer.kind = CustomerKind.COMMERCIAL
    contract.customer.save()
    return contract


class TestApproveRenewalRun:
    def test_never_by_who_created_it(self) -> None:
        a_template()
        due_contracts(1)
        run = previewed()
        with pytest.raises(NotAllowed):
            approve_renewal_run(run, by=drafter(), at=NOW)
        run.refresh_from_db()
        assert run.state == "previewed"
        assert approve_renewal_run(run, by=publisher(), at=NOW).state == "approved"

    def test_nothing_is_drawn_up_before(self) -> None:
        a_template()
        due_contracts(1)
        run = previewed()
        with pytest.raises(Refused, match="不能办理续签"):
            issue_renewal_run(run, by=drafter(), at=NOW)
        assert not ContractPaper.objects.filter(renewal=run).exists()
        assert cancel_renewal_run(run, by=drafter(), at=NOW).state == "cancelled"
        assert not RenewalDraft.objects.exists()

    def test_the_database_guards_the_very_table(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT prosrc FROM pg_proc WHERE proname = 'customers_renewalrun_state_guard'"
            )
            [(body,)] = cursor.fetchall()
        assert body.strip() == RENEWAL_RUN.guard_sql().split("$$")[1].strip()
        run = create_renewal_run(a_company(), FROM, UNTIL, by=drafter(), at=NOW)
        with pytest.raises(DatabaseError, match="no way from"), transaction.atomic():
            RenewalRun.objects.filter(pk=run.pk).update(state="issuing")


class TestIssueRenewalRun:
    def test_every_paper_is_what_a_clerk_would_have_drawn_up(self) -> None:
        a_template()
        a_template(ContractKind.BUSINESS)
        contracts = [*due_contracts(2), *due_contracts(1, CustomerKind.GOVERNMENT)]
        run = approved()
        job = issue_renewal_run(run, by=drafter(), at=NOW)
        run_job(job.pk)
        job.refresh_from_db()
        assert (job.state, job.result) == (
            JobState.DONE,
            {"state": "issued", "contracts": 3, "papers": 3},
        )
        papers = list(ContractPaper.objects.filter(renewal=run).order_by("number"))
        assert [(paper.supply_contract, paper.kind, paper.number) for paper in papers] == [
            (contracts[0], "resident", "11202500000004"),
            (contracts[1], "resident", "11202500000005"),
            (contracts[2], "business", "11202500000006"),
        ]
        for paper, contract in zip(papers, contracts, strict=True):
            assert (paper.starts, paper.ends) == (date(2025, 12, 1), date(2028, 11, 30))
            frozen = CONTRACT_VALUES.thaw(paper.values)
            expected = terms_of(contract, date(2025, 12, 1), 3)
            assert {value.name: value.text for value in frozen.values} == expected.values
            assert paper.values == json.loads(json.dumps(CONTRACT_VALUES.freeze(frozen)))
            assert (paper.drawn_on, paper.drawn_at, paper.drawn_by) == (ON, NOW, run.created_by)
            assert len(paper.verification_code) == 12
        assert not RenewalDraft.objects.exists()

    def test_the_originals_are_printed_in_one_pile(self) -> None:
        a_template()
        due_contracts(2)
        run = approved()
        run_job(issue_renewal_run(run, by=drafter(), at=NOW).pk)
        document = Document.objects.get(title__startswith="续签合同")
        with document.file.open() as file:
            pages = texts_of(file.read())
        papers = list(ContractPaper.objects.filter(renewal=run).order_by("pk"))
        per_paper = len(pages) // 2
        for place, paper in enumerate(papers):
            own = [t for page in pages[place * per_paper : (place + 1) * per_paper] for t in page]
            assert paper.number in own
            assert paper.verification_code in own
            assert paper.supply_contract is not None
            assert paper.supply_contract.account.premise.address in own
        prints = JournalEntry.objects.filter(action="print_contract")
        assert [entry.facts["copy"] for entry in prints] == [0, 0]

    def test_what_has_changed_since_the_preview_is_parked(self) -> None:
        a_template()
        ended, renewed, plain = due_contracts(3)
        run = approved()
        SupplyContract.objects.filter(pk=ended.pk).update(ends=ON)
        draw_up_contract(renewed, date(2025, 12, 1), by=drafter(), at=NOW)
        run_job(issue_renewal_run(run, by=drafter(), at=NOW).pk)
        run.refresh_from_db()
        assert run.state == "issued"
        assert [paper.supply_contract for paper in run.papers.all()] == [plain]
        parked = ParkedRenewal.objects.filter(run=run).order_by("contract")
        assert [(row.contract, row.sentence) for row in parked] == [
            (ended, "预览后合同已终止，本批不再续签"),
            (renewed, "预览后已另行拟订合同，本批不再续签"),
        ]

    def test_a_worker_killed_in_the_middle_is_resumed_without_a_gap(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        a_template()
        due_contracts(3)
        run = approved()
        monkeypatch.setattr(issue, "STRETCH", 1)
        monkeypatch.setattr(issue, "PILE", 2)
        drawn: list[str] = []

        def killed(kind: str, owners: Any) -> list[str]:
            numbers = draw_paper_numbers(kind, owners)
            drawn.extend(numbers)
            if len(drawn) == 2:
                raise OperationalError("the server went away")
            return numbers

        monkeypatch.setattr(issue, "draw_paper_numbers", killed)
        job = issue_renewal_run(run, by=drafter(), at=NOW)
        with pytest.raises(OperationalError):
            run_job(job.pk)
        job.refresh_from_db()
        assert (job.state, job.done, job.total) == (JobState.RUNNING, 1, 3)
        assert run.papers.count() == 1
        Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED)
        run_job(job.pk)
        job.refresh_from_db()
        assert (job.state, job.percent) == (JobState.DONE, 100)
        numbers = run.papers.order_by("number").values_list("number", flat=True)
        assert list(numbers) == ["11202500000004", "11202500000005", "11202500000006"]
        assert JournalEntry.objects.filter(action="print_contract").count() == 3
        with pytest.raises(Refused, match="没有中断的任务"):
            resume_renewal_run(run, by=drafter(), at=NOW)


class TestRenewalPages:
    def test_from_the_form_to_the_preview(self, client: Client) -> None:
        a_template()
        due_contracts(1)
        user = a_member_of_staff("manager", SERVICE_MANAGER, a_company())
        client.force_login(user)
        client.post(
            reverse("admin:customers_renewalrun_add"),
            {
                "company": a_company().pk,
                "ends_from": FROM.isoformat(),
                "ends_until": UNTIL.isoformat(),
            },
        )
        run = RenewalRun.objects.get()
        page = reverse("admin:customers_renewalrun_change", args=[run.pk])
        assert "还没有预览结果" in client.get(page).content.decode()
        client.post(reverse("admin:customers_renewalrun_preview_renewal_run", args=[run.pk]))
        run_job(Job.objects.get().pk)
        content = client.get(page).content.decode()
        assert "居民供用热合同 V1" in content
        assert "没有暂缓的合同" in content
