"""Receipts and bills filled in as the papers that customers receive."""

from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from billing.bills.explain import explained_lines, with_lines
from billing.bills.papers import BillLine, BillPaper
from billing.ledger.open_bills import open_bills, with_open_amount
from billing.models import Bill, BillKind
from office.calendar import business_date
from office.language import in_chinese
from office.money import in_words, yuan_text

WAYS_TO_PAY = (
    "关注“供热服务”微信公众号，绑定户号后缴费；",
    "持本通知单到营业厅，以现金、银行卡或微信扫码缴费；",
    "对公转账请在附言中注明户号。",
)
NOTICES = (
    "请在缴费期限前缴清；逾期按供用热合同约定处理。",
    "对面积、单价有疑问，请持不动产权证书到营业厅核对，或拨打服务热线。",
)
CREDIT_NOTICES = (
    "本单金额先冲减该采暖季未缴的账单，余额转为预存，可抵缴其它欠费和以后的账单。",
    "对冲减金额有疑问，请到营业厅核对，或拨打服务热线。",
)


def bill_paper(bill: Bill, *, at: datetime) -> BillPaper:
    """Returns the bill's frozen lines with the amounts open today on it and on older bills.

    A credit note asks for nothing: it says by how much it lowers what was billed.
    """
    if bill.kind == BillKind.CREDIT:
        return replace(
            _paper(bill, 0, 0, at=at),
            title="供热费贷项通知单",
            ways_to_pay=(),
            notices=CREDIT_NOTICES,
        )
    paid_fen = with_open_amount(Bill.objects.filter(pk=bill.pk)).get().paid_fen
    older_fen = sum(
        item.open_fen
        for item in open_bills(bill.contract)
        if item.bill.pk != bill.pk and item.bill.season.label < bill.season.label
    )
    return _paper(bill, paid_fen, older_fen, at=at)


def _paper(bill: Bill, paid_fen: int, older_fen: int, *, at: datetime) -> BillPaper:
    total_fen = bill.amount_fen - paid_fen + older_fen
    with in_chinese():
        lines = tuple(_lines(bill))
    return BillPaper(
        company=bill.company.name,
        number=bill.number,
        issued_on=f"{business_date(bill.issued_at):%Y-%m-%d}",
        payer=bill.customer_name,
        account_number=bill.account_number,
        address=bill.address,
        season=bill.season.label,
        due_on=f"{bill.due_on:%Y-%m-%d}",
        lines=lines,
        charged=yuan_text(bill.amount_fen),
        arrears=yuan_text(older_fen),
        credited=yuan_text(paid_fen),
        total=yuan_text(total_fen),
        total_in_words=in_words(total_fen),
        verification_code=bill.number,
        pay_url=settings.PUBLIC_URL,
        ways_to_pay=WAYS_TO_PAY,
        notices=NOTICES,
        contact=bill.company.hotline,
        created=timezone.localtime(at).isoformat(timespec="seconds"),
    )


def _lines(bill: Bill) -> list[BillLine]:
    """Returns the lines of the notice; opening arrears have none of their own and get one."""
    loaded_bill = with_lines(Bill.objects.filter(pk=bill.pk)).get()
    paper_lines = [
        BillLine(line.item, line.working, line.basis, yuan_text(line.amount_fen))
        for line in explained_lines(loaded_bill)
    ]
    if paper_lines:
        return paper_lines
    return [BillLine(bill.get_kind_display(), "系统启用前的欠费", "", yuan_text(bill.amount_fen))]
