"""Orders that we place: the same order again renews its code, a changed one is refused."""

import re
from dataclasses import dataclass
from datetime import datetime

from office.zone import SHANGHAI

OUT_TRADE_NO = re.compile(r"[0-9A-Z]{6,32}")


@dataclass(frozen=True)
class Order:
    """An order; `out_trade_no` is digits and capitals, so that no HTTP library rewrites a signed
    address.
    """

    out_trade_no: str
    total_fen: int
    description: str
    time_expire: datetime
    attach: str = ""

    def __post_init__(self) -> None:
        check_out_trade_no(self.out_trade_no)
        if (
            isinstance(self.total_fen, bool)
            or not isinstance(self.total_fen, int)
            or self.total_fen < 1
        ):
            raise ValueError("an order is at least 1 fen, in whole fen")
        if not 1 <= len(self.description) <= 127:
            raise ValueError("the description has 1 to 127 characters")
        if len(self.attach) > 128:
            raise ValueError("attach has at most 128 characters")
        if self.time_expire.tzinfo is None:
            raise ValueError("time_expire must be aware")

    def body(self) -> dict[str, object]:
        """Returns the parameters by WeChat Pay's names, in one fixed order."""
        body: dict[str, object] = {
            "description": self.description,
            "out_trade_no": self.out_trade_no,
            "time_expire": self.time_expire.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            "amount": {"total": self.total_fen, "currency": "CNY"},
        }
        return body | {"attach": self.attach} if self.attach else body


def check_out_trade_no(out_trade_no: str) -> None:
    if not OUT_TRADE_NO.fullmatch(out_trade_no):
        raise ValueError("out_trade_no is 6 to 32 of 0-9 A-Z")
