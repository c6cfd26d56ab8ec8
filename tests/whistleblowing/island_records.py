"""The cast of the island: officers with keys, reports, and what their browsers carry."""

from collections.abc import Mapping
from datetime import UTC, datetime

from django.test import Client

from heating.roles import AUDITOR, StaffRole
from tests.builders import a_member_of_staff
from whistleblowing.filing.operations import ANYBODY, file_report
from whistleblowing.keys.receipts import key_of_receipt, report_of
from whistleblowing.keys.report_keys import Reader
from whistleblowing.models import Officer, Report
from whistleblowing.officers.operations import (
    Duties,
    appoint_officer,
    found_desk,
    set_first_passphrase,
)

# A Tuesday.
NOON = datetime(2026, 3, 3, 4, tzinfo=UTC)
PASSPHRASE = "seven warm rooms"
HEAD = "陈立新"
# What forms of the case page ask for, and one that none asks for.
ACTIONS = (
    *("add_note", "begin_check", "grant_access", "remove_reader", "write_to_reporter"),
    *("mask_text", "unmask_text", "redact_text", "record_recovery", "grant_reward", "begin_watch"),
    *("hold_report", "release_report", "record_interview", "send_findings", "add_evidence"),
    *("request_identity", "open_identity", "close_case", "nothing"),
)
FACTS = {
    "kind_of_fraud": "bribery",
    "rank": "department_head",
    "accused": "钱某某",
    "company": "",
    "department": "采购部",
    "partner": "",
    "what": "收受供应商回扣",
    "when": "2026年1月",
    "where": "太原",
}


def an_officer(
    name: str = HEAD,
    duties: Duties | None = None,
    *,
    by: Reader | None = None,
    role: StaffRole = AUDITOR,
) -> Reader:
    """An officer with an open key: the first one, or one appointed `by` another."""
    person = a_member_of_staff(name, role)
    if by is None:
        officer = found_desk(person, by="tests", at=NOON)
    else:
        officer = appoint_officer(person, duties or Duties(), by=by, at=NOON)
    private_key = set_first_passphrase(officer, PASSPHRASE, by=person, at=NOON)
    return Reader(private_key, officer=Officer.objects.get(pk=officer.pk))


def a_report(form_key: str = "x" * 40, at: datetime = NOON, **facts: str) -> tuple[Report, str]:
    """A report and its receipt."""
    receipt = file_report({**FACTS, **facts}, [], form_key=form_key, by=ANYBODY, at=at)
    report = report_of(key_of_receipt(receipt))
    assert report is not None
    return report, receipt


def reporter(receipt: str) -> Reader:
    """The reporter behind a receipt."""
    pair = key_of_receipt(receipt)
    return Reader(pair.private, receipt_key=pair.public)


def signed_in(reader: Reader) -> Client:
    """A browser in which the officer has signed in and unlocked the key."""
    assert reader.officer is not None
    client = Client()
    client.force_login(reader.officer.user)
    answer = client.post("/audit/unlock", {"passphrase": PASSPHRASE})
    assert answer.status_code == 302, answer.content.decode()
    return client


def form_values(**changes: str) -> Mapping[str, str]:
    """What a browser sends from the form of a report."""
    values = {**FACTS, "kind": "bribery", "form_key": "f" * 43, **changes}
    del values["kind_of_fraud"]
    return values
