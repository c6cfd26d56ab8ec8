"""Temperature tests: the evidence that both sides signed is stored unchanged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.evidence import check_evidence
from complaints.models import TemperatureReading, TemperatureTest, Ticket
from complaints.time_bounds import true_time
from customers.models import Account
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.models import Document
from office.permissions import authorise
from office.refusals import Invalid

# °C; a value outside is a typing error.
_COLDEST, _WARMEST = Decimal(-30), Decimal(50)
_TEST_AHEAD = _("测温时间不能晚于现在。")


@dataclass(frozen=True)
class Reading:
    """A temperature of one room at one time, in °C."""

    room: str
    measured_at: datetime
    celsius: Decimal


@dataclass(frozen=True)
class Instrument:
    """The measuring instrument: its number and the last day on which its calibration is valid."""

    number: str
    calibrated_until: date


@dataclass(frozen=True)
class Signatures:
    """The signatures of both sides; each is a document of the ticket or the account."""

    tester: Document
    customer: Document
    customer_name: str


@transaction.atomic
def record_temperature_test(
    account: Account,
    readings: Sequence[Reading],
    instrument: Instrument,
    signatures: Signatures,
    *,
    outside: Decimal,
    required: Decimal,
    ticket: Ticket | None = None,
    by: Actor,
    at: datetime,
) -> TemperatureTest:
    """Records a test with every room and time; `outside` and `required` are in °C."""
    authorise(by, "complaints.record_temperature_test", account.company)
    _check_times(readings, ticket, at)
    _check(readings, instrument, outside)
    _check_signatures(account, signatures, ticket)
    test = TemperatureTest.objects.create(
        company=account.company,
        account=account,
        ticket=ticket,
        instrument=instrument.number.strip(),
        calibrated_until=instrument.calibrated_until,
        tested_at=max(reading.measured_at for reading in readings),
        outside=outside,
        required=required,
        tested_by=by.user,
        tester_signature=signatures.tester,
        customer_name=signatures.customer_name.strip(),
        customer_signature=signatures.customer,
        entered_at=at,
    )
    TemperatureReading.objects.bulk_create(
        TemperatureReading(
            test=test,
            room=reading.room.strip(),
            measured_at=reading.measured_at,
            celsius=reading.celsius,
        )
        for reading in readings
    )
    journal.record(
        "record_temperature_test",
        test,
        by=by,
        at=at,
        account=account.number,
        coldest=f"{test.coldest}",
        passed=test.passed,
    )
    return test


def _check_times(readings: Sequence[Reading], ticket: Ticket | None, at: datetime) -> None:
    """Refuses readings of the future, and those from before the report that they are to prove."""
    of_ticket = TemperatureTest(ticket=ticket)
    for reading in readings:
        true_time(
            "record_temperature_test", of_ticket, reading.measured_at, at=at, ahead=_TEST_AHEAD
        )


def _check(readings: Sequence[Reading], instrument: Instrument, outside: Decimal) -> None:
    """Refuses missing, doubled or implausible readings, and an expired instrument."""
    if not readings or not all(reading.room.strip() for reading in readings):
        raise Invalid("readings_missing", _("请至少登记一个房间的温度，并写明房间。"))
    measured = {(reading.room.strip(), reading.measured_at) for reading in readings}
    if len(measured) < len(readings):
        raise Invalid("readings_twice", _("同一房间同一时刻登记了两次，请核对。"))
    for celsius in (outside, *(reading.celsius for reading in readings)):
        if not _COLDEST <= celsius <= _WARMEST:
            raise Invalid(
                "celsius_wrong",
                _("温度 %(celsius)s °C 不在合理范围，请核对小数点。"),
                celsius=f"{celsius}",
            )
        if celsius != round(celsius, 1):
            raise Invalid(
                "celsius_wrong", _("温度 %(celsius)s °C 请保留一位小数。"), celsius=f"{celsius}"
            )
    if not instrument.number.strip():
        raise Invalid("instrument_missing", _("请填写测温仪器编号。"))
    last_day = max(business_date(reading.measured_at) for reading in readings)
    if instrument.calibrated_until < last_day:
        raise Invalid("instrument_expired", _("测温仪器已超过检定有效期，结果不能作为凭证。"))


def _check_signatures(account: Account, signatures: Signatures, ticket: Ticket | None) -> None:
    """Refuses signatures that belong to other records, and one document for both sides."""
    if ticket is not None and ticket.account_id != account.pk:
        raise Invalid("foreign_ticket", _("所选工单不是这一户的工单。"))
    targets = [account] if ticket is None else [account, ticket]
    for paper in (signatures.tester, signatures.customer):
        check_evidence(paper, *targets)
    if signatures.tester.pk == signatures.customer.pk or not signatures.customer_name.strip():
        raise Invalid("signature_missing", _("测温须双方签字：请分别上传测温人和用户的签字。"))
