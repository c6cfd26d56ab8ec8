"""A bill is used whole or not at all."""

import gzip
import hashlib
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from billing.wechatpay import Accepted, BillRefused, TradeBill, Unknown, WechatPay, read_trade_bill

HEADER = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注"
)
SUMMARY = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
)
PAID = (
    "`2026-11-15 23:59:58,`wx1,`19,`0,`,`4200A,`HEAT1A,`oX,`NATIVE,`SUCCESS,`OTHERS,`CNY,`990.00,"
    "`10.00,`0,`0,`0.00,`0.00,`,`,`采暖费\\ 3号楼,`,`6.00000,`0.60%,`1000.00,`0.00,`"
)
REFUNDED = (
    "`2026-11-15 10:00:00,`wx1,`19,`0,`,`4200B,`HEAT1B,`oX,`JSAPI,`REFUND,`OTHERS,`CNY,`0.00,"
    "`0.00,`503A,`R1,`500.01,`0.00,`ORIGINAL,`SUCCESS,`采暖费,`,`-3.00000,`0.60%,`0.00,`500.01,`"
)
TOTALS = "`2,`990.00,`500.01,`0.00,`3.00000,`1000.00,`500.01"


def bill(*lines: str, end: str = "\r\n") -> bytes:
    return "\ufeff".encode() + "".join(line + end for line in lines).encode()


GOOD = bill(HEADER, PAID, REFUNDED, SUMMARY, TOTALS)


def read(content: bytes) -> TradeBill:
    return read_trade_bill(content, hashlib.sha1(content, usedforsecurity=False).hexdigest())


class TestReadTradeBill:
    def test_a_payment_and_a_refund(self) -> None:
        payment, refund = read(GOOD).rows
        assert payment.traded_at == datetime(
            2026, 11, 15, 23, 59, 58, tzinfo=ZoneInfo("Asia/Shanghai")
        )
        assert (payment.total_fen, payment.settled_fen, payment.fee_millifen) == (
            100000,
            99000,
            600000,
        )
        assert payment.columns["商品名称"] == "采暖费\\ 3号楼"
        assert (refund.refund_fen, refund.requested_refund_fen) == (50001, 50001)
        assert (refund.fee_millifen, refund.out_refund_no) == (-300000, "R1")
        assert "oX" not in repr(payment)

    def test_gzip_is_hashed_uncompressed(self) -> None:
        sha1 = hashlib.sha1(GOOD, usedforsecurity=False).hexdigest().upper()
        assert read_trade_bill(gzip.compress(GOOD), sha1) == read(GOOD)

    def test_columns_are_found_by_name(self) -> None:
        def turned(line: str) -> str:
            return ",".join(reversed(line.split(",")))

        content = bill(
            turned(HEADER), turned(PAID), turned(REFUNDED), turned(SUMMARY), TOTALS_TURNED
        )
        assert [row.total_fen for row in read(content).rows] == [100000, 0]

    def test_a_new_column_changes_nothing(self) -> None:
        content = bill(HEADER + ",新列", PAID + ",`x", REFUNDED + ",`y", SUMMARY, TOTALS)
        assert [row.out_trade_no for row in read(content).rows] == ["HEAT1A", "HEAT1B"]

    def test_a_success_bill_has_no_refund_columns(self) -> None:
        header = (
            "交易时间,公众账号ID,商户号,微信订单号,商户订单号,用户标识,交易类型,"
            "交易状态,货币种类,应结订单金额,手续费,订单金额"
        )
        row = (
            "`2026-11-15 10:00:00,`wx1,`19,`4200A,`HEAT1A,`oX,`NATIVE,"
            "`SUCCESS,`CNY,`1.00,`0.01000,`1.00"
        )
        summary = "总交易单数,应结订单总金额,手续费总金额,订单总金额"
        (bill_row,) = read(bill(header, row, summary, "`1,`1.00,`0.01000,`1.00", end="\n")).rows
        assert (bill_row.total_fen, bill_row.refund_fen, bill_row.refund_id) == (100, 0, "0")

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", "does not end with its summary"),
            (bill(HEADER, PAID, REFUNDED), "does not end with its summary"),
            (bill(HEADER, PAID, SUMMARY, TOTALS), "counts 2 lines, the file has 1"),
            (bill(HEADER, PAID, PAID, SUMMARY, TOTALS), "adds up to"),
            (
                bill(HEADER, PAID, REFUNDED, SUMMARY, TOTALS.replace("1000.00", "1000.01")),
                "订单金额",
            ),
            (bill(HEADER, PAID, REFUNDED, SUMMARY, TOTALS.replace("`3.0", "`3.1")), "手续费"),
            (bill(HEADER, PAID[:-3], REFUNDED, SUMMARY, TOTALS), "26 values under 27 names"),
            (
                bill(HEADER, PAID.replace("990.00", "1e3"), REFUNDED, SUMMARY, TOTALS),
                "not an amount",
            ),
            (
                bill(HEADER, PAID.replace("990.00", "٩٩٠"), REFUNDED, SUMMARY, TOTALS),
                "not an amount",
            ),
            (bill(HEADER, "签" + PAID, REFUNDED, SUMMARY, TOTALS), "begin with a backtick"),
            (bill(HEADER.replace("手续费", "订单金额"), PAID, REFUNDED, SUMMARY, TOTALS), "twice"),
            (
                bill(HEADER.replace("商户订单号", "单号"), PAID, REFUNDED, SUMMARY, TOTALS),
                "商户订单号",
            ),
            (bill(HEADER, PAID.replace("23:59:58", "25:00:00"), REFUNDED, SUMMARY, TOTALS), "time"),
            (GOOD[:40] + b"\xff" + GOOD[40:], "not UTF-8"),
        ],
    )
    def test_anything_odd_refuses_the_whole_file(self, content: bytes, sentence: str) -> None:
        with pytest.raises(BillRefused, match=sentence):
            read(content)

    def test_a_wrong_hash_refuses_it(self) -> None:
        with pytest.raises(BillRefused, match="SHA-1"):
            read_trade_bill(GOOD + b"\n", hashlib.sha1(GOOD, usedforsecurity=False).hexdigest())

    def test_a_cut_gzip_refuses_it(self) -> None:
        packed = gzip.compress(GOOD)
        for cut in (packed[:-1], packed[:20], packed[:3], packed[:40] + b"\0" + packed[41:]):
            with pytest.raises(BillRefused):
                read_trade_bill(cut, hashlib.sha1(GOOD, usedforsecurity=False).hexdigest())


TOTALS_TURNED = ",".join(reversed(TOTALS.split(",")))


class TestDownloadTradeBill:
    def test_the_file_is_asked_for_signed_and_checked_by_hash(
        self, wechat: WechatPay, tenpay: Any
    ) -> None:
        announced = {
            "hash_type": "SHA1",
            "hash_value": hashlib.sha1(GOOD, usedforsecurity=False).hexdigest(),
            "download_url": "https://api.mch.weixin.qq.com/v3/billdownload/file?token=a%7Cb",
        }
        tenpay.will_say(announced)
        tenpay.answers.append(lambda _: httpx.Response(200, content=GOOD))
        outcome = wechat.download_trade_bill(date(2026, 11, 15))
        assert outcome == Accepted(read(GOOD))
        bill_request, file_request = tenpay.requests
        assert bill_request.url.raw_path == b"/v3/bill/tradebill?bill_date=2026-11-15&bill_type=ALL"
        assert file_request.url.raw_path == b"/v3/billdownload/file?token=a%7Cb"
        assert file_request.headers["Authorization"].startswith("WECHATPAY2-SHA256-RSA2048 ")

        tenpay.will_say(announced)
        tenpay.answers.append(lambda _: httpx.Response(200, content=GOOD[:-9]))
        assert isinstance(wechat.download_trade_bill(date(2026, 11, 15)), Unknown)
