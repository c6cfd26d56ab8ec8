"""Check 2: every role, superuser and excluded officer; not yours and not there answer alike."""

import uuid
from collections.abc import Callable, Iterable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from heating.roles import STAFF_ROLES
from office.models import User
from tests.builders import a_member_of_staff
from tests.whistleblowing.island_records import (
    ACTIONS,
    a_report,
    an_officer,
    form_values,
    reporter,
    signed_in,
)
from whistleblowing.keys.report_keys import key_ring, readers_of
from whistleblowing.models import Officer, Report, SealedFile
from whistleblowing.officers.operations import Duties
from whistleblowing.process.operations import add_note
from whistleblowing.team.operations import grant_access, remove_reader

pytestmark = pytest.mark.django_db
# Pages of the desk that belong to no report; who is no officer finds none of them.
PAGES = ("figures", "protection", "integrity", "rules", "officers", "events", "identity")


def _answers(
    client: Client, report_id: object, file_id: object, actions: Iterable[str]
) -> list[tuple[int, int]]:
    """Status and length of what is answered about a report, by GET and by each action."""
    case = f"/audit/case/{report_id}"
    file = f"{case}/{file_id}"
    answers = [client.get(case), client.get(file), client.post(file, {"text": "x"})]
    answers += [client.post(case, {"action": action, "text": "x"}) for action in actions]
    return [
        (answer.status_code, 0 if answer.streaming else len(answer.content)) for answer in answers
    ]


def _with_file() -> tuple[Report, SealedFile]:
    files = [SimpleUploadedFile("a.txt", b"content")]
    Client().post("/report/zh/new", {**form_values(), "files": files})
    return Report.objects.get(), SealedFile.objects.get()


def _superuser() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root", password="x"))
    return client


def test_nobody_without_a_key_can_tell_a_report_from_none() -> None:
    head = an_officer()
    # Who is accused takes reports, as any officer; this one does not reach them.
    accused = an_officer("钱某某", Duties(takes_reports=True), by=head)
    report, file = _with_file()
    colleague = an_officer("王二", Duties(), by=head)
    removed = an_officer("李三", Duties(), by=head)
    assert colleague.officer is not None
    assert removed.officer is not None
    grant_access(report, removed.officer, by=head, at=report.received_at)
    remove_reader(report, removed.officer, "回避", by=head, at=report.received_at)
    assert accused.officer not in readers_of(report)
    clients = {role.key: Client() for role in STAFF_ROLES}
    for role in STAFF_ROLES:
        clients[role.key].force_login(a_member_of_staff(f"of_{role.key}", role))
    clients |= {
        "anonymous": Client(),
        "superuser": _superuser(),
        "officer without a key": signed_in(colleague),
        "accused officer": signed_in(accused),
        "removed reader": signed_in(removed),
    }
    state = (report.state, report.entries.count())
    for name, client in clients.items():
        # Who is no officer is turned away before anybody looks what is asked for.
        actions = ACTIONS if "officer" in name or "reader" in name else ACTIONS[:1]
        theirs = _answers(client, report.pk, file.pk, actions)
        missing = _answers(client, uuid.uuid4(), uuid.uuid4(), actions)
        assert theirs == missing, name
        allowed = {302} if name == "anonymous" else {404}
        assert {status for status, _ in theirs} == allowed, name
        desk = client.get("/audit/")
        if "officer" not in name and "reader" not in name:
            pages = {client.get(f"/audit/{page}").status_code for page in PAGES}
            assert pages == {302 if name == "anonymous" else 404}, name
        assert str(report.pk).encode() not in desk.content, name
        assert desk.status_code == {"anonymous": 302}.get(
            name, 200 if "officer" in name or "reader" in name else 404
        ), name
    report.refresh_from_db()
    assert (report.state, report.entries.count()) == state


def test_the_list_of_an_officer_without_keys_is_the_list_of_an_empty_desk() -> None:
    head = an_officer()
    colleague = signed_in(an_officer("王二", Duties(), by=head))
    empty = colleague.get("/audit/").content
    a_report()
    assert _without_token(colleague.get("/audit/").content) == _without_token(empty)


def _without_token(page: bytes) -> bytes:
    before, _, after = page.partition(b'name="csrfmiddlewaretoken" value="')
    return before + after[64:]


def test_the_admin_site_knows_no_table_of_the_island() -> None:
    client = _superuser()
    for model in ("report", "caseentry", "officer", "sealedfile", "systemevent"):
        assert client.get(f"/admin/whistleblowing/{model}/").status_code == 404
    assert client.get("/admin/whistleblowing/").status_code == 404
    assert "whistleblowing" not in client.get("/admin/").content.decode()


def test_a_file_of_another_report_answers_like_none() -> None:
    an_officer()
    _, file = _with_file()
    _, receipt = a_report()
    client = Client()
    client.post("/report/zh/receipt", {"receipt": receipt})
    theirs = client.get(f"/report/zh/case/{file.pk}")
    missing = client.get(f"/report/zh/case/{uuid.uuid4()}")
    assert (theirs.status_code, theirs.content) == (404, missing.content)


def test_right_wrong_and_foreign_receipts_are_answered_alike() -> None:
    an_officer()
    _, receipt = a_report()
    answers = []
    for typed in (receipt, "1234567890123456", "", "not a number"):
        answer = Client().post("/report/zh/receipt", {"receipt": typed})
        cookie = answer.cookies["report"]
        answers.append((answer.status_code, answer["Location"], answer.content, len(cookie.value)))
    assert len(set(answers)) == 1
    assert answers[0][:2] == (302, "/report/zh/case")


def test_a_dismissed_officer_is_nobody() -> None:
    head = an_officer()
    colleague = an_officer("王二", Duties(), by=head)
    assert colleague.officer is not None
    client, desk = signed_in(colleague), signed_in(head)
    answer = desk.post(
        "/audit/officers", {"action": "dismiss_officer", "record": str(colleague.officer.pk)}
    )
    assert answer.status_code == 302
    assert client.get("/audit/").status_code == 404
    assert client.get("/audit/unlock").status_code == 404
    assert Officer.objects.get(pk=colleague.officer.pk).dismissed_at is not None


@pytest.mark.parametrize("write", [lambda report, by, at: add_note(report, "x", by=by, at=at)])
def test_a_reporter_is_no_officer(write: Callable[..., None]) -> None:
    an_officer()
    report, receipt = a_report()
    own = reporter(receipt)
    assert key_ring(report, own).report == report
    with pytest.raises(Exception, match="没有办理此业务的权限"):
        write(report, own, report.received_at)
    assert report.entries.count() == 1
