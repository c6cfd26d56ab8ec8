"""Receipts and bills filled in as the papers that customers receive."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from billing.bills.explain import explain_line
from billing.bills.papers import BillLine, BillPaper
from billing.ledger.open_bills import open_bills, with_open_amount
from billing.models import Bill
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


def bill_paper(bill: Bill, *, at: datetime) -> BillPaper:
    """Returns the bill's frozen lines with the amounts open today on it and on older bills."""
    paid_fen = with_open_amount(Bill.objects.filter(pk=bill.pk)).get().paid_fen
    older_fen = sum(
        item.open_fen
        for item in open_bills(bill.contract)
        if item.bill.pk != bill.pk and item.bill.season.label < bill.season.label
    )
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
    lines = bill.lines.select_related("tariff__document").order_by("ordinal")
    paper_lines = [
        BillLine(
            item=line.category_name,
            working=explain_line(line).rpartition(" = ")[0],
            basis=line.tariff.document.number,
            amount=yuan_text(line.amount_fen),
        )
        for line in lines
    ]
    if paper_lines:
        return paper_lines
    return [BillLine(bill.get_kind_display(), "系统启用前的欠费", "", yuan_text(bill.amount_fen))]
