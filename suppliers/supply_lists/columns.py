"""The columns of each kind of list, recognised by the names that clerks give them."""

from office.intake.columns import Columns
from suppliers.models import ListKind

SUPPLIERS = Columns(
    {
        "credit_code": ("统一社会信用代码", "信用代码", "社会信用代码", "税号"),
        "name": ("名称", "供应商名称", "供应商", "企业名称", "单位名称"),
        "representative": ("法定代表人", "法人", "法人代表"),
        "region": ("地区", "区域", "所属地区"),
        "address": ("注册地址", "地址", "企业地址"),
        "phone": ("电话", "联系电话", "企业电话"),
        "founded_on": ("成立日期", "注册日期"),
        "owner": ("股东", "主要股东"),
        "contact": ("联系人",),
        "contact_phone": ("联系人电话", "联系人手机"),
        "remark": ("备注", "说明"),
    },
    ("credit_code", "name", "representative", "region", "address"),
    anchor="credit_code",
)
ORDERS = Columns(
    {
        "number": ("订单编号", "订单号", "采购订单号", "编号"),
        "credit_code": ("供应商统一社会信用代码", "统一社会信用代码", "信用代码"),
        "category": ("采购类别", "类别编码", "采购类别编码"),
        "item": ("品名", "物资名称", "名称", "货物名称"),
        "unit": ("单位", "计量单位"),
        "quantity": ("数量", "订购数量"),
        "unit_price_fen": ("单价", "成交单价"),
        "lowest_price_fen": ("最低可比单价", "最低报价"),
        "ordered_on": ("下单日期", "订单日期", "签订日期"),
        "promised_on": ("约定交货日", "交货日期", "约定到货日"),
    },
    (
        *("number", "credit_code", "category", "item", "unit", "quantity"),
        *("unit_price_fen", "ordered_on", "promised_on"),
    ),
    anchor="number",
)
DELIVERIES = Columns(
    {
        "number": ("到货单号", "到货编号", "入库单号", "编号"),
        "order": ("订单编号", "订单号", "采购订单号"),
        "promised_on": ("约定交货日", "约定到货日", "交货日期"),
        "actual_on": ("实际到货日", "到货日期", "入库日期"),
        "received": ("到货数量", "入库数量", "实收数量"),
        "accepted": ("验收合格数量", "合格数量"),
    },
    ("number", "order", "promised_on", "actual_on", "received", "accepted"),
    anchor="number",
)
COLUMNS: dict[ListKind, Columns] = {
    ListKind.SUPPLIERS: SUPPLIERS,
    ListKind.ORDERS: ORDERS,
    ListKind.DELIVERIES: DELIVERIES,
}
# The column by which the report names a row.
NAME_KEYS: dict[ListKind, str] = {
    ListKind.SUPPLIERS: "name",
    ListKind.ORDERS: "number",
    ListKind.DELIVERIES: "number",
}
