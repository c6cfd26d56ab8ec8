"""The story of an anonymous report: declined with its reason, objected to, looked at again,
declined for good, told, closed."""

import re

import pytest
from django.test import Client

from tests.whistleblowing.island_records import an_officer, form_values, signed_in
from whistleblowing.case_log.verification import broken_entries
from whistleblowing.models import Report, Retention

pytestmark = pytest.mark.django_db
RECEIPT = re.compile(r'class="receipt">([\d ]+)<')
TOKEN = re.compile(r'name="form_token" value="(\w+)"')


def test_from_an_anonymous_report_to_a_declined_case_with_an_objection() -> None:
    desk = signed_in(an_officer())
    client = Client()
    page = client.post("/report/en/new", form_values()).content.decode()
    (receipt,) = RECEIPT.findall(page)
    report = Report.objects.get()
    address = f"/audit/case/{report.pk}"

    def step(name: str, file: str = "依据", talk: str = "") -> int:
        words = {"action": name, "file_text": file, "talk_text": talk}
        return desk.post(address, words).status_code

    def own_page() -> str:
        client.post("/report/en/receipt", {"receipt": receipt})
        return client.get("/report/en/case").content.decode()

    assert step("begin_check") == 302
    assert step("decline_case", "查无此人") == 422
    assert step("decline_case", "查无此人", "没有查到所说的供应商") == 302
    # A case is not closed before its reporter was told.
    assert step("close_case") == 409
    assert step("give_feedback", "", "本次不予立案") == 302
    page = own_page()
    assert "没有查到所说的供应商" in page
    assert "Object" in page
    objection = {"form_token": TOKEN.findall(page)[0], "object": "1", "text": "供应商改过名"}
    assert client.post("/report/en/case", objection).status_code == 302
    report.refresh_from_db()
    assert report.state == "objected"
    assert step("check_again", "按曾用名再查") == 302
    assert step("decline_case", "曾用名也无往来", "按曾用名复核，仍无往来") == 302
    assert step("give_feedback", "", "复核后维持不予立案") == 302
    assert step("close_case", "归档") == 302
    page = own_page()
    assert "按曾用名复核，仍无往来" in page
    # The talk goes on after closing; the team's words stay the team's.
    late = {"form_token": TOKEN.findall(page)[0], "text": "谢谢"}
    assert client.post("/report/en/case", late).status_code == 302
    assert "曾用名也无往来" not in own_page()
    report.refresh_from_db()
    assert report.state == "closed"
    assert Retention.objects.get().rule.conclusion == "declined"
    assert list(broken_entries()) == []
