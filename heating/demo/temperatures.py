"""Rooms measured: warm ones, and one that is too cold."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from complaints.temperature_tests.operations import (
    Instrument,
    Reading,
    Signatures,
    record_temperature_test,
)
from customers.models import Account
from heating.demo.crews import ServiceDesk
from heating.demo.photos import keep_photo
from heating.demo.stage import Stage, Story

ROOMS = ("客厅", "主卧", "次卧")
REQUIRED = Decimal(18)


def measured(
    stage: Stage, desk: ServiceDesk, account: Account, name: str, celsius: Sequence[str]
) -> Story:
    """Three rooms, signed by both sides."""
    _, by = desk.gangs[0]
    company = desk.company
    yield timedelta(minutes=25)
    at = stage.at
    record_temperature_test(
        account,
        [
            Reading(room, at - timedelta(minutes=5 * place), Decimal(text))
            for place, (room, text) in enumerate(zip(ROOMS, celsius, strict=True), start=1)
        ],
        Instrument(f"CW-{company.code}-03", (at + timedelta(days=200)).date()),
        Signatures(
            keep_photo(account, company, "测温人签字", by=by, at=at),
            keep_photo(account, company, "用户签字", by=by, at=at),
            name,
        ),
        outside=Decimal("-6.5"),
        required=REQUIRED,
        by=by,
        at=at,
    )
