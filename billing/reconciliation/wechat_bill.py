"""The trade bill of WeChat Pay as lines of a channel; other channels get such a file each."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from billing.models import ProviderLineKind
from billing.wechat.merchants import wechat_pay
from billing.wechatpay.bills import BillRow, TradeBill
from billing.wechatpay.outcomes import Accepted, Outcome, Rejected, Unknown, Why
from office.refusals import Refused


@dataclass(frozen=True)
class BillLine:
    """A line of any channel's bill: what happened, under which numbers, in fen above zero."""

    kind: ProviderLineKind
    transaction_id: str
    order_number: str
    refund_id: str
    amount_fen: int
    fee_millifen: int
    occurrence: int
    traded_at: datetime
    refund_number: str = ""


@dataclass(frozen=True)
class ChannelBill:
    """A channel's bill of a day with the hash by which it is known again; `fault` says why it
    cannot be used.
    """

    sha1: str
    lines: tuple[BillLine, ...]
    fault: str = ""


def fetch_wechat_bill(day: date) -> ChannelBill:
    """Fetches the trade bill of a day from WeChat Pay; a day without trade has no lines.

    Raises `Refused` while there is none: it is made at ten the next morning.
    """
    return bill_of(wechat_pay().download_trade_bill(day))


def bill_of(answer: Outcome[TradeBill]) -> ChannelBill:
    """Returns the bill of WeChat Pay's answer; raises `Refused` for one that is to come later."""
    if isinstance(answer, Accepted):
        return ChannelBill(answer.value.sha1, tuple(_lines(answer.value)))
    if isinstance(answer, Rejected) and answer.code == "NO_STATEMENT_EXIST":
        return ChannelBill("", ())
    if isinstance(answer, Unknown) and answer.why == Why.UNREADABLE:
        return ChannelBill("", (), fault=answer.detail[:200])
    raise Refused(
        "bill_not_ready",
        _("微信支付还没有给出这一天的账单（次日十点以后），请稍后再核对；没有任何改动。"),
        status=503,
    )


def _lines(bill: TradeBill) -> Iterator[BillLine]:
    times: Counter[tuple[str, str]] = Counter()
    for row in bill.rows:
        is_refund = row.refund_id not in ("", "0")
        number = row.refund_id if is_refund else ""
        times[row.transaction_id, number] += 1
        yield _line(row, number, times[row.transaction_id, number])


def _line(row: BillRow, refund_id: str, occurrence: int) -> BillLine:
    return BillLine(
        ProviderLineKind.REFUND if refund_id else ProviderLineKind.PAYMENT,
        row.transaction_id,
        row.out_trade_no,
        refund_id,
        row.refund_fen if refund_id else row.total_fen,
        row.fee_millifen,
        occurrence,
        row.traded_at,
        row.out_refund_no if refund_id else "",
    )
