"""Papers to print: a household's receipt and bill, and the unusual ones."""

from typing import Any

from billing.bills.papers import BillLine, BillPaper, ReceiptLine, ReceiptPaper
from office.money import in_words

HOME = ReceiptLine("2025-2026", "居民住宅", "90.00 m² × 3.60 元/m²·月 × 5 个月", "1,620.00")


def a_receipt(number: int = 1, **changed: Any) -> ReceiptPaper:
    values: dict[str, Any] = {
        "company": "太原市再生能源供热有限公司",
        "number": f"SJ2025{number:08d}",
        "issued_on": "2025年11月03日",
        "payer": "王建国",
        "account_number": f"1401{number:08d}",
        "address": "太原市万柏林区和平南路88号院12号楼3单元1801",
        "season": "2025-2026",
        "lines": (HOME,),
        "total": "1,620.00",
        "total_in_words": in_words(162000),
        "payment_method": "微信支付",
        "cashier": "赵敏",
        "verification_code": f"7K3M-{number:06d}",
        "verify_url": f"https://pay.example.cn/r/7K3M{number:06d}",
        "payment_reference": f"4200001234{number:012d}",
        "contact": "客服热线 0351-96577",
        "created": "2025-11-03T09:30:00+08:00",
    }
    return ReceiptPaper(**(values | changed))


def a_bill(number: int = 1, **changed: Any) -> BillPaper:
    values: dict[str, Any] = {
        "company": "太原市再生能源供热有限公司",
        "number": f"TZ2025{number:08d}",
        "issued_on": "2025年10月15日",
        "payer": "王建国",
        "account_number": f"1401{number:08d}",
        "address": "太原市万柏林区和平南路88号院12号楼3单元1801",
        "season": "2025-2026",
        "due_on": "2025年12月31日",
        "lines": (
            BillLine(
                "居民住宅采暖费",
                "建筑面积 90.00 m² × 3.60 元/m²·月 × 5 个月",
                "依据：并发改价格〔2025〕12号，自2025年11月01日起执行",
                "1,620.00",
            ),
            BillLine(
                "低温退费",
                "2024-2025 采暖季测温 16.5 ℃，3 天",
                "依据：测温单 CW-20250112-03",
                "-16.20",
            ),
        ),
        "charged": "1,603.80",
        "arrears": "0.00",
        "credited": "0.00",
        "total": "1,603.80",
        "total_in_words": in_words(160380),
        "verification_code": f"9Q2X-{number:06d}",
        "pay_url": f"https://pay.example.cn/b/9Q2X{number:06d}",
        "ways_to_pay": ("微信扫描右侧二维码。", "营业厅现金、银行卡。"),
        "notices": ("逾期未缴按日加收违约金。",),
        "contact": "客服热线 0351-96577",
        "created": "2025-10-15T09:00:00+08:00",
    }
    return BillPaper(**(values | changed))
