"""The SQL that prices a stretch of accounts: the set-based twin of `billing/prices/in_force.py`.

Factors and rounding are those of the pure rules (formula at the head of `charges.py`). A line that
cannot be priced stays in the draft lines with its `fault`; its account is parked, not billed.
"""

from typing import LiteralString, Protocol

# Reasons why an account is parked, and the sentence a clerk can act on; {} is the detail.
FAULTS: dict[str, str] = {
    "opening_arrears": "本采暖季的欠费已作为期初欠费登记，不再出账；期初有误的请另行更正。",
    "no_contract": "采暖季内没有生效的用热合同，请先补签或登记合同。",
    "two_contracts": "同一天有两份生效的用热合同，请先终止其中一份。",
    "no_area": "没有生效的面积明细，请先登记面积。",
    "no_price": "热价类别“{}”没有执行中的热价，请先发布热价文件。",
    "no_basis_area": "热价按{}计费，但该户没有登记，请先补录面积。",
    "area_overlap": "该户同一序号的面积明细日期重叠，请先核对后结束原明细。",
    "no_stop_ratio": "该户报停，但热价文件没有规定报停基本费比例，请核对热价文件。",
}

# All that the pricing reads about single accounts, a row for every area line (`input`). Prices and
# season are not in it: a run keeps those in its basis (`basis.py`).
#
# account   the accounts of the stretch that have no bill for the season yet
# contract  the earliest contract in force during the season with its payer; `at_start` counts those
#           in force on its first day, of which there may be one
# input     all joins are LEFT: what is missing must become a fault, not a line that silently
#           disappears. By days (`by_days`), an area that does not count all season long has its
#           days; otherwise an area line that replaced another within the season is left out: the
#           one in force at the start is billed. `overlapping` says that the area before it, of the
#           same ordinal, has not ended when it begins: such an account would be charged twice.
#           `stopped`: the list says that the account has no heat, or a stop that others approved
#           for this season concerns the area
_INPUTS: LiteralString = """
account AS (
    SELECT a.id, a.number, a.supply_state, a.premise_id, p.address, b.community_id,
           EXISTS (
               SELECT FROM billing_bill bill
               WHERE bill.account_id = a.id AND bill.season_id = %(season)s
                 AND bill.kind = 'opening') AS in_opening
    FROM customers_account a
    JOIN customers_premise p ON p.id = a.premise_id
    JOIN customers_building b ON b.id = p.building_id
    WHERE a.company_id = %(company)s AND a.id > %(after)s AND a.id <= %(through)s
      AND (%(accounts)s::bigint[] IS NULL OR a.id = ANY(%(accounts)s::bigint[]))
      AND (%(communities)s::bigint[] IS NULL OR b.community_id = ANY(%(communities)s::bigint[]))
      AND NOT EXISTS (
          SELECT FROM billing_bill bill
          WHERE bill.account_id = a.id AND bill.season_id = %(season)s AND bill.kind = 'season')
      AND NOT EXISTS (
          SELECT FROM billing_parkedaccount parked
          WHERE parked.run_id = %(run)s AND parked.account_id = a.id
            AND parked.reason = 'left_out')
), contract AS (
    SELECT DISTINCT ON (account_id) account_id, contract.id, payer.id AS payer_id, payer.kind,
           payer.name,
           count(*) FILTER (WHERE starts <= %(starts)s) OVER (PARTITION BY account_id) AS at_start
    FROM customers_supplycontract contract
    JOIN customers_customer payer ON payer.id = COALESCE(contract.payer_id, contract.customer_id)
    WHERE account_id > %(after)s AND account_id <= %(through)s
      AND (%(accounts)s::bigint[] IS NULL OR account_id = ANY(%(accounts)s::bigint[]))
      AND contract.company_id = %(company)s
      AND starts <= %(last_day)s AND (ends IS NULL OR ends > GREATEST(%(starts)s, starts))
    ORDER BY account_id, starts
), input AS (
    SELECT account.id AS account_id, account.in_opening, account.number, account.address,
           account.supply_state = 'stopped' OR (stop.id IS NOT NULL AND (
               stop.ordinals = '{}' OR line.ordinal = ANY(stop.ordinals))) AS stopped,
           account.community_id, contract.id AS contract_id,
           contract.payer_id, contract.kind, contract.name, contract.at_start,
           line.id AS area_line_id, line.category_id, category.name AS category_name,
           row_number() OVER lines AS ordinal,
           lag(line.ordinal) OVER lines = line.ordinal
               AND COALESCE(lag(COALESCE(line.ends, 'infinity')) OVER lines > line.starts, false)
               AS overlapping,
           CASE WHEN %(by_days)s AND (line.starts > %(starts)s OR line.ends <= %(last_day)s)
                THEN GREATEST(line.starts, %(starts)s) END AS charged_from,
           CASE WHEN %(by_days)s AND (line.starts > %(starts)s OR line.ends <= %(last_day)s)
                THEN LEAST(COALESCE(line.ends, %(last_day)s + 1), %(last_day)s + 1)
                     - GREATEST(line.starts, %(starts)s) END AS charged_days,
           line.building_area, line.inner_area, line.usable_area, line.charge_area, line.height
    FROM account
    LEFT JOIN contract ON contract.account_id = account.id
    LEFT JOIN billing_stopheat stop ON stop.account_id = account.id
         AND stop.season_id = %(season)s AND stop.state = 'approved'
    LEFT JOIN customers_arealine line ON line.premise_id = account.premise_id
         AND line.starts <= %(last_day)s AND (line.ends IS NULL OR line.ends > %(starts)s)
         AND (%(by_days)s OR NOT EXISTS (
             SELECT FROM customers_arealine before
             WHERE before.premise_id = line.premise_id AND before.ordinal = line.ordinal
               AND before.starts < line.starts AND before.ends > %(starts)s))
    LEFT JOIN customers_tariffcategory category ON category.id = line.category_id
    WINDOW lines AS (PARTITION BY account.id ORDER BY line.ordinal, line.starts, line.id)
)"""
# The hash of a whole row of `input`: a column that is added to `input` is in it by itself. The
# hash of an account is the XOR of its rows', which knows no order. PostgreSQL 14 and later have it.
_HASH: LiteralString = "hash_record_extended(input, 0)"

# One statement prices the lines, stores them, sums them to drafts and parks the accounts with a
# fault. The INSERTs are common table expressions that return their rows, so that nothing is read
# twice.
#
# tariff    the tariffs in force with the rules of their document and their number of periods
# factor    every row of `input` with the factors of its price
# raised    the over-height percent as the ratio percent / per, not yet divided (see `charges.py`)
# priced    the amount: `div(2 * N + D, 2 * D)` rounds half up in whole numbers, as Python does
# line      the stored lines; the CASE names the first fault
# summed    accounts without a fault, with an amount above zero
# drafted   the stored draft bills
_PRICE_STRETCH: LiteralString = """
WITH {inputs}, tariff AS (
    SELECT t.id, t.category_id, t.unit, t.area_basis, t.amount, t.vat_rate, d.stop_heat_ratio,
           d.base_height, d.height_step, d.percent_per_step, d.height_rounding,
           d.height_cap_percent,
           CASE t.unit WHEN 'm2_month' THEN %(months)s::numeric WHEN 'm2_season' THEN 1
                ELSE %(days)s::numeric END AS periods
    FROM billing_tariff t JOIN billing_pricedocument d ON d.id = t.document_id
    WHERE t.id = ANY(%(tariffs)s::bigint[])
), factor AS (
    SELECT input.*, {hash} AS inputs_hash,
           tariff.id AS tariff_id, tariff.unit, tariff.area_basis, tariff.amount AS unit_price,
           tariff.periods, tariff.vat_rate,
           CASE WHEN input.stopped THEN tariff.stop_heat_ratio ELSE 1 END AS ratio,
           CASE tariff.area_basis WHEN 'building' THEN input.building_area
                WHEN 'inner' THEN input.inner_area WHEN 'usable' THEN input.usable_area
                ELSE input.charge_area END AS area,
           raised.percent, raised.per
    FROM input
    LEFT JOIN tariff ON tariff.category_id = input.category_id
    LEFT JOIN LATERAL (
        SELECT CASE WHEN capped THEN tariff.height_cap_percent ELSE over END AS percent,
               CASE WHEN capped THEN 1 ELSE under END AS per
        FROM (
            SELECT over, under, COALESCE(over >= tariff.height_cap_percent * under, false) AS capped
            FROM (
                SELECT CASE tariff.height_rounding
                            WHEN 'prorata' THEN excess * tariff.percent_per_step
                            WHEN 'ceil' THEN tariff.percent_per_step * (
                                 div(excess, tariff.height_step)
                                 + (mod(excess, tariff.height_step) > 0)::int)
                            ELSE tariff.percent_per_step * div(excess, tariff.height_step)
                       END AS over,
                       CASE tariff.height_rounding WHEN 'prorata' THEN tariff.height_step
                            ELSE 1 END AS under
                FROM (SELECT GREATEST(input.height - tariff.base_height, 0) AS excess) e
                WHERE input.height IS NOT NULL AND tariff.base_height IS NOT NULL
            ) steps
        ) cap
    ) raised ON true
), priced AS (
    SELECT factor.*,
           round(div(200 * (unit_price * area * periods * (100 * q + p) * d) + 100 * q * s,
                     200 * q * s) * ratio) AS amount_fen
    FROM factor
    CROSS JOIN LATERAL (
        SELECT COALESCE(percent, 0) AS p, COALESCE(per, 1) AS q,
               COALESCE(charged_days, 1)::numeric AS d,
               CASE WHEN charged_days IS NULL THEN 1 ELSE %(days)s END::numeric AS s) height
), line AS (
    INSERT INTO {line} (
        account_id, contract_id, customer_id, community_id, account_number, address,
        area_line_id, ordinal, category_id, category_name, tariff_id, area_basis, area, height,
        over_height_percent, unit, unit_price, periods, charged_from, charged_days, season_days,
        ratio, vat_rate, amount_fen, tax_fen, fault, inputs_hash)
    SELECT account_id, COALESCE(contract_id, 0), COALESCE(payer_id, 0), community_id, number,
           address, area_line_id, ordinal, category_id, category_name, tariff_id, area_basis,
           area, height,
           CASE WHEN percent IS NULL THEN 0 ELSE round(percent / per, 4) END,
           unit, unit_price, periods, charged_from, charged_days,
           CASE WHEN charged_days IS NOT NULL THEN %(days)s END, ratio, vat_rate, amount_fen,
           CASE WHEN vat_rate = 0 THEN 0
                ELSE amount_fen - div(2 * amount_fen + (1 + vat_rate), 2 * (1 + vat_rate)) END,
           CASE WHEN in_opening THEN 'opening_arrears'
                WHEN contract_id IS NULL THEN 'no_contract'
                WHEN at_start > 1 THEN 'two_contracts'
                WHEN area_line_id IS NULL THEN 'no_area'
                WHEN overlapping THEN 'area_overlap'
                WHEN tariff_id IS NULL THEN 'no_price'
                WHEN area IS NULL THEN 'no_basis_area'
                WHEN ratio IS NULL THEN 'no_stop_ratio' END,
           inputs_hash
    FROM priced
    RETURNING account_id, contract_id, customer_id, community_id, account_number, address, ordinal,
              category_name, area_basis, vat_rate, amount_fen, tax_fen, fault, inputs_hash
), summed AS (
    SELECT account_id, min(contract_id) AS contract_id, min(customer_id) AS customer_id,
           min(community_id) AS community_id, min(account_number) AS account_number,
           min(address) AS address, sum(amount_fen) AS amount_fen,
           COALESCE(sum(amount_fen) FILTER (WHERE vat_rate = 0), 0) AS exempt_fen,
           sum(tax_fen) AS tax_fen, bit_xor(inputs_hash) AS inputs_hash
    FROM line
    GROUP BY account_id
    HAVING count(fault) = 0 AND sum(amount_fen) > 0
), drafted AS (
    INSERT INTO {bill} (
        account_id, contract_id, customer_id, community_id, kind, account_number, customer_name,
        address, amount_fen, exempt_fen, tax_fen, inputs_hash)
    SELECT summed.account_id, summed.contract_id, summed.customer_id, summed.community_id,
           contract.kind, summed.account_number, contract.name, summed.address,
           summed.amount_fen, summed.exempt_fen, summed.tax_fen, summed.inputs_hash
    FROM summed JOIN contract USING (account_id)
    ORDER BY summed.account_id
)
INSERT INTO {parked} (run_id, account_id, reason, sentence)
SELECT DISTINCT ON (account_id) %(run)s, account_id, fault,
       replace(%(sentences)s::jsonb ->> fault, '{{}}', CASE fault
           WHEN 'no_price' THEN category_name
           WHEN 'no_basis_area' THEN %(bases)s::jsonb ->> area_basis ELSE '' END)
FROM line WHERE fault IS NOT NULL
ORDER BY account_id, ordinal
"""


class PricedTables(Protocol):
    """The names of the tables that priced bills and lines go into."""

    @property
    def bill(self) -> str: ...
    @property
    def line(self) -> str: ...


def price_stretch_sql(tables: PricedTables, parked: str = "billing_parkedaccount") -> str:
    """Returns the statement that prices the accounts after `after` up to `through`.

    With `accounts` it prices only those of them.
    """
    return _PRICE_STRETCH.format(
        inputs=_INPUTS, hash=_HASH, line=tables.line, bill=tables.bill, parked=parked
    )


def inputs_hash_sql() -> str:
    """Returns a query of (account_id, inputs_hash) for the accounts that would be priced now.

    The hash equals that of the draft as long as nothing has changed that the pricing reads.
    """
    return (
        f"WITH {_INPUTS} SELECT account_id, bit_xor({_HASH}) AS inputs_hash"
        " FROM input GROUP BY account_id"
    )
