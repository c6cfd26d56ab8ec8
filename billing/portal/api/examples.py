"""Examples of accounts, payments and receipts for the API document; all of them are invented."""

ACCOUNT = {
    "id": 1024,
    "number": "1101002345",
    "address": "迎泽花园 3 号楼 2 单元 1504",
    "company": "太原市供热有限公司",
    "hotline": "0351-1009611",
    "current": True,
    "supply_state": "heated",
    "receivable_fen": 162000,
    "advance_fen": 0,
    "owed_fen": 162000,
}
ACCOUNTS = {"accounts": [ACCOUNT], "next_page": None}
BILL = {
    "number": "11252600000042",
    "kind": "season",
    "kind_text": "采暖季账单",
    "season": "2025-2026",
    "account_number": "1101002345",
    "customer_name": "王秀英",
    "address": "迎泽花园 3 号楼 2 单元 1504",
    "amount_fen": 162000,
    "paid_fen": 0,
    "open_fen": 162000,
    "due_on": "2025-12-31",
    "issued_at": "2025-10-20T09:30:00+08:00",
    "lines": [
        {
            "category": "居民住宅",
            "area_basis": "建筑面积",
            "area": "90.00",
            "over_height_percent": "0.0000",
            "unit_price": "3.6000",
            "unit": "元/m²·月",
            "periods": "5.00",
            "ratio": "1.0000",
            "amount_fen": 162000,
            "tax_fen": 0,
            "price_document": "并价发〔2025〕11号",
            "explanation": "90.00 m² × 3.60 元/m²·月 × 5 个月 = 1,620.00 元",
        }
    ],
    "adjustment": None,
}
BILLS = {"account": ACCOUNT, "bills": [BILL]}
NEW_INTENT = {"bills": ["11252600000042"], "method": "wechat_native"}
INTENT = {
    "id": "3f2b8c1e-5a64-4d0e-9a57-1c0d6b7e8f90",
    "state": "open",
    "amount_fen": 162000,
    "account": 1024,
    "account_number": "1101002345",
    "created_at": "2025-11-10T10:15:00+08:00",
    "bills": [{"number": "11252600000042", "season": "2025-2026", "open_fen": 162000}],
    "attempt": {
        "method": "wechat_native",
        "state": "open",
        "expires_at": "2025-11-10T10:30:00+08:00",
        "code_url": "weixin://wxpay/bizpayurl?pr=p4lpSuKzz",
        "jsapi": None,
    },
    "receipts": [],
}
PAID_INTENT = {
    **INTENT,
    "state": "paid",
    "attempt": {
        "method": "wechat_native",
        "state": "paid",
        "expires_at": "2025-11-10T10:30:00+08:00",
        "code_url": None,
        "jsapi": None,
    },
    "receipts": ["11202500000042"],
}
CANCELLED_INTENT = {
    **INTENT,
    "state": "cancelled",
    "attempt": {
        "method": "wechat_native",
        "state": "closed",
        "expires_at": "2025-11-10T10:30:00+08:00",
        "code_url": None,
        "jsapi": None,
    },
}
RECEIPTS = {
    "receipts": [
        {
            "number": "11202500000042",
            "issued_at": "2025-11-10T10:16:05+08:00",
            "amount_fen": 162000,
            "company": "太原市供热有限公司",
            "account_number": "1101002345",
            "method": "微信扫码",
            "season": "2025-2026",
            "verification_code": "7K3MQ2X9BDEF",
            "refunded_fen": 0,
            "refunding_fen": 0,
        }
    ],
    "next_page": None,
}
# Pictures and papers are bytes: the example shows how they begin.
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 37 37">…</svg>'
PDF = "%PDF-1.7 …"
