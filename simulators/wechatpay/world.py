"""The parts that every module of the simulator uses: keys, store, clock, permitted addresses."""

import time
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from simulators.wechatpay.keys import Keys
from simulators.wechatpay.store import Store

CHINA = ZoneInfo("Asia/Shanghai")


class Refusal(Exception):
    """An unsigned 4xx or 5xx answer in WeChat Pay's own words."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True)
class World:
    """The simulator's state and options.

    `time_scale` shortens the pauses between repeated callbacks only; the setting `clock_offset`
    moves the clock.
    """

    keys: Keys
    store: Store
    public_url: str
    merchant_name: str
    notify_allow: frozenset[str] = field(default=frozenset({"127.0.0.1", "localhost"}))
    time_scale: float = 1.0
    web_codes: bool = False

    def now(self) -> int:
        """Returns the simulator's time in Unix seconds."""
        return int(time.time()) + int(self.store.setting("clock_offset", "0"))

    def may_call(self, url: str) -> bool:
        """Returns whether the address's host, or host:port, was permitted at the start."""
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(
            {parts.hostname or "", parts.netloc} & self.notify_allow
        )


def rfc3339(seconds: int) -> str:
    """Returns the Unix seconds as RFC 3339 text in China's time."""
    return datetime.fromtimestamp(seconds, CHINA).isoformat(timespec="seconds")
