"""How long 50,000 renewals take against bare SQL, and how many pages a core stamps.

`pytest -s tests/bench/test_bench_renewals.py`; judges nothing but what was written.
"""

import time
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from customers.contract_papers.paper import TEMPLATE, printed_contract
from customers.contracts.terms import RECORDS_SQL, VALUES_SQL
from customers.models import ContractKind, ContractPaper, RenewalDraft, RenewalRun, SupplyContract
from customers.renewals.drafts import draft_renewals
from customers.renewals.issue import FORM_PAGES, renew_stretch
from customers.renewals.operations import create_renewal_run
from office.pdf import render_pdf, stamp_pages
from tests.builders import NOW, a_company, a_contract, a_customer, many_accounts
from tests.customers.contract_records import ON, a_template, drafter

COUNT = 50_000
PRINTED = 10_000
# The same rows in one statement, without stretches, locks, checks of what has changed and codes
# that cannot be guessed.
BARE = f"""
INSERT INTO customers_contractpaper
  (company_id, template_id, kind, number, verification_code, party, supply_contract_id, starts,
   ends, renewal_id, values, drawn_on, drawn_at, drawn_by_id)
SELECT contract.company_id, term.template_id, 'resident', 'B' || lpad(term.id::text, 14, '0'),
       'B' || lpad(term.id::text, 11, '0'), customer.name, contract.id, term.starts, term.ends,
       %(run)s, {VALUES_SQL}, %(day)s, %(at)s, %(drawn_by)s
FROM customers_renewaldraft term
  JOIN customers_supplycontract contract ON contract.id = term.contract_id
{RECORDS_SQL}
WHERE term.run_id = %(run)s
"""


@pytest.mark.django_db
def test_renewals_against_bare_sql_and_their_pages() -> None:
    template = a_template()
    run = _a_run_of_many(template.pk)
    begun = time.perf_counter()
    assert draft_renewals(run) == COUNT
    drafting = time.perf_counter() - begun
    run.draft_count, run.begun_at = COUNT, NOW
    run.save()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    bare = _bare_seconds(run)
    begun = time.perf_counter()
    done = 0
    while done < COUNT:
        done = renew_stretch(run)
    renewing = time.perf_counter() - begun
    assert ContractPaper.objects.filter(renewal=run).count() == COUNT
    assert RenewalDraft.objects.filter(run=run).count() == COUNT

    papers = list(
        ContractPaper.objects.filter(renewal=run)
        .select_related("template")
        .order_by("pk")[:PRINTED]
    )
    # The first paper of a process looks for the fonts, which no later one does.
    render_pdf(TEMPLATE, {"paper": printed_contract(papers[0])})
    begun, pages = time.process_time(), 0
    for file in stamp_pages(TEMPLATE, map(printed_contract, papers), form_pages=FORM_PAGES):
        pages += file.pages
        assert file.laid_out == 0
    stamping = time.process_time() - begun
    print(
        f"\n{COUNT:,} contracts: drafts {drafting:.2f} s, papers {renewing:.2f} s, bare SQL"
        f" {bare:.2f} s (1:{renewing / bare:.2f});"
        f" {pages / stamping:,.0f} pages per CPU second ({pages // PRINTED} pages a contract)"
    )


def _bare_seconds(run: RenewalRun) -> float:
    """Returns what the bare statement takes; what it wrote is taken back."""

    with transaction.atomic():
        begun = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(
                BARE, {"run": run.pk, "day": ON, "at": NOW, "drawn_by": run.created_by_id}
            )
            assert cursor.rowcount == COUNT
        seconds = time.perf_counter() - begun
        transaction.set_rollback(True)
    return seconds


def _a_run_of_many(template: int) -> RenewalRun:
    """A run over contracts whose signed papers end in twenty days, written by few statements."""
    company = a_company()
    customer = a_customer(company)
    accounts = many_accounts(company, COUNT)
    a_contract(accounts[0], customer)
    SupplyContract.objects.bulk_create(
        SupplyContract(
            company=company,
            account=account,
            customer=customer,
            number=f"GR-{account.number}",
            starts=date(2020, 11, 1),
        )
        for account in accounts[1:]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_contractpaper (company_id, template_id, kind, number,"
            " verification_code, party, supply_contract_id, starts, ends, values, drawn_on,"
            " drawn_at) SELECT company_id, %s, %s, 'A' || lpad(id::text, 14, '0'),"
            " 'A' || lpad(id::text, 11, '0'), '', id, %s, %s, '{}', %s, %s"
            " FROM customers_supplycontract",
            [template, ContractKind.RESIDENT.value, date(2022, 12, 1), date(2025, 11, 30), ON, NOW],
        )
        cursor.execute(
            "INSERT INTO customers_contractsignature (paper_id, way, signer, signed_on, reference,"
            " proof, recorded_at) SELECT id, 'esign', '', %s, number, '{}', %s"
            " FROM customers_contractpaper",
            [ON, NOW],
        )
        cursor.execute("ANALYZE")
    return create_renewal_run(company, ON, ON + timedelta(days=60), by=drafter(), at=NOW)
