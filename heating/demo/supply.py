"""The demo's dealings with suppliers: orders, deliveries, a blacklist, issues and a training."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from office.actors import Actor
from office.approvals.steps import Opinion
from office.calendar import business_date
from office.models import Company
from suppliers.blacklist.facts import BanFacts
from suppliers.blacklist.operations import approve_ban, propose_ban
from suppliers.models import EventKind, Supplier, SupplyCategory
from suppliers.supply_record.facts import (
    CaseFacts,
    DeductionFacts,
    DeliveryFacts,
    EvaluationFacts,
    OrderFacts,
)
from suppliers.supply_record.operations import (
    deduct_wages,
    enter_delivery,
    enter_order,
    open_case,
    record_evaluation,
)
from suppliers.watch.events import EventFacts, plan_event, record_attendance
from suppliers.watch.expiry import warn_of_expiry
from suppliers.watch.issues import (
    IssueFacts,
    raise_issue,
    report_rectification,
    verify_rectification,
)

# Days before today on which orders were placed: all of them are history for the order gate.
ORDERED = (140, 110, 80, 50)
# Bought from the suppliers in turn: code of the category, item, unit and price in fen.
BOUGHT = (
    ("01.01", "板式换热器 BR0.6", "台", 4_650_000),
    ("02.01", "预制直埋保温管 DN200", "米", 38_500),
    ("02.02", "焊接球阀 DN150", "只", 126_000),
)


def tell_of_dealings(
    dealt_with: Sequence[Supplier], company: Company, staff: dict[str, Actor], *, at: datetime
) -> None:
    """Enters orders of the last months with their deliveries, some late and some short."""
    buyer, today = staff["procurement"], business_date(at)
    categories = {category.code: category for category in SupplyCategory.objects.all()}
    for place, supplier in enumerate(dealt_with):
        code, item, unit, fen = BOUGHT[place % len(BOUGHT)]
        for turn, days in enumerate(ORDERED):
            number = f"CG{today.year}{place:03d}{turn}"
            ordered_on = today - timedelta(days)
            promised_on = ordered_on + timedelta(20)
            order = enter_order(
                OrderFacts(
                    *(company, supplier, number, categories[code], item, unit),
                    quantity=Decimal(40),
                    unit_price_fen=fen + 100 * place,
                    ordered_on=ordered_on,
                    promised_on=promised_on,
                    lowest_price_fen=fen,
                ),
                by=buyer,
                at=at,
            )
            late, short = (place + turn) % 5 == 3, (place * turn) % 7 == 4
            enter_delivery(
                DeliveryFacts(
                    *(order, f"DH{today.year}{place:03d}{turn}", promised_on),
                    actual_on=promised_on + timedelta(6 if late else 0),
                    received=Decimal(40),
                    accepted=Decimal(37 if short else 40),
                ),
                by=buyer,
                at=at,
            )
    _tell_of_after_sales(dealt_with, company, staff, at=at)


def _tell_of_after_sales(
    dealt_with: Sequence[Supplier], company: Company, staff: dict[str, Actor], *, at: datetime
) -> None:
    buyer, manager, today = staff["procurement"], staff["procurement-manager"], business_date(at)
    opened_on = today - timedelta(45)
    for place, supplier in enumerate(dealt_with[:4]):
        due_on = opened_on + timedelta(10)
        # The last one is not mended yet.
        closed_on = None if place == 3 else due_on + timedelta(place - 1)
        case = CaseFacts(
            *(company, supplier, f"SH{today.year}{place:03d}", "阀门填料处渗漏，更换密封件"),
            *(opened_on, due_on, closed_on),
        )
        open_case(case, by=buyer, at=at)
    work = "柳巷片区二次网改造"
    accepted = EvaluationFacts(
        *(company, dealt_with[4], f"YS{today.year}001", work, opened_on, Decimal("91.5")),
        remark="焊口抽检合格，回填及时",
    )
    record_evaluation(accepted, by=manager, at=at)
    deduction = DeductionFacts(
        *(company, dealt_with[5], f"KX{today.year}001", work, opened_on, 860_000),
        facts="拖欠 6 名工人 10 月工资，按协议从工程款中扣付",
    )
    deduct_wages(deduction, by=buyer, at=at)


def tell_of_watch(
    banned: Supplier,
    proposed: Supplier,
    watched: Sequence[Supplier],
    staff: dict[str, Actor],
    *,
    at: datetime,
) -> None:
    """Puts one supplier on the blacklist and proposes another; issues, a training, warnings."""
    buyer, manager, today = staff["procurement"], staff["procurement-manager"], business_date(at)
    technical = staff["technical"]
    ban = propose_ban(
        banned,
        BanFacts(
            reason="三家投标文件雷同，经评审认定串通投标",
            source="集团采购〔2026〕17号",
            review_on=today + timedelta(180),
            ends_on=today + timedelta(730),
            persons=(banned.representative,),
        ),
        by=buyer,
        at=at - timedelta(days=12),
    )
    for days, person in ((11, manager), (10, staff["leader"])):
        approve_ban(ban, Opinion("属实，同意列入"), by=person, at=at - timedelta(days=days))
    propose_ban(
        proposed,
        BanFacts(
            reason="两批保温管外护层厚度不足，拒不更换",
            source="到货验收报告 DH-0417",
            review_on=today + timedelta(90),
            ends_on=today + timedelta(365),
            persons=(proposed.representative,),
        ),
        by=buyer,
        at=at - timedelta(days=1),
    )
    texts = ("焊工证书过期两人", "出厂检验记录不全", "现场无专职安全员")
    for place, text in enumerate(texts):
        facts = IssueFacts(text, today + timedelta(20))
        issue = raise_issue(watched[place], facts, by=buyer, at=at - timedelta(days=9))
        if place > 0:
            report_rectification(issue, text="已补齐并附复印件", by=buyer, at=at)
        if place > 1:
            verify_rectification(issue, text="现场核对属实", by=technical, at=at)
    training = EventFacts(
        EventKind.TRAINING, "有限空间作业安全与农民工工资支付", today - timedelta(30), "太原"
    )
    event = plan_event(training, watched, by=buyer, at=at - timedelta(days=40))
    came = {supplier.pk: place % 4 for place, supplier in enumerate(watched)}
    record_attendance(event, came, by=buyer, at=at - timedelta(days=29))
    warn_of_expiry(by=Actor.system("watch_suppliers"), at=at)
