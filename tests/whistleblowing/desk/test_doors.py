"""Who gets into the desk, and what may be done from the server's console."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from heating.roles import AUDITOR
from tests.builders import a_member_of_staff
from tests.whistleblowing.island_records import HEAD, NOON, PASSPHRASE, a_report, an_officer
from whistleblowing.models import CaseEntry, Officer
from whistleblowing.process.operations import add_note

pytestmark = pytest.mark.django_db
PAGES = (
    *("", "unlock", "passphrase", "recovery", "officers", "identity", "protection", "integrity"),
    *("rules", "figures", "events", "case/5d7ee3a2-5c5f-4b1e-9d54-0f6a5b3f8c11"),
)


def test_a_password_alone_does_not_open_the_desk_nor_does_the_second_factor_without_passphrase(
    settings: Any,
) -> None:
    settings.STAFF_TWO_FACTORS = True
    officer = an_officer().officer
    assert officer is not None
    client = Client()
    client.force_login(officer.user)
    for page in PAGES:
        answer = client.get(f"/audit/{page}")
        # Where somebody wanted to go is not repeated in the address.
        assert (answer.status_code, answer["Location"]) == (
            *(302,),
            "/admin/login/?next=/audit/",
        ), page
    assert client.post("/audit/unlock", {"passphrase": PASSPHRASE}).status_code == 302
    assert "audit_key" not in client.cookies
    device = TOTPDevice.objects.create(user=officer.user, confirmed=True)
    session = client.session
    session["otp_device_id"] = device.persistent_id
    session.save()
    assert client.get("/audit/")["Location"] == "/audit/unlock"
    assert client.post("/audit/unlock", {"passphrase": PASSPHRASE})["Location"] == "/audit/"
    assert client.get("/audit/").status_code == 200


def test_the_console_founds_the_desk_once() -> None:
    person = a_member_of_staff(HEAD, AUDITOR)
    with pytest.raises(CommandError, match="没有这个员工"):
        call_command("found_audit_desk", "nobody")
    out = StringIO()
    call_command("found_audit_desk", person.username, stdout=out)
    assert "已任命" in out.getvalue()
    with pytest.raises(CommandError, match="已有检举工作人员"):
        call_command("found_audit_desk", person.username)
    (officer,) = Officer.objects.all()
    assert (officer.user, officer.takes_reports, bytes(officer.public_key)) == (person, True, b"")


def test_the_console_proves_the_logs_without_a_key() -> None:
    head = an_officer()
    report, _ = a_report()
    add_note(report, "先查合同", by=head, at=NOON)
    out = StringIO()
    call_command("check_case_logs", stdout=out)
    assert "intact entries: 2" in out.getvalue()
    entry = CaseEntry.objects.get(number=1)
    with connection.cursor() as cursor:
        # As somebody who has the database would: the trigger lets the content of one entry go.
        cursor.execute("SELECT set_config('whistleblowing.redacting', %s, true)", [str(entry.pk)])
    CaseEntry.objects.filter(pk=entry.pk).update(sealed=b"x")
    with pytest.raises(CommandError, match=rf"{report.pk} #1"):
        call_command("check_case_logs")
