"""Warnings on good rows that differ from the records or from each other.

A list never overwrites a record: the clerk decides.
"""

from django.db import connection

from office.intake.remarks import Remark
from office.models import Company

_PUT = "INSERT INTO account_list_warning (row, heading, says) "

_WARNINGS = (
    # Existing accounts: the names of the columns in which list and records differ.
    """
SELECT row, '户号', '与系统中不同：' || differing FROM (
    SELECT line.row, concat_ws('、',
        CASE WHEN line.name IS DISTINCT FROM customer.name THEN '户名' END,
        CASE WHEN line.id_digest <> '' AND line.id_digest IS DISTINCT FROM customer.id_digest
             THEN '证件号码' END,
        CASE WHEN line.phone <> '' AND line.phone IS DISTINCT FROM customer.phone
             THEN '手机号' END,
        CASE WHEN line.station <> '' AND line.station IS DISTINCT FROM station.name
             THEN '换热站' END,
        CASE WHEN line.category_id IS DISTINCT FROM area.category_id THEN '热价类别' END,
        CASE WHEN line.building_area IS DISTINCT FROM area.building_area THEN '建筑面积' END,
        CASE WHEN line.inner_area IS DISTINCT FROM area.inner_area
              AND line.inner_area IS NOT NULL THEN '套内面积' END,
        CASE WHEN line.usable_area IS DISTINCT FROM area.usable_area
              AND line.usable_area IS NOT NULL THEN '使用面积' END,
        CASE WHEN line.charge_area IS DISTINCT FROM area.charge_area
              AND line.charge_area IS NOT NULL THEN '计费面积' END,
        CASE WHEN line.height IS DISTINCT FROM area.height
              AND line.height IS NOT NULL THEN '层高' END,
        CASE WHEN line.supply_state <> account.supply_state THEN '供热状态' END,
        CASE WHEN line.charging IS DISTINCT FROM contract.charging THEN '计费方式' END,
        CASE WHEN line.meter_number <> '' AND line.meter_number IS DISTINCT FROM
             contract.meter_number THEN '表号' END,
        CASE WHEN line.contract_number <> '' AND line.contract_number IS DISTINCT FROM
             contract.number THEN '合同编号' END,
        CASE WHEN line.signed_on IS DISTINCT FROM contract.signed_on
              AND line.signed_on IS NOT NULL THEN '签订日期' END,
        CASE WHEN line.low_income AND NOT customer.low_income THEN '低保' END,
        CASE WHEN line.arrears_fen > 0 AND arrears.amount_fen IS DISTINCT FROM
             arrears.listed_fen THEN '往年欠费' END
    ) AS differing
    FROM account_list_line line
    JOIN customers_account account ON account.id = line.account_id
    JOIN customers_premise premise ON premise.id = account.premise_id
    LEFT JOIN customers_heatstation station ON station.id = premise.heat_station_id
    LEFT JOIN customers_supplycontract contract
        ON contract.account_id = account.id AND contract.ends IS NULL
    LEFT JOIN customers_customer customer ON customer.id = contract.customer_id
    LEFT JOIN customers_arealine area ON area.premise_id = premise.id
        AND area.ordinal = line.ordinal AND area.ends IS NULL
    LEFT JOIN LATERAL (
        SELECT (SELECT sum(DISTINCT other.arrears_fen) FROM account_list_line other
                WHERE other.number = line.number AND other.arrears_season = line.arrears_season
               ) AS listed_fen,
               (SELECT bill.amount_fen FROM billing_bill bill
                JOIN billing_heatingseason season ON season.id = bill.season_id
                WHERE bill.account_id = account.id AND bill.kind = 'opening'
                  AND season.label = line.arrears_season) AS amount_fen
    ) arrears ON line.arrears_fen > 0
) compared WHERE differing <> ''
""",
    # Existing accounts that have more areas than the list.
    """
SELECT max(line.row), '户号', '与系统中不同：面积明细比名单多'
FROM account_list_line line
JOIN customers_account account ON account.id = line.account_id
GROUP BY account.premise_id
HAVING count(*) < (SELECT count(*) FROM customers_arealine area
                   WHERE area.premise_id = account.premise_id AND area.ends IS NULL)
""",
    # One citizen number or credit code under two names.
    """
SELECT row, '户名', '同一证件号码已有户名 ' || first_name FROM (
    SELECT row, name, first_value(name) OVER (PARTITION BY id_digest ORDER BY row) AS first_name
    FROM account_list_line WHERE id_digest <> '' AND id_digest IN (
        SELECT id_digest FROM account_list_line GROUP BY id_digest HAVING count(*) > 1
    )
) person WHERE name <> first_name
""",
    """
SELECT line.row, '户名', '该证件号码在系统中的户名为 ' || customer.name
FROM account_list_line line
JOIN customers_customer customer
    ON customer.company_id = %(company)s AND customer.id_digest = line.id_digest
WHERE line.account_id IS NULL AND line.id_digest <> '' AND customer.name <> line.name
""",
    # The same area twice is more likely a slip than a second area.
    """
SELECT row, '建筑面积', '与同户第 ' || earlier || ' 行面积和类别相同，将按两条面积计费' FROM (
    SELECT row, lag(row) OVER (
        PARTITION BY number, category_id, building_area ORDER BY row
    ) AS earlier FROM account_list_line JOIN account_list_repeated USING (number)
) line WHERE earlier IS NOT NULL
""",
)

# A note and not a warning: lists usually repeat the debt of an account in each of its rows.
_REPEATED_ARREARS = """
SELECT row, '往年欠费金额', '与同户第 ' || earlier || ' 行相同，只计一次' FROM (
    SELECT row, lag(row) OVER (
        PARTITION BY number, arrears_season, arrears_fen ORDER BY row
    ) AS earlier FROM account_list_line JOIN account_list_repeated USING (number)
    WHERE arrears_fen > 0
) line WHERE earlier IS NOT NULL
"""


def find_differences(company: Company) -> list[Remark]:
    """Returns the warnings that comparing the good rows as a set gives."""
    with connection.cursor() as cursor:
        for warning in _WARNINGS:
            cursor.execute(_PUT + warning, {"company": company.pk})
        cursor.execute("SELECT row, heading, says FROM account_list_warning")
        return [Remark(*row) for row in cursor.fetchall()]


def find_repeated_arrears() -> list[Remark]:
    """Returns warnings on rows that repeat the arrears of an earlier row of their account."""
    with connection.cursor() as cursor:
        cursor.execute(_REPEATED_ARREARS)
        return [Remark(*note) for note in cursor.fetchall()]
