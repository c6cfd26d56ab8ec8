"""The preview of a renewal run: a draft for each contract that ends, and what is parked, in a few
statements.
"""

from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from customers.contract_papers.templates import template_in_force
from customers.contracts.terms import LAST_DAY_SQL
from customers.models import (
    ContractKind,
    ContractPaper,
    ContractTemplate,
    CustomerKind,
    ParkedRenewal,
    RenewalDraft,
    RenewalRun,
)
from office.calendar import business_date
from office.outcomes import outcome_of

# The last valid paper of each open contract of the company, if it ends within the days of the run.
# `signed` says whether that paper was signed: an unsigned one waits for its own signature.
_ENDING = """
SELECT DISTINCT ON (paper.supply_contract_id)
       paper.supply_contract_id AS contract_id, paper.number, paper.ends,
       signature.id IS NOT NULL AS signed, customer.kind = %(resident)s AS is_resident
FROM customers_contractpaper paper
JOIN customers_supplycontract contract ON contract.id = paper.supply_contract_id
JOIN customers_customer customer ON customer.id = contract.customer_id
LEFT JOIN customers_contractsignature signature ON signature.paper_id = paper.id
WHERE paper.company_id = %(company)s AND paper.kind = ANY(%(kinds)s)
  AND paper.ends BETWEEN %(ends_from)s AND %(ends_until)s
  AND contract.ends IS NULL
  AND NOT EXISTS (
    SELECT FROM office_paperrevocation revoked
    WHERE revoked.record_type_id = %(paper_type)s AND revoked.record_id = paper.id)
  AND NOT EXISTS (
    SELECT FROM customers_contractpaper later
    WHERE later.supply_contract_id = paper.supply_contract_id AND later.kind = ANY(%(kinds)s)
      AND later.ends > paper.ends
      AND NOT EXISTS (
        SELECT FROM office_paperrevocation revoked
        WHERE revoked.record_type_id = %(paper_type)s AND revoked.record_id = later.id))
ORDER BY paper.supply_contract_id, paper.ends DESC
"""
_LAST_DAY = LAST_DAY_SQL.format(starts="ending.ends + 1", years="template.term_years")
# The key is drawn in the order of the contracts, so that stretches follow it.
_DRAFT = f"""
WITH ending AS MATERIALIZED ({_ENDING}),
parked AS (
  INSERT INTO customers_parkedrenewal (run_id, contract_id, reason, sentence)
  SELECT %(run)s, ending.contract_id,
         CASE WHEN ending.signed THEN 'no_template' ELSE 'unsigned' END,
         CASE WHEN ending.signed THEN '没有已发布的合同文本，请先发布'
              ELSE '现有合同 ' || ending.number || ' 尚未签署，请先登记签署或作废' END
  FROM ending
  WHERE NOT ending.signed
     OR CASE WHEN ending.is_resident THEN %(for_residents)s::bigint
             ELSE %(for_businesses)s::bigint END IS NULL
)
INSERT INTO customers_renewaldraft (run_id, contract_id, template_id, starts, ends)
SELECT %(run)s, ending.contract_id, template.id, ending.ends + 1, {_LAST_DAY}
FROM ending
JOIN customers_contracttemplate template ON template.id =
  CASE WHEN ending.is_resident THEN %(for_residents)s::bigint ELSE %(for_businesses)s::bigint END
WHERE ending.signed
ORDER BY ending.contract_id
"""  # noqa: S608 - only the texts above


@transaction.atomic
def draft_renewals(run: RenewalRun) -> int:
    """A step of the job, in a transaction of its own: writes the drafts and what is parked.

    Returns how many drafts there are. A killed worker leaves none; the next one begins again.
    """
    RenewalDraft.objects.filter(run=run).delete()
    ParkedRenewal.objects.filter(run=run).delete()
    on = business_date(run.created_at)
    with connection.cursor() as cursor:
        cursor.execute(
            _DRAFT,
            {
                "run": run.pk,
                "company": run.company_id,
                "kinds": [ContractKind.RESIDENT.value, ContractKind.BUSINESS.value],
                "resident": CustomerKind.RESIDENT.value,
                "ends_from": run.ends_from,
                "ends_until": run.ends_until,
                "paper_type": paper_type_id(),
                "for_residents": _template_id(run, ContractKind.RESIDENT, on),
                "for_businesses": _template_id(run, ContractKind.BUSINESS, on),
            },
        )
    return RenewalDraft.objects.filter(run=run).count()


def summary_of(run: RenewalRun) -> dict[str, Any]:
    """Returns the counts of a preview by template, as plain JSON."""
    rows = ContractTemplate.objects.raw(
        "SELECT template.*, count(*) AS contracts FROM customers_renewaldraft draft"
        " JOIN customers_contracttemplate template ON template.id = draft.template_id"
        " WHERE draft.run_id = %s GROUP BY template.id ORDER BY template.id",
        [run.pk],
    )
    # The column of the statement is no field of the table.
    by_template: list[dict[str, Any]] = [
        {"name": str(row), "kind": row.kind, "contracts": row.contracts}  # type: ignore[attr-defined]
        for row in rows
    ]
    return {
        "contracts": sum(row["contracts"] for row in by_template),
        "by_template": by_template,
        "parked": run.parked.count(),
    }


def paper_type_id() -> int:
    """A step of the run's statements: returns the content type under which papers are revoked."""
    key: int = ContentType.objects.get_for_model(ContractPaper).pk
    return key


def _template_id(run: RenewalRun, kind: ContractKind, on: date) -> int | None:
    """Returns the template of a class, or None where none is published: its contracts are
    parked.
    """
    template = outcome_of(lambda: template_in_force(run.company, kind, on)).result
    return template.pk if template else None
