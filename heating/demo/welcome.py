"""What `make demo` says last: where to sign in, as whom, and what to try there."""

from collections.abc import Iterator
from unicodedata import east_asian_width

from django.conf import settings

from heating.demo.customers import LI, MA, WANG
from heating.demo.reports import KEY_PASSPHRASE
from heating.demo.staff import DESKS, PASSWORD

_RULE = "─" * 110


def welcome(port: int) -> str:
    """The sign-in sheet in Chinese and English."""
    return "\n".join(_lines(f"http://127.0.0.1:{port}"))


def _lines(site: str) -> Iterator[str]:
    yield _RULE
    yield f"员工 Staff       {site}/admin/      所有口令 every password: {PASSWORD}"
    yield _RULE
    for desk in DESKS:
        yield f"{_wide(desk.role.name, 12)}{_wide(desk.username, 24)}{desk.tries}"
        yield f"{_wide('', 12)}{_wide(desk.english, 24)}{desk.try_this}".rstrip()
    yield _RULE
    yield f"检举 Report      {site}/report/     审计工作台 Auditors' desk {site}/audit/"
    yield f"  auditor 登录后密钥口令 key passphrase: {KEY_PASSPHRASE}，三件检举 · three reports"
    yield _RULE
    yield f"用户 Customers   {site}/my/"
    yield f"  {WANG.phone}  {WANG.name}，有往年欠费 · owes for two seasons"
    yield f"  {LI.phone}  {LI.name}，两套房 · two flats"
    yield f"  {MA.phone}  {MA.name}，兰州新区 · Lanzhou"
    yield "  短信验证码显示在本窗口：[短信 SMS] … code=……   The SMS code appears in this window."
    yield f"付款人的手机 The payer's phone (simulator)   {_payer()}"
    yield f"API   {site}/api/v1/schema"
    yield _RULE
    yield "日志 Logs: .local/log/        按 Ctrl-C 结束 · Press Ctrl-C to stop"


def _payer() -> str:
    return f"http://127.0.0.1:{settings.SIMULATOR_PORT}/payer/"


def _wide(text: str, width: int) -> str:
    """Pads the text to so many columns; a Chinese character takes two."""
    columns = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
    return text + " " * max(1, width - columns)
