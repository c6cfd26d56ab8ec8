"""Lists of suppliers and dealings for tests, and what their import came to."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.core.files import File

from office.actors import Actor
from suppliers.models import ListKind, SupplyList
from suppliers.supply_lists.operations import import_supply_list
from tests.builders import HERE, a_company
from tests.suppliers.supplier_records import a_credit_code
from tests.suppliers.supply_records import NEW_YEAR

DELIVERY = {
    "到货单号": "DH1",
    "订单编号": "CG1",
    "约定交货日": "2026-05-01",
    "实际到货日": "2026-05-03",
    "到货数量": "100",
    "验收合格数量": "99.5",
}
ORDER = {
    "订单编号": "CG9",
    "供应商统一社会信用代码": a_credit_code(1),
    "采购类别": "01",
    "品名": "预制保温管",
    "单位": "米",
    "数量": "80",
    "单价": "12.50",
    "最低可比单价": "",
    "下单日期": "2026-04-01",
    "约定交货日": "2026/5/1",
}
SUPPLIER = {
    "统一社会信用代码": a_credit_code(7),
    "名称": "榆次阀门有限公司",
    "法定代表人": "张三",
    "地区": "华北",
    "注册地址": "榆次区顺城街7号",
    "联系人": "李敏",
    "联系人电话": "13800000007",
}


def a_list(*rows: dict[str, str]) -> File[Any]:
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return File(io.BytesIO(text.getvalue().encode()), name="清单.csv")


def take(
    kind: ListKind, *rows: dict[str, str], dry_run: bool = False, by: Actor = HERE
) -> SupplyList:
    return import_supply_list(a_company(), kind, a_list(*rows), dry_run=dry_run, by=by, at=NEW_YEAR)


def reasons(record: SupplyList) -> list[tuple[int, str, str]]:
    return [(row["row"], row["column"], row["says"]) for row in record.report["rows_refused"]]
