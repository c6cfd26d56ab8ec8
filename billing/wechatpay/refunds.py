"""Refunds that we ask for: one number through every retry, and the query that says how it ended."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from billing.wechatpay.facts import RefundFact
from billing.wechatpay.merchant import Merchant
from billing.wechatpay.outcomes import Accepted, Outcome, Unknown, Why

T = TypeVar("T")
REFUNDS = "/v3/refund/domestic/refunds"
_NUMBER = re.compile(r"[0-9A-Z]{6,64}")


@dataclass(frozen=True)
class RefundRequest:
    """A refund of a part of an order; the same number always goes with the same parameters."""

    out_refund_no: str
    transaction_id: str
    refund_fen: int
    total_fen: int
    reason: str

    def __post_init__(self) -> None:
        if not _NUMBER.fullmatch(self.out_refund_no):
            raise ValueError("out_refund_no is 6 to 64 of 0-9 A-Z")
        if not 1 <= self.refund_fen <= self.total_fen:
            raise ValueError("a refund is at least 1 fen and at most the order")

    def body(self, notify_url: str) -> dict[str, object]:
        """Returns the parameters by WeChat Pay's names, in one fixed order."""
        return {
            "transaction_id": self.transaction_id,
            "out_refund_no": self.out_refund_no,
            "reason": self.reason[:80],
            # Without an address of its own a refund may be announced in the old XML form.
            "notify_url": notify_url,
            "amount": {"refund": self.refund_fen, "total": self.total_fen, "currency": "CNY"},
        }


class RefundCalls(ABC):
    """The calls about refunds; `WechatPay` brings the signing and the verifying."""

    merchant: Merchant

    @abstractmethod
    def _call(
        self,
        method: str,
        target: str,
        parameters: dict[str, object] | None = None,
        serial: str = "",
    ) -> Outcome[bytes]: ...

    @abstractmethod
    def _read(self, answer: Outcome[bytes], reader: Callable[[bytes], T]) -> Outcome[T]: ...

    def ask_refund(self, request: RefundRequest) -> Outcome[RefundFact]:
        """Asks for a refund, again with the same number after a lost answer.

        Accepted means taken on, mostly PROCESSING; Rejected with NOT_ENOUGH: no funds, to be asked
        again with the same number.
        """
        answer = self._read(
            self._call("POST", REFUNDS, request.body(self.merchant.notify_url)), RefundFact.read
        )
        return _about(answer, request.out_refund_no)

    def query_refund(self, out_refund_no: str) -> Outcome[RefundFact]:
        """Queries a refund; Rejected with RESOURCE_NOT_EXISTS means that it was not taken on."""
        if not _NUMBER.fullmatch(out_refund_no):
            raise ValueError("out_refund_no is 6 to 64 of 0-9 A-Z")
        answer = self._read(self._call("GET", f"{REFUNDS}/{out_refund_no}"), RefundFact.read)
        return _about(answer, out_refund_no)


def _about(answer: Outcome[RefundFact], out_refund_no: str) -> Outcome[RefundFact]:
    """Returns the answer; one about another refund is not believed."""
    if isinstance(answer, Accepted) and answer.value.out_refund_no != out_refund_no:
        return Unknown(Why.OTHER_ORDER, "the answer speaks of another refund")
    return answer
