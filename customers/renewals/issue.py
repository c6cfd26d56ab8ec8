"""The papers of a renewal run, drawn up stretch by stretch, then stamped into piles of PDF."""

from datetime import datetime
from io import BytesIO
from typing import Any

from django.db import connection, transaction

from customers.contract_papers.paper import TEMPLATE, printed_contract
from customers.contract_papers.papers import SERIES
from customers.contracts.locking import lock_accounts
from customers.contracts.terms import RECORDS_SQL, VALUES_SQL
from customers.models import ContractKind, ContractPaper, RenewalDraft, RenewalRun
from customers.renewals.drafts import paper_type_id
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.documents.operations import Upload, attach_document
from office.papers.codes import new_codes
from office.papers.numbers import draw_paper_numbers
from office.pdf import stamp_pages

# Papers drawn up in one transaction, during which their accounts are locked.
STRETCH = 10_000
# Papers in one file, which stays far below the limit of a document.
PILE = 2_500
# A contract has two or three pages.
FORM_PAGES = 4

# What has changed since the preview is parked: the contract has ended, or a clerk has drawn up a
# paper meanwhile. Accounts are locked by then.
_CHANGED = """
INSERT INTO customers_parkedrenewal (run_id, contract_id, reason, sentence)
SELECT draft.run_id, draft.contract_id, 'changed',
       CASE WHEN contract.ends IS NULL THEN '预览后已另行拟订合同，本批不再续签'
            ELSE '预览后合同已终止，本批不再续签' END
FROM customers_renewaldraft draft
JOIN customers_supplycontract contract ON contract.id = draft.contract_id
WHERE draft.run_id = %(run)s AND draft.id > %(after)s AND draft.id <= %(through)s
  AND (contract.ends IS NOT NULL OR EXISTS (
    SELECT FROM customers_contractpaper paper
    WHERE paper.supply_contract_id = draft.contract_id AND paper.kind = ANY(%(kinds)s)
      AND paper.ends >= draft.starts
      AND NOT EXISTS (
        SELECT FROM office_paperrevocation revoked
        WHERE revoked.record_type_id = %(paper_type)s AND revoked.record_id = paper.id)))
"""
_ELIGIBLE = """
SELECT draft.id FROM customers_renewaldraft draft
WHERE draft.run_id = %(run)s AND draft.id > %(after)s AND draft.id <= %(through)s
  AND NOT EXISTS (
    SELECT FROM customers_parkedrenewal parked
    WHERE parked.run_id = draft.run_id AND parked.contract_id = draft.contract_id)
ORDER BY draft.id
"""
_DRAW_UP = f"""
INSERT INTO customers_contractpaper
  (company_id, template_id, kind, number, verification_code, party, supply_contract_id, starts,
   ends, renewal_id, values, drawn_on, drawn_at, drawn_by_id)
SELECT contract.company_id, term.template_id, template.kind, drawn.number, drawn.code,
       customer.name, contract.id, term.starts, term.ends, term.run_id, {VALUES_SQL},
       %(day)s, %(at)s, %(drawn_by)s
FROM unnest(%(drafts)s::bigint[], %(numbers)s::text[], %(codes)s::text[])
       AS drawn(draft_id, number, code)
  JOIN customers_renewaldraft term ON term.id = drawn.draft_id
  JOIN customers_contracttemplate template ON template.id = term.template_id
  JOIN customers_supplycontract contract ON contract.id = term.contract_id
{RECORDS_SQL}
ORDER BY drawn.draft_id
"""  # noqa: S608 - only the texts above


@transaction.atomic
def renew_stretch(run: RenewalRun) -> int:
    """A step of the job, in a transaction of its own: draws up the papers of the next drafts.

    Returns how many drafts have been dealt with. Numbers, papers and the mark how far the run has
    come are committed together, so that a killed worker leaves whole stretches only.
    """
    locked_run = _lock(run)
    drafts = RenewalDraft.objects.filter(run=run).order_by("pk")
    stretch = drafts.filter(pk__gt=locked_run.renewed_through)[:STRETCH]
    keys = list(stretch.values_list("pk", "contract__account"))
    if keys:
        lock_accounts([account for _key, account in keys])
        _draw_up(locked_run, through=keys[-1][0])
        locked_run.renewed_through = keys[-1][0]
        locked_run.save(update_fields=["renewed_through"])
    return drafts.filter(pk__lte=locked_run.renewed_through).count()


def _draw_up(run: RenewalRun, *, through: int) -> None:
    """Parks what has changed and draws up papers for the other drafts of a stretch."""
    begun_at = run.begun_at
    if begun_at is None:
        raise RuntimeError(f"renewal run {run.pk} has not begun")
    day = business_date(begun_at)
    within: dict[str, Any] = {
        "run": run.pk,
        "after": run.renewed_through,
        "through": through,
        "kinds": [ContractKind.RESIDENT.value, ContractKind.BUSINESS.value],
        "paper_type": paper_type_id(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, within)
        cursor.execute(_ELIGIBLE, within)
        drafts = [row[0] for row in cursor.fetchall()]
        if not drafts:
            return
        numbers = draw_paper_numbers(SERIES, [(run.company, day.year)] * len(drafts))
        cursor.execute(
            _DRAW_UP,
            {
                "drafts": drafts,
                "numbers": numbers,
                "codes": new_codes(len(drafts)),
                "day": day,
                "at": begun_at,
                "drawn_by": run.created_by_id,
            },
        )


@transaction.atomic
def print_stretch(run: RenewalRun, *, by: Actor, at: datetime) -> int:
    """A step of the job, in a transaction of its own: prints the originals of the next papers into
    one file, files it with the run and returns how many papers have been printed.
    """
    locked_run = _lock(run)
    rows = ContractPaper.objects.filter(renewal=locked_run).order_by("pk")
    papers = list(rows.filter(pk__gt=locked_run.printed_through).select_related("template")[:PILE])
    if papers:
        title = f"续签合同 {papers[0].number}–{papers[-1].number}"
        piles = stamp_pages(
            TEMPLATE, map(printed_contract, papers), title=title, form_pages=FORM_PAGES
        )
        for number, pile in enumerate(piles, start=1):
            attach_document(
                locked_run,
                Upload(f"contracts-{papers[0].number}-{number}.pdf", BytesIO(pile.content)),
                company=locked_run.company,
                kind="contract",
                title=title,
                by=by,
                at=at,
            )
        journal.record_each(
            "print_contract",
            [(paper, {"number": paper.number, "copy": 0}) for paper in papers],
            by=by,
            at=at,
        )
        locked_run.printed_through = papers[-1].pk
        locked_run.save(update_fields=["printed_through"])
    return rows.filter(pk__lte=locked_run.printed_through).count()


def paper_count(run: RenewalRun) -> int:
    """A step of the job: returns how many papers the run has drawn up."""
    return ContractPaper.objects.filter(renewal=run).count()


def _lock(run: RenewalRun) -> RenewalRun:
    """Locks the run: a worker that was believed dead may still be at it."""
    return (
        RenewalRun.objects.select_for_update(of=("self",)).select_related("company").get(pk=run.pk)
    )
