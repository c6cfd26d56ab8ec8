"""Texts of the evidence sheet of a temperature test."""

from dataclasses import dataclass

from complaints.models import TemperatureTest
from office.models import Document
from office.zone import SHANGHAI


@dataclass(frozen=True)
class ReadingLine:
    """A row of the sheet: one room at one time."""

    room: str
    measured_at: str
    celsius: str
    verdict: str


@dataclass(frozen=True)
class TemperatureSheet:
    """测温记录单, A4 portrait: `complaints/temperature_tests/temperature_test_sheet.html`."""

    company: str
    number: str
    account_number: str
    address: str
    ticket: str
    instrument: str
    calibrated_until: str
    tested_at: str
    outside: str
    required: str
    coldest: str
    verdict: str
    lines: tuple[ReadingLine, ...]
    tester: str
    tester_signature: str
    customer: str
    customer_signature: str
    created: str


def temperature_sheet(test: TemperatureTest) -> TemperatureSheet:
    """Returns the sheet of a test; it names signatures by title and SHA-256, their files are
    archived.
    """
    readings = list(test.readings.all())
    return TemperatureSheet(
        company=test.company.name,
        number=f"CW{test.company.code}{test.pk:08d}",
        account_number=test.account.number,
        address=test.account.premise.address,
        ticket=test.ticket.number if test.ticket else "—",
        instrument=test.instrument,
        calibrated_until=f"{test.calibrated_until}",
        tested_at=f"{test.tested_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        outside=f"{test.outside} °C",
        required=f"{test.required} °C",
        coldest=f"{test.coldest} °C",
        verdict="合格" if test.passed else "不合格",
        lines=tuple(
            ReadingLine(
                reading.room,
                f"{reading.measured_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
                f"{reading.celsius}",
                "合格" if reading.celsius >= test.required else "不合格",
            )
            for reading in readings
        ),
        tester=test.tested_by.display_name if test.tested_by else "",
        tester_signature=_named(test.tester_signature),
        customer=test.customer_name,
        customer_signature=_named(test.customer_signature),
        created=test.entered_at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
    )


def _named(document: Document) -> str:
    return f"档案 {document.pk}　{document.title}　SHA-256 {document.sha256}"
