"""Check 11: finance, voucher and ledger hold an amount and a code, no name and no case; and the
story from a call to the hotline to the reward."""

import re

import pytest
from django.test import Client

from billing.counter.rewards import pay_reward
from billing.counter.shifts import cash_in_till_fen, open_shift
from billing.ledger.checks import check_ledger
from billing.models import RewardVoucher, Transfer
from heating.roles import CASHIER
from office.actors import Actor
from office.models import JournalEntry
from office.refusals import Invalid, Refused
from tests.builders import a_company, a_member_of_staff
from tests.whistleblowing.closed_cases import a_closed_case
from tests.whistleblowing.island_records import NOON, an_officer, form_values, signed_in
from tests.whistleblowing.what_is_stored import every_row
from whistleblowing.keys.report_keys import Reader
from whistleblowing.models import Report
from whistleblowing.rewards.operations import grant_reward, record_recovery

pytestmark = pytest.mark.django_db
RECEIPT = re.compile(r'class="receipt">([\d ]+)<')
TOKEN = re.compile(r'name="form_token" value="(\w+)"')
CODE = re.compile(r"兑付码 ([\w-]{19})")


def _case_page(receipt: str) -> tuple[Client, str]:
    client = Client()
    client.post("/report/zh/receipt", {"receipt": receipt})
    return client, client.get("/report/zh/case").content.decode()


def _with_till(fen: int) -> tuple[Client, Actor]:
    person = a_member_of_staff("收费员", CASHIER, a_company())
    cashier = Actor.staff(person)
    open_shift(a_company(), till="1", float_fen=fen, by=cashier, at=NOON)
    client = Client()
    client.force_login(person)
    return client, cashier


def test_from_the_hotline_to_the_reward_without_a_name() -> None:
    head = an_officer()
    company = a_company()
    page = Client().post("/report/zh/new", form_values(channel="hotline")).content.decode()
    (one_time,) = RECEIPT.findall(page)
    client, page = _case_page(one_time)
    page = client.post("/report/zh/renew", {"form_token": TOKEN.findall(page)[0]}).content.decode()
    (receipt,) = RECEIPT.findall(page)
    desk, address = signed_in(head), f"/audit/case/{Report.objects.get().pk}"
    reward = {"action": "grant_reward", "amount": "2000.00", "company": str(company.pk)}
    # Before the decision there is nothing to reward.
    assert desk.post(address, reward).status_code == 409
    for name in ("begin_check", "open_case", "begin_investigation", "submit_findings"):
        words = {"action": name, "file_text": "依据", "talk_text": "理由"}
        assert desk.post(address, words).status_code == 302, name
    assert desk.post(address, {"action": "decide_case", "file_text": "开除"}).status_code == 302
    recovery = {"action": "record_recovery", "amount": "50,000", "text": "退回回扣"}
    assert desk.post(address, recovery).status_code == 302
    assert desk.post(address, {**reward, "amount": "50000.01"}).status_code == 409
    assert desk.post(address, reward).status_code == 302
    for name in ("give_feedback", "close_case"):
        words = {"action": name, "file_text": "结", "talk_text": "已查实，谢谢"}
        assert desk.post(address, words).status_code == 302, name
    page = _case_page(receipt)[1]
    assert "奖励 2,000.00 元" in page
    (code,) = CODE.findall(page)

    counter, _ = _with_till(500_000)
    form = {"code": code.lower().replace("-", " "), "amount": "2000"}
    answer = counter.post("/admin/counter/pay_reward/", form)
    assert answer.status_code == 200
    assert "奖励兑付凭条" in answer.content.decode()
    voucher = RewardVoucher.objects.get()
    posting = Transfer.objects.get(kind="reward")
    assert (posting.debit, posting.credit, posting.amount_fen, posting.source) == (
        *(671101, 100100, 200_000),
        voucher,
    )
    assert voucher.shift is not None
    assert cash_in_till_fen(voucher.shift) == 300_000
    # Paid once.
    answer = counter.post("/admin/counter/pay_reward/", form)
    assert answer.status_code == 409
    assert "已经兑付" in answer.content.decode()
    assert Transfer.objects.filter(kind="reward").count() == 1
    assert [result for result in check_ledger() if not result.holds] == []
    _holds_no_name_and_no_case(code, str(Report.objects.get().pk))


def _holds_no_name_and_no_case(code: str, report: str) -> None:
    """Outside of the island nothing has the code, the case or a word of it."""
    rows = [(table, row) for table, row in every_row() if not table.startswith("whistleblowing_")]
    for word in (code, code.replace("-", ""), report, "钱某某", "检举", "whistleblowing"):
        tables = {table for table, row in rows if word in row}
        # Words of the programs themselves: permissions and content types.
        own = {"django_content_type", "auth_permission", "django_migrations"}
        assert tables - own - {"django_session"} == set(), word
    line = JournalEntry.objects.get(action="pay_reward")
    assert line.facts["amount_fen"] == 200_000


@pytest.fixture
def head() -> Reader:
    return an_officer()


def test_wrong_code_wrong_amount_and_foreign_till_are_refused(head: Reader) -> None:
    report = a_closed_case(head)
    record_recovery(report, 100_000, "退回", by=head, at=NOON)
    code = grant_reward(report, 60_000, a_company("21"), by=head, at=NOON)
    _, cashier = _with_till(500_000)
    for typed, fen in (("0000-0000-0000-0000", 60_000), (code, 59_999)):
        with pytest.raises(Refused, match="没有这个兑付码和金额"):
            pay_reward(typed, fen, by=cashier, at=NOON)
    with pytest.raises(Refused, match="权限"):
        # The voucher is another company's.
        pay_reward(code, 60_000, by=cashier, at=NOON)
    assert RewardVoucher.objects.get().paid_at is None
    assert not Transfer.objects.filter(kind="reward").exists()


def test_a_till_without_enough_cash_pays_nothing(head: Reader) -> None:
    report = a_closed_case(head)
    record_recovery(report, 100_000, "退回", by=head, at=NOON)
    code = grant_reward(report, 60_000, a_company(), by=head, at=NOON)
    _, cashier = _with_till(59_999)
    with pytest.raises(Refused, match="现金不够"):
        pay_reward(code, 60_000, by=cashier, at=NOON)
    assert RewardVoucher.objects.get().paid_at is None


def test_rewards_together_stay_within_what_was_recovered(head: Reader) -> None:
    report = a_closed_case(head)
    company = a_company()
    with pytest.raises(Refused, match=r"还可发放 0.00 元"):
        grant_reward(report, 1, company, by=head, at=NOON)
    record_recovery(report, 100_000, "退回", by=head, at=NOON)
    grant_reward(report, 60_000, company, by=head, at=NOON)
    with pytest.raises(Refused, match=r"还可发放 400.00 元"):
        grant_reward(report, 40_001, company, by=head, at=NOON)
    with pytest.raises(Invalid, match="大于零"):
        grant_reward(report, 0, company, by=head, at=NOON)
    with pytest.raises(Invalid, match="追回的方式"):
        record_recovery(report, 1, " ", by=head, at=NOON)
    assert RewardVoucher.objects.count() == 1
