"""Examples of the procurement platform's requests for the API document; all are invented."""

SUPPLIER = {
    "credit_code": "91140100000000001X",
    "name": "太原华源管件有限公司",
    "representative": "王建国",
    "region": "north",
    "address": "太原市迎泽大街1号",
    "owners": [{"name": "王建国", "share_percent": "60.00"}],
    "contacts": [{"name": "李敏", "phone": "13800000000", "duty": "销售经理"}],
}
PUSHED_SUPPLIER = {"number": "91140100000000001X", "created": True}
ORDER = {
    "number": "YYC-2026-0001",
    "credit_code": "91140100000000001X",
    "category": "02.01",
    "item": "预制直埋保温管 DN200",
    "unit": "米",
    "quantity": "100.000",
    "unit_price_fen": 125000,
    "lowest_price_fen": 120000,
    "ordered_on": "2026-04-01",
    "promised_on": "2026-05-01",
}
PUSHED_ORDER = {"number": "YYC-2026-0001", "created": True}
DELIVERY = {
    "number": "YYC-DH-2026-0001",
    "order": "YYC-2026-0001",
    "promised_on": "2026-05-01",
    "actual_on": "2026-05-03",
    "received": "100.000",
    "accepted": "99.500",
}
PUSHED_DELIVERY = {"number": "YYC-DH-2026-0001", "created": True}
OFFER = {
    "number": "YYC-BJ-2026-0001",
    "sourcing": "CG11-2026-0001",
    "credit_code": "91140100000000001X",
    "sent_at": "2026-04-08T10:30:00+08:00",
    "address": "203.0.113.7",
    "device": "a3f1c09d",
    "phone": "13800000000",
    "account_number": "",
    "files": [
        {
            "name": "报价单.xlsx",
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "author": "李敏",
            "template": "",
        }
    ],
}
PUSHED_OFFER = {"number": "YYC-BJ-2026-0001", "created": True}
