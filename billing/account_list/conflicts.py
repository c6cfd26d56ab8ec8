"""Conflicts between rows, and between rows and records: set-based, reported at the later row."""

from django.db import connection

from billing.account_list.staging import analyze
from office.intake.remarks import Remark
from office.models import Company

_PUT = "INSERT INTO account_list_fault (row, heading, says) "
_UNBLAMED = "NOT EXISTS (SELECT 1 FROM account_list_fault fault WHERE fault.row = list.row)"

# Nearly every number and door occurs in one row only, so that the window functions below need to
# sort just the few repeated ones.
_REPEATED = """
CREATE TEMPORARY TABLE account_list_repeated AS
SELECT number FROM account_list WHERE number IS NOT NULL GROUP BY number HAVING count(*) > 1
"""

# The order matters: a row refused for its number must not cause a later row to be refused for
# having the same door.
_CONFLICTS = (
    # The same number at another door.
    """
SELECT row, '户号', '户号重复' FROM (
    SELECT row, door, first_value(door) OVER (PARTITION BY number ORDER BY row) AS first_door
    FROM account_list JOIN account_list_repeated USING (number) WHERE door IS NOT NULL
) claim WHERE door <> first_door
""",
    """
SELECT list.row, '户号', '户号重复' FROM account_list list
JOIN customers_account account ON account.company_id = %(company)s AND account.number = list.number
JOIN customers_premise premise ON premise.id = account.premise_id
JOIN customers_building building ON building.id = premise.building_id
JOIN customers_community community ON community.id = building.community_id
WHERE list.sound AND list.door <> concat_ws(
    E'\\x1f', community.name, building.name, premise.unit, premise.room
) AND {unblamed}
""",
    # The same door under another number.
    """
SELECT row, '房号', '该房屋已列在户号 ' || first_number || ' 名下' FROM (
    SELECT row, number, first_value(number) OVER (PARTITION BY door ORDER BY row) AS first_number
    FROM account_list list WHERE number IS NOT NULL AND {unblamed} AND door IN (
        SELECT door FROM account_list GROUP BY door HAVING count(*) > 1
    )
) claim WHERE number <> first_number
""",
    """
SELECT list.row, '房号', CASE WHEN account.id IS NULL
    THEN '该房屋在系统中已有面积明细，请在系统中开户'
    ELSE '该房屋在系统中已属户号 ' || account.number END
FROM account_list list
JOIN customers_community community
    ON community.company_id = %(company)s AND community.name = list.community
JOIN customers_building building
    ON building.community_id = community.id AND building.name = list.building
JOIN customers_premise premise ON premise.building_id = building.id
    AND premise.unit = list.unit AND premise.room = list.room
LEFT JOIN customers_account account ON account.premise_id = premise.id
WHERE list.sound AND {unblamed} AND CASE WHEN account.id IS NULL
    THEN EXISTS (SELECT 1 FROM customers_arealine line WHERE line.premise_id = premise.id)
    ELSE account.number <> list.number END
""",
    # Rows of one account that name different people.
    """
SELECT row, '户名', '户名或证件号码与同户首行不一致' FROM (
    SELECT row, (name, id_digest) AS person,
           first_value((name, id_digest)) OVER (PARTITION BY number ORDER BY row) AS first_person
    FROM account_list list JOIN account_list_repeated USING (number) WHERE sound AND {unblamed}
) line WHERE person <> first_person
""",
    # An account is loaded with all its area lines or not at all.
    """
SELECT list.row, '户号', '同户另有一行被退回，请一并更正'
FROM account_list list JOIN account_list_repeated USING (number)
WHERE list.sound AND {unblamed} AND EXISTS (
    SELECT 1 FROM account_list other
    WHERE other.number = list.number AND other.door = list.door AND other.row <> list.row
      AND (NOT other.sound
           OR EXISTS (SELECT 1 FROM account_list_fault fault WHERE fault.row = other.row))
)
""",
)

_LINES = """
CREATE TEMPORARY TABLE account_list_line AS
SELECT list.*, COALESCE(line.ordinal, 1) AS ordinal, account.id AS account_id
FROM account_list list
LEFT JOIN (
    SELECT row, row_number() OVER (PARTITION BY number ORDER BY row) AS ordinal
    FROM account_list list JOIN account_list_repeated USING (number) WHERE sound AND {unblamed}
) line ON line.row = list.row
LEFT JOIN customers_account account
    ON account.company_id = %(company)s AND account.number = list.number
WHERE list.sound AND {unblamed}
"""

# Each fault with the value that it refuses; rows refused while they were read have only their
# number and door in this table.
_FAULTS = """
SELECT DISTINCT row, heading, says, COALESCE(
    CASE heading WHEN '户号' THEN list.number WHEN '户名' THEN list.name
                 WHEN '房号' THEN list.room END, '')
FROM account_list_fault JOIN account_list list USING (row)
"""


def find_conflicts(company: Company) -> list[Remark]:
    """Refuses rows that contradict an earlier row or the records, and numbers the area lines."""
    with connection.cursor() as cursor:
        cursor.execute(_REPEATED)
        cursor.execute("ANALYZE account_list_repeated")
        for conflict in _CONFLICTS:
            cursor.execute(_PUT + conflict.format(unblamed=_UNBLAMED), {"company": company.pk})
            cursor.execute("ANALYZE account_list_fault")
        cursor.execute(_LINES.format(unblamed=_UNBLAMED), {"company": company.pk})
        analyze("account_list_line (number, ordinal, account_id, community, id_digest)")
        cursor.execute(_FAULTS)
        return [Remark(*fault) for fault in cursor.fetchall()]
