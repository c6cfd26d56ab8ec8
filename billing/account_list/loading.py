"""The load of a list: good rows become places, customers, accounts, contracts and area lines."""

from datetime import date

from django.db import connection

from billing.account_list.staging import analyze
from office.models import Company

_PLACES = (
    """
INSERT INTO customers_heatstation (company_id, name)
SELECT DISTINCT %(company)s::bigint, station FROM account_list_line
WHERE account_id IS NULL AND station <> '' ON CONFLICT DO NOTHING
""",
    """
INSERT INTO customers_community (company_id, name)
SELECT DISTINCT %(company)s::bigint, community FROM account_list_line
WHERE account_id IS NULL ON CONFLICT DO NOTHING
""",
    """
INSERT INTO customers_building (community_id, name)
SELECT DISTINCT community.id, line.building
FROM account_list_line line
JOIN customers_community community
    ON community.company_id = %(company)s AND community.name = line.community
WHERE line.account_id IS NULL ON CONFLICT DO NOTHING
""",
)

# One customer per citizen number or credit code; the first row of the list gives the other data.
_SHARED = """
CREATE TEMPORARY TABLE account_list_shared AS
SELECT nextval('customers_customer_id_seq') AS customer_id, person.* FROM (
    SELECT id_digest, min(row) AS first_row, bool_or(low_income) AS low_income
    FROM account_list_line WHERE account_id IS NULL AND id_digest <> ''
    GROUP BY id_digest HAVING count(*) > 1
) person
"""

# All primary keys are drawn before the rows are written, so that no written row is read again.
_NEW = """
CREATE TEMPORARY TABLE account_list_new AS
SELECT line.number, line.kind, line.name, line.phone, line.id_sealed, line.id_digest,
       COALESCE(shared.low_income, line.low_income) AS low_income, line.remark, line.unit,
       line.room, line.supply_state, line.charging, line.meter_number, line.contract_number,
       line.signed_on, COALESCE(line.signed_on, %(starts)s::date) AS starts,
       line.community || line.building || line.unit || line.room AS address,
       building.id AS building_id, station.id AS station_id,
       COALESCE(premise.id, nextval('customers_premise_id_seq')) AS premise_id,
       premise.id IS NULL AS premise_is_new,
       COALESCE(customer.id, shared.customer_id, nextval('customers_customer_id_seq'))
           AS customer_id,
       customer.id IS NULL AND line.row = COALESCE(shared.first_row, line.row)
           AS customer_is_new,
       nextval('customers_account_id_seq') AS account_id,
       nextval('customers_supplycontract_id_seq') AS contract_id
FROM account_list_line line
JOIN customers_community community
    ON community.company_id = %(company)s AND community.name = line.community
JOIN customers_building building
    ON building.community_id = community.id AND building.name = line.building
LEFT JOIN customers_heatstation station
    ON station.company_id = %(company)s AND station.name = line.station
LEFT JOIN customers_premise premise ON premise.building_id = building.id
    AND premise.unit = line.unit AND premise.room = line.room
LEFT JOIN customers_customer customer ON line.id_digest <> ''
    AND customer.company_id = %(company)s AND customer.id_digest = line.id_digest
LEFT JOIN account_list_shared shared ON shared.id_digest = line.id_digest
WHERE line.account_id IS NULL AND line.ordinal = 1
"""

_RECORDS = (
    """
INSERT INTO customers_premise (id, company_id, building_id, unit, room, heat_station_id, address)
SELECT premise_id, %(company)s, building_id, unit, room, station_id, address
FROM account_list_new WHERE premise_is_new
""",
    # Without an ID number two rows cannot be the same person: each account gets its own customer.
    """
INSERT INTO customers_customer
    (id, company_id, kind, name, phone, id_sealed, id_digest, low_income, remark)
SELECT customer_id, %(company)s, kind, name, phone, id_sealed, id_digest, low_income, remark
FROM account_list_new WHERE customer_is_new
""",
    """
INSERT INTO customers_account (id, company_id, number, premise_id, supply_state, opened_on)
SELECT account_id, %(company)s, number, premise_id, supply_state, starts FROM account_list_new
""",
    """
INSERT INTO customers_supplycontract
    (id, company_id, account_id, customer_id, number, charging, meter_number, signed_on, starts)
SELECT contract_id, %(company)s, account_id, customer_id,
       COALESCE(NULLIF(contract_number, ''), 'HT-' || number),
       charging, meter_number, signed_on, starts
FROM account_list_new
""",
    """
INSERT INTO customers_arealine
    (premise_id, ordinal, category_id, building_area, inner_area, usable_area, charge_area,
     height, starts)
SELECT account.premise_id, line.ordinal, line.category_id, line.building_area, line.inner_area,
       line.usable_area, line.charge_area, line.height, account.starts
FROM account_list_line line JOIN account_list_new account USING (number)
""",
)
_ANALYZED = (
    "customers_community, customers_building, customers_premise, customers_customer,"
    " customers_account, customers_supplycontract, customers_arealine"
)
_ANALYZE_PLACES = (
    "ANALYZE customers_heatstation (company_id, name), customers_community (company_id, name),"
    " customers_building (community_id, name)"
)
_WORTH_ANALYZING = 1000


def load_accounts(company: Company, *, starts: date) -> int:
    """Writes the new accounts of the staged list and returns how many it wrote.

    The caller runs it in a transaction. Contracts without a date of signing begin on `starts`.
    """
    facts: dict[str, int | date] = {"company": company.pk, "starts": starts}
    with connection.cursor() as cursor:
        # The joins below hash whole lists: with the default memory they would spill to disk.
        cursor.execute("SET LOCAL work_mem = '128MB'")
        for statement in _PLACES:
            cursor.execute(statement, facts)
        cursor.execute(_SHARED)
        # The rows just written are joined next, and autovacuum has not analysed them yet.
        cursor.execute(_ANALYZE_PLACES)
        analyze("account_list_shared")
        cursor.execute(_NEW, facts)
        count: int = cursor.rowcount
        analyze("account_list_new (number)")
        for statement in _RECORDS:
            cursor.execute(statement, facts)
        if count >= _WORTH_ANALYZING:
            cursor.execute(f"ANALYZE {_ANALYZED}")
    return count
