"""A city of any size, made set-based in the database: for benchmarks, not for stories."""

from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import connection

from billing.models import HeatingSeason, PriceDocument, PriceUnit, Tariff
from billing.prices.operations import publish_price_document
from customers.models import TariffCategory
from office.actors import Actor
from office.models import Company

HERE = Actor.system("bench")
NOW = datetime(2026, 11, 1, 1, tzinfo=UTC)

_STEPS = (
    """INSERT INTO customers_heatstation (company_id, name)
       SELECT %(company)s, '换热站' || s FROM generate_series(1, 40) s""",
    """INSERT INTO customers_community (company_id, name)
       SELECT %(company)s, '花园' || lpad(s::text, 4, '0') || '小区'
       FROM generate_series(1, %(communities)s) s""",
    """INSERT INTO customers_building (community_id, name)
       SELECT c.id, b || '号楼' FROM customers_community c, generate_series(1, 10) b
       WHERE c.company_id = %(company)s ORDER BY c.id, b""",
    """INSERT INTO customers_premise
           (company_id, building_id, unit, room, heat_station_id, address)
       SELECT %(company)s, b.id, door.unit, door.room,
              (SELECT min(id) FROM customers_heatstation WHERE company_id = %(company)s)
              + b.id %% 40,
              c.name || b.name || door.unit || door.room
       FROM customers_building b JOIN customers_community c ON c.id = b.community_id,
            generate_series(1, 100) n,
            LATERAL (SELECT (1 + (n - 1) / 50) || '单元' AS unit,
                            ((n - 1) %% 50 / 2 + 1) || '0' || (1 + n %% 2) AS room) door
       WHERE c.company_id = %(company)s ORDER BY b.id, n LIMIT %(accounts)s""",
    """INSERT INTO customers_customer
           (company_id, kind, name, phone, id_sealed, id_digest, low_income, remark)
       SELECT %(company)s, CASE WHEN n %% 20 = 0 THEN 'commercial' ELSE 'resident' END,
              substr('王李张刘陈杨赵黄周吴', 1 + n %% 10, 1)
              || substr('伟芳娜敏静丽强磊军洋', 1 + n / 10 %% 10, 1)
              || substr('明华文玉建国春海平安', 1 + n / 100 %% 10, 1),
              '13' || lpad((n::bigint * 7919 %% 1000000000)::text, 9, '0'), '', 'bench' || n,
              false, ''
       FROM generate_series(1, %(accounts)s) n""",
    """INSERT INTO customers_account (company_id, number, premise_id, supply_state, opened_on)
       SELECT %(company)s, (1000000 + row_number() OVER (ORDER BY id))::text, id,
              CASE WHEN id %% 25 = 0 THEN 'stopped' ELSE 'heated' END, '2020-11-01'
       FROM customers_premise WHERE company_id = %(company)s""",
    """INSERT INTO customers_supplycontract (company_id, account_id, customer_id, number, charging,
           meter_number, signed_on, starts)
       SELECT %(company)s, a.id, c.id, 'GR-' || a.number, 'area', '', '2020-10-01', '2020-11-01'
       FROM (SELECT id, number, row_number() OVER (ORDER BY id) n FROM customers_account
             WHERE company_id = %(company)s) a
       JOIN (SELECT id, row_number() OVER (ORDER BY id) n FROM customers_customer
             WHERE company_id = %(company)s) c USING (n)""",
    """INSERT INTO customers_arealine
           (premise_id, ordinal, category_id, building_area, usable_area, height, starts)
       SELECT id, 1, CASE WHEN id %% 20 = 0 THEN %(shop)s ELSE %(home)s END,
              50 + (id * 37 %% 10000) / 100.0, 40 + (id * 31 %% 8000) / 100.0,
              CASE WHEN id %% 20 = 0 THEN 3 + (id %% 200) / 100.0 ELSE 2.8 END, '2020-11-01'
       FROM customers_premise WHERE company_id = %(company)s""",
    """INSERT INTO customers_arealine (premise_id, ordinal, category_id, building_area, starts)
       SELECT id, 2, %(shop)s, 20 + id %% 30, '2020-11-01'
       FROM customers_premise WHERE company_id = %(company)s AND id %% 25 = 0""",
)


def build_city(company: Company, accounts: int) -> HeatingSeason:
    """Settle `accounts` accounts (and 4 % second area lines) with published prices and a season."""
    home = TariffCategory.objects.create(company=company, name="居民住宅", residential=True)
    shop = TariffCategory.objects.create(company=company, name="非居民", residential=False)
    season = HeatingSeason.objects.create(
        company=company,
        label="2026-2027",
        starts=date(2026, 11, 1),
        ends=date(2027, 3, 31),
        billable_months=Decimal(5),
        due_on=date(2026, 12, 31),
    )
    document = PriceDocument.objects.create(
        company=company,
        number="价〔2025〕1号",
        title="供热价格",
        issuer="发改委",
        issued_on=date(2025, 9, 1),
        effective_from=date(2025, 10, 1),
        stop_heat_ratio=Decimal("0.3"),
        base_height=Decimal("3.5"),
        height_step=Decimal("0.3"),
        percent_per_step=Decimal(10),
    )
    Tariff.objects.create(
        document=document, category=home, unit=PriceUnit.M2_MONTH, amount=Decimal("3.60")
    )
    Tariff.objects.create(
        document=document,
        category=shop,
        unit=PriceUnit.M2_MONTH,
        amount=Decimal("7.50"),
        vat_rate=Decimal("0.09"),
    )
    publish_price_document(document, by=HERE, at=NOW)
    facts = {
        "company": company.pk,
        "accounts": accounts,
        "communities": accounts // 1000 + 1,
        "home": home.pk,
        "shop": shop.pk,
    }
    with connection.cursor() as cursor:
        # The rows are right by construction: proving a million keys would only cost time.
        cursor.execute("SET session_replication_role = replica")
        # Statistics of a small city built before make the joins of a large one look tiny.
        cursor.execute("SET enable_nestloop = off")
        for step in _STEPS:
            cursor.execute(step, facts)
        cursor.execute("SET enable_nestloop = DEFAULT")
        cursor.execute("SET session_replication_role = DEFAULT")
        # Not the whole database: the tables that all databases of a server share stay locked until
        # the transaction ends, and other test runs would wait for them.
        cursor.execute(f"ANALYZE {', '.join(connection.introspection.table_names())}")
    return season
