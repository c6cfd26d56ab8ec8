"""The terms of supply contracts as they stand in the records, read by one statement for one
contract and for fifty thousand.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from customers.models import ContractKind, CustomerKind, SupplyContract

# The blanks of supply contracts (`contract_papers/kinds.py`) and where their texts come from. The
# texts are for paper, and therefore Chinese only.
_TEXTS: Mapping[str, str] = {
    "供热人": "company.name",
    "用热人": "customer.name",
    "户号": "account.number",
    "用热地址": "premise.address",
    "联系电话": "customer.phone",
    "用热面积": "coalesce(to_char(areas.area, 'FM999,999,990.00') || ' m²', '')",
    "热价类别": "coalesce(areas.categories, '')",
    "计费方式": "CASE contract.charging WHEN 'metered' THEN '计量' ELSE '面积' END",
    "生效日期": 'to_char(term.starts, \'FMYYYY"年"FMMM"月"FMDD"日"\')',
    "届满日期": 'to_char(term.ends, \'FMYYYY"年"FMMM"月"FMDD"日"\')',
    "服务热线": "company.hotline",
}
# The frozen form of `CONTRACT_VALUES` (contract_papers/paper.py), which a test compares.
VALUES_SQL = (
    "jsonb_build_object('version', 1, 'company', company.name, 'contact', company.hotline,"
    " 'values', jsonb_build_array("
    + ", ".join(
        f"jsonb_build_object('name', '{name}', 'text', {text})" for name, text in _TEXTS.items()
    )
    + "))"
)
# Reads `contract` and `term` (starts, ends), which the caller brings; the areas are those in force
# on the first day of the term.
RECORDS_SQL = """
  JOIN office_company company ON company.id = contract.company_id
  JOIN customers_customer customer ON customer.id = contract.customer_id
  JOIN customers_account account ON account.id = contract.account_id
  JOIN customers_premise premise ON premise.id = account.premise_id
  LEFT JOIN LATERAL (
    SELECT sum(coalesce(line.charge_area, line.building_area, line.inner_area, line.usable_area))
             AS area,
           string_agg(DISTINCT category.name, '、') AS categories
    FROM customers_arealine line
    JOIN customers_tariffcategory category ON category.id = line.category_id
    WHERE line.premise_id = premise.id AND line.starts <= term.starts
      AND (line.ends IS NULL OR line.ends > term.starts)
  ) areas ON true
"""
# The last day of a term of so many years.
LAST_DAY_SQL = "(({starts}) + make_interval(years => ({years})::int))::date - 1"

_ENDS = LAST_DAY_SQL.format(starts="%(starts)s::date", years="%(years)s")
_ONE = f"""
SELECT term.ends, {VALUES_SQL} FROM customers_supplycontract contract
CROSS JOIN LATERAL (SELECT %(starts)s::date AS starts, {_ENDS} AS ends) term
{RECORDS_SQL}
WHERE contract.id = %(contract)s
"""  # noqa: S608 - only the texts above


@dataclass(frozen=True)
class ContractTerms:
    """The last day of the term, and the texts of the blanks."""

    ends: date
    values: dict[str, str]


def terms_of(contract: SupplyContract, starts: date, years: int) -> ContractTerms:
    """Returns the terms of one contract for a term that begins on a day."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE, {"contract": contract.pk, "starts": starts, "years": years})
        row: Any = cursor.fetchone()
    ends, frozen = row
    return ContractTerms(ends, {value["name"]: value["text"] for value in _read(frozen)})


def _read(frozen: Any) -> list[dict[str, str]]:
    values: list[dict[str, str]] = (json.loads(frozen) if isinstance(frozen, str) else frozen)[
        "values"
    ]
    return values


def kind_of(contract: SupplyContract) -> ContractKind:
    """Returns which contract the customer signs: residents their own, everybody else the other."""
    is_resident = contract.customer.kind == CustomerKind.RESIDENT
    return ContractKind.RESIDENT if is_resident else ContractKind.BUSINESS
