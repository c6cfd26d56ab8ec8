"""Check 2: what is not yours causes the same statements as what is not there, so that no time tells
them apart. The bench of the island compares the times themselves.
"""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.whistleblowing.closed_cases import a_closed_case
from tests.whistleblowing.island_records import ACTIONS, NOON, an_officer, form_values, signed_in
from whistleblowing.findings.operations import send_findings
from whistleblowing.findings.paper import Findings
from whistleblowing.models import FindingsCopy, Report, SealedFile

pytestmark = pytest.mark.django_db
# Ids, moments, tokens and savepoints differ between any two requests.
_VALUES = re.compile(r"'[^']*'|\"s\d+_x\d+\"")


def _statements(client: Client, address: str, action: str = "") -> list[str]:
    """The statements that an answer costs, without their values; it must be 404."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(address, {"action": action, "text": "x"}) if action else None
        answer = answer or client.get(address)
    assert answer.status_code == 404, address
    return [_VALUES.sub("?", query["sql"]) for query in queries.captured_queries]


def test_foreign_and_missing_cases_files_and_papers_cost_the_same_statements() -> None:
    head = an_officer()
    colleague, recipient = an_officer("王二", by=head), an_officer("总裁", by=head)
    files = [SimpleUploadedFile("a.txt", b"content")]
    Client().post("/report/zh/new", {**form_values(), "files": files})
    report, file = Report.objects.get(), SealedFile.objects.get()
    assert recipient.officer is not None
    send_findings(
        a_closed_case(head, accused="李某"),
        Findings("行为", "证据", "建议"),
        [recipient.officer],
        by=head,
        at=NOON,
    )
    client = signed_in(colleague)
    theirs = [f"/audit/case/{report.pk}", f"/audit/case/{report.pk}/{file.pk}"]
    missing = [f"/audit/case/{uuid.uuid4()}", f"/audit/case/{uuid.uuid4()}/{uuid.uuid4()}"]
    for foreign, absent in zip(theirs, missing, strict=True):
        expected = _statements(client, absent)
        assert _statements(client, foreign) == expected
        # Sign-in, officer, open key, and one that finds no key: no report is looked up.
        assert sum("whistleblowing_sealedkey" in each for each in expected) == 1
        assert not [each for each in expected if 'FROM "whistleblowing_report"' in each]
    for action in ACTIONS:
        assert _statements(client, theirs[0], action) == _statements(client, missing[0], action)
    paper = f"/audit/findings/{FindingsCopy.objects.get().pk}"
    nothing = f"/audit/findings/{uuid.uuid4()}"
    assert _statements(client, paper, "open") == _statements(client, nothing, "open")
