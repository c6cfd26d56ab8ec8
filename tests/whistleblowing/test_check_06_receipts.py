"""Check 6: a lost receipt is lost, and the page says so; wrong ones slow everybody down."""

from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client

from tests.whistleblowing.island_records import a_report, an_officer
from whistleblowing.keys.receipts import in_groups, new_receipt, read_receipt

pytestmark = pytest.mark.django_db


def test_wrong_receipts_make_the_next_ones_wait() -> None:
    an_officer()
    _, receipt = a_report()
    waits: list[Any] = []
    with patch("whistleblowing.conversation.pages.time.sleep", waits.append):
        for typed in ("1111222233334444", "2", receipt):
            client = Client()
            client.post("/report/zh/receipt", {"receipt": typed})
            status = client.get("/report/zh/case").status_code
            assert status == (200 if typed == receipt else 404)
        client.post("/report/zh/receipt", {"receipt": receipt})
    assert [round(wait, 1) for wait in waits] == [0, 0.1, 0.2, 0.2]


def test_the_pages_say_that_a_lost_receipt_is_lost() -> None:
    for path in ("", "receipt"):
        assert "遗失后无法找回" in Client().get(f"/report/zh/{path}").content.decode()
        assert "cannot be recovered" in Client().get(f"/report/en/{path}").content.decode()


def test_a_receipt_is_read_as_people_type_it() -> None:
    receipt = new_receipt()
    assert len(receipt) == 16
    assert len({new_receipt() for _ in range(50)}) == 50
    full_width = "".join(chr(ord(digit) + 0xFEE0) for digit in receipt)
    for typed in (in_groups(receipt), full_width, receipt[:4] + "-" + receipt[4:], f" {receipt}\n"):
        assert read_receipt(typed) == receipt


def test_another_sites_form_does_nothing() -> None:
    an_officer()
    report, receipt = a_report()
    client = Client()
    client.post("/report/zh/receipt", {"receipt": receipt})
    assert client.post("/report/zh/case", {"text": "x", "form_token": "0" * 32}).status_code == 404
    assert report.entries.count() == 1
