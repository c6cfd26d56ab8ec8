"""Check 14: who filled the form in for a caller loses access when the caller changes the code."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.whistleblowing.island_records import FACTS, an_officer, form_values, signed_in
from whistleblowing.files.reading import clear_pieces, opened_files
from whistleblowing.keys.report_keys import key_ring
from whistleblowing.models import FilePiece, Report

pytestmark = pytest.mark.django_db
RECEIPT = re.compile(r'class="receipt">([\d ]+)<')
TOKEN = re.compile(r'name="form_token" value="(\w+)"')


def _open(receipt: str) -> tuple[Client, str]:
    client = Client()
    client.post("/report/zh/receipt", {"receipt": receipt})
    return client, client.get("/report/zh/case").content.decode()


def test_a_caller_changes_the_one_time_code_and_the_operator_reads_nothing() -> None:
    head = an_officer()
    page = Client().post("/report/zh/new", form_values(channel="hotline")).content.decode()
    (one_time,) = RECEIPT.findall(page)
    assert "一次性凭证" in page
    # Whoever has the one-time code sees nothing of the report before changing it.
    client, page = _open(one_time)
    assert FACTS["what"] not in page
    (token,) = set(TOKEN.findall(page))
    assert client.post("/report/zh/renew", {"form_token": "0" * 32}).status_code == 404
    client, page = _open(one_time)
    (token,) = set(TOKEN.findall(page))
    page = client.post("/report/zh/renew", {"form_token": token}).content.decode()
    (own,) = RECEIPT.findall(page)
    assert own != one_time
    assert FACTS["what"] in _open(own)[1]
    operator, page = _open(one_time)
    assert "凭证不正确" in page
    assert operator.get("/report/zh/case").status_code == 404
    assert "热线电话" in signed_in(head).get(f"/audit/case/{_only()}").content.decode()


def test_the_scan_of_a_letter_is_sealed_to_the_readers() -> None:
    head = an_officer()
    scan = SimpleUploadedFile("来信.png", b"\x89PNG" + b"scan" * 500)
    values = {**form_values(channel="letter"), "files": [scan]}
    assert Client().post("/report/zh/new", values).status_code == 200
    (facts,) = opened_files(key_ring(Report.objects.get(), head))
    assert (facts.name, b"".join(clear_pieces(facts))) == ("来信.png", b"\x89PNG" + b"scan" * 500)
    assert b"scan" not in bytes(FilePiece.objects.get().sealed)


def _only() -> object:
    return Report.objects.get().pk


def test_a_reporter_may_change_the_receipt_at_any_time() -> None:
    an_officer()
    (first,) = RECEIPT.findall(Client().post("/report/zh/new", form_values()).content.decode())
    client, page = _open(first)
    assert FACTS["what"] in page
    token = TOKEN.findall(page)[0]
    page = client.post("/report/zh/renew", {"form_token": token}).content.decode()
    (second,) = RECEIPT.findall(page)
    assert FACTS["what"] in _open(second)[1]
    assert "凭证不正确" in _open(first)[1]
