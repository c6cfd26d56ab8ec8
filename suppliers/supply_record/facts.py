"""What is typed or sent about a dealing, checked before it becomes an entry."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from office.entered_times import DayBound, refuse_earlier_day
from office.intake.cells import clean_text
from office.language import Text
from office.models import Company
from office.refusals import Invalid
from suppliers.models import Supplier, SupplyCategory, SupplyOrder

# Records of a paper age are brought in too; beyond these years it is a slip in the year.
_OLDEST_ENTRY = timedelta(days=20 * 366)
CAME_BEFORE_ORDER = _("实际到货日不能早于下单日期，请核对到货日和订单。")


@dataclass(frozen=True)
class OrderFacts:
    """An order; prices are fen for one unit, `lowest_price_fen` that of the lowest comparable
    offer (None: nothing was compared).
    """

    company: Company
    supplier: Supplier
    number: str
    category: SupplyCategory
    item: str
    unit: str
    quantity: Decimal
    unit_price_fen: int
    ordered_on: date
    promised_on: date
    lowest_price_fen: int | None = None

    def check(self, on: date) -> None:
        """Refuses facts that contradict each other."""
        _present((self.item, _("品名")), (self.unit, _("单位")))
        _check_past(self.ordered_on, on, _("下单日期"), self.supplier)
        if self.quantity <= 0 or self.unit_price_fen <= 0:
            raise Invalid("not_above_zero", _("数量和单价须大于零，请核对。"))
        lowest = self.lowest_price_fen
        if lowest is not None and not 0 < lowest <= self.unit_price_fen:
            raise Invalid("lowest_price_wrong", _("最低可比单价须大于零，且不高于成交单价。"))
        if self.promised_on < self.ordered_on:
            raise Invalid("promised_before_order", _("约定交货日不能早于下单日期。"))


@dataclass(frozen=True)
class DeliveryFacts:
    """A delivery of an order; `actual_on` is None while it has not come."""

    order: SupplyOrder
    number: str
    promised_on: date
    actual_on: date | None
    received: Decimal
    accepted: Decimal

    def check(self, on: date) -> None:
        """Refuses facts that contradict each other."""
        check_delivery(self.actual_on, self.received, self.accepted, on)
        if came_before_order(self.actual_on, self.order.ordered_on):
            raise Invalid("delivered_before_order", CAME_BEFORE_ORDER)


def came_before_order(actual_on: date | None, ordered_on: date) -> bool:
    """Returns whether a delivery is dated before its order was placed."""
    return actual_on is not None and actual_on < ordered_on


def check_delivery(actual_on: date | None, received: Decimal, accepted: Decimal, on: date) -> None:
    """Refuses figures of a delivery that contradict each other; `on` is today in Shanghai."""
    if actual_on is None:
        if received or accepted:
            raise Invalid("not_there_yet", _("尚未到货的，到货和合格数量须为零。"))
        return
    _past(actual_on, on, _("实际到货日"))
    if received <= 0:
        raise Invalid("not_above_zero", _("到货数量须大于零；尚未到货的，不填实际到货日。"))
    if not 0 <= accepted <= received:
        raise Invalid("accepted_wrong", _("验收合格数量须在零与到货数量之间。"))


@dataclass(frozen=True)
class CaseFacts:
    """An after-sales case that the supplier has to mend by `due_on`."""

    company: Company
    supplier: Supplier
    number: str
    subject: str
    opened_on: date
    due_on: date
    closed_on: date | None = None

    def check(self, on: date) -> None:
        """Refuses facts that contradict each other."""
        _present((self.subject, _("事项")))
        _check_past(self.opened_on, on, _("提出日期"), self.supplier)
        if self.due_on < self.opened_on:
            raise Invalid("due_before_opening", _("应完成日不能早于提出日期。"))
        if self.closed_on is not None:
            _past(self.closed_on, on, _("完成日期"))
            if self.closed_on < self.opened_on:
                raise Invalid("closed_before_opening", _("完成日期不能早于提出日期。"))


@dataclass(frozen=True)
class EvaluationFacts:
    """The acceptance of a contractor's work; `score` is 0 to 100."""

    company: Company
    supplier: Supplier
    number: str
    work: str
    accepted_on: date
    score: Decimal
    remark: str = ""

    def check(self, on: date) -> None:
        """Refuses facts that contradict each other."""
        _present((self.work, _("工程项目")))
        _check_past(self.accepted_on, on, _("验收日期"), self.supplier)
        if not 0 <= self.score <= 100:
            raise Invalid("score_wrong", _("评分须在0到100之间。"))


@dataclass(frozen=True)
class DeductionFacts:
    """What is deducted from a works payment, in fen, and for which breach of the agreement."""

    company: Company
    supplier: Supplier
    number: str
    work: str
    breached_on: date
    amount_fen: int
    facts: str

    def check(self, on: date) -> None:
        """Refuses facts that contradict each other."""
        _present((self.work, _("工程项目")), (self.facts, _("违约事实")))
        _check_past(self.breached_on, on, _("违约日期"), self.supplier)
        if self.amount_fen <= 0:
            raise Invalid("not_above_zero", _("扣款金额须大于零。"))


EntryFacts = OrderFacts | DeliveryFacts | CaseFacts | EvaluationFacts | DeductionFacts


def columns_of(facts: EntryFacts, on: date) -> dict[str, Any]:
    """Returns the checked facts as columns of their entry; `on` is today in Shanghai.

    A delivery belongs to the company and the supplier of its order.
    """
    _present((facts.number, _("编号")))
    facts.check(on)
    columns = {
        name: clean_text(value) if isinstance(value, str) else value
        for name, value in vars(facts).items()
    }
    if isinstance(facts, DeliveryFacts):
        columns |= {
            "order": facts.order.original or facts.order,
            "company": facts.order.company,
            "supplier": facts.order.supplier,
        }
    return columns


def _present(*texts: tuple[str, Text]) -> None:
    for text, name in texts:
        if not clean_text(text):
            raise Invalid("fact_missing", _("请填写%(name)s。"), name=name)


def _check_past(day: date, on: date, name: Text, supplier: Supplier) -> None:
    """Refuses a day to come, one before the supplier was founded, and one twenty years ago."""
    _past(day, on, name)
    bounds = [DayBound(on - _OLDEST_ENTRY, _("二十年前"))]
    if supplier.founded_on is not None:
        bounds.append(DayBound(supplier.founded_on, _("供应商成立")))
    refuse_earlier_day(day, *bounds, day_name=name)


def _past(day: date, on: date, name: Text) -> None:
    if day > on:
        raise Invalid("day_to_come", _("%(name)s不能晚于今天。"), name=name)
