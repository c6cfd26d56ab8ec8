"""Three weeks of customer service: every kind of ticket in every state it can be in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from complaints.classes import Channel, Severity, Subject, TicketKind
from complaints.escalations.operations import scan_breaches
from complaints.models import ArticleVersion
from complaints.tickets.intake import OutsideOrder, Place, Report
from customers.models import Community, CustomerKind, SupplyContract
from heating.demo.articles import write_articles
from heating.demo.crews import form_crews, publish_rosters
from heating.demo.incidents import burst_main, outage_ahead
from heating.demo.network import draw_network
from heating.demo.plots import BAD, DAY, FAIR, GOOD, HOUR, MINUTE, Plot
from heating.demo.promise_rules import publish_rules
from heating.demo.stage import Stage, Story
from heating.demo.temperatures import measured
from office.actors import Actor
from office.calendar import business_date
from office.models import Company

# As many weeks as make a year, so that a Monday is a Monday.
YEAR = 364 * DAY
FIRST_RULES = YEAR + 120 * DAY
FIRST_ARTICLES = 60 * DAY
SCANNED_EVERY = 12 * HOUR
_ENOUGH = 80
_REPAIR = {"kind": TicketKind.REPAIR, "subject": Subject.NO_HEAT, "severity": Severity.MINOR}
_ENQUIRY = {"kind": TicketKind.ENQUIRY, "subject": Subject.CHARGE}
_COMPLAINT = {"kind": TicketKind.COMPLAINT, "subject": Subject.ATTITUDE}
_SERVICE = {"kind": TicketKind.SERVICE, "subject": Subject.VALVE}


def begin_service(staff: dict[str, Actor], *, by: Actor, at: datetime) -> list[ArticleVersion]:
    """Rules and articles of the whole group."""
    ruled_at = at - FIRST_RULES
    publish_rules(business_date(ruled_at), by=by, at=ruled_at)
    return write_articles(
        agent=staff["agent"], manager=staff["service-manager"], at=at - FIRST_ARTICLES
    )


def serve(
    company: Company, staff: dict[str, Actor], articles: list[ArticleVersion], *, at: datetime
) -> None:
    """Let a company's customers call for three weeks, up to this moment, and a year before."""
    draw_network(company)
    desk = form_crews(company, staff)
    for now, stories in ((at - YEAR, _last_season), (at, _STORIES[company.code])):
        stage = Stage(now)
        for ago, story in stories(Plot(stage, desk, articles), Callers(company)):
            stage.tell(story, now - ago)
        stage.play()
    scan_breaches(at)
    publish_rosters(desk, at=at)


@dataclass(frozen=True)
class Caller:
    """Somebody with a contract, and what they might report."""

    contract: SupplyContract

    def reports(self, values: dict[str, Any], summary: str, **changes: Any) -> Report:
        defaults: dict[str, Any] = {
            "channel": Channel.HOTLINE,
            "summary": summary,
            "caller_name": self.contract.customer.name,
            "caller_phone": self.contract.customer.phone,
            "place": Place(account=self.contract.account),
        }
        return Report(**(defaults | values | changes))


class Callers:
    """Households of a company in the order of their accounts, one after the other."""

    def __init__(self, company: Company) -> None:
        self.company = company
        rows = (
            SupplyContract.objects.filter(company=company, customer__kind=CustomerKind.RESIDENT)
            .select_related(
                "customer",
                "account__premise__heat_station",
                "account__premise__building__community",
            )
            .order_by("account__number")
        )
        self._callers = [Caller(row) for row in rows[:_ENOUGH]]
        self._next = 0

    def call(self, values: dict[str, Any], summary: str, **changes: Any) -> Report:
        """Returns the report of the next household; `changes` replace its usual values."""
        return self.next().reports(values, summary, **changes)

    def next(self) -> Caller:
        caller = self._callers[self._next % len(self._callers)]
        self._next += 1
        return caller

    def community(self) -> Community:
        """Where the household lives that calls next."""
        caller = self._callers[self._next % len(self._callers)]
        return caller.contract.account.premise.building.community


def _neighbour(report: Report) -> Report:
    """Somebody else of the same building, without an account number."""
    account = report.place.account
    building = account.premise.building if account else None
    return replace(
        report,
        summary="楼上楼下都不热，是不是整栋的问题",
        caller_name="邻居",
        caller_phone="13900000009",
        place=Place(building=building),
    )


def _last_season(plot: Plot, callers: Callers) -> Iterator[tuple[timedelta, Story]]:
    """The same weeks a year before, all of it done with: what this season is compared to."""
    call, stage = callers.call, plot.stage
    yield 21 * DAY, stage.every(SCANNED_EVERY, scan_breaches)
    for days in range(4, 21, 3):
        yield (
            days * DAY + 3 * HOUR,
            plot.mended(call(_REPAIR, "暖气不热"), GOOD if days % 2 else FAIR),
        )
    for days in (18, 8):
        yield days * DAY, plot.mended_late(call(_REPAIR, "卧室暖气不热"))
    yield 14 * DAY, plot.settled(call(_COMPLAINT, "维修人员迟到"))
    yield 9 * DAY, plot.mended(call(_REPAIR, "阀门滴水", subject=Subject.LEAK))


def _both(plot: Plot, callers: Callers) -> Iterator[tuple[timedelta, Story]]:
    """What happens in every company."""
    call, stage, desk = callers.call, plot.stage, plot.desk
    yield 21 * DAY, stage.every(SCANNED_EVERY, scan_breaches)
    yield 20 * DAY, plot.mended(call(_REPAIR, "客厅暖气片下半截不热"))
    yield 18 * DAY + 5 * HOUR, plot.answered(call(_ENQUIRY, "今年采暖费多少钱一平米"), 0)
    yield 15 * DAY, plot.settled(call(_COMPLAINT, "维修人员迟到且未说明原因"))
    yield 13 * DAY, plot.mended_late(call(_REPAIR, "卧室暖气一直不热，已等一天"))
    yield 6 * DAY, plot.mended(call(_REPAIR, "阀门滴水", subject=Subject.LEAK))
    yield 30 * HOUR, plot.mended(call(_REPAIR, "厨房暖气有异响", subject=Subject.NOISE), None)
    yield 20 * HOUR, plot.settled(call(_COMPLAINT, "电话等待时间过长"), None)
    yield 4 * HOUR, plot.handed_over(call(_ENQUIRY, "去年多缴的费用退到哪里"))
    yield 55 * MINUTE, plot.assigned(call(_REPAIR, "全屋不热，家里有老人"))
    yield (
        25 * MINUTE,
        plot.left_open(call(_REPAIR, "暖气不热", channel=Channel.WECHAT, severity=Severity.MEDIUM)),
    )
    warm = callers.next()
    yield (
        9 * DAY,
        measured(
            *(
                stage,
                desk,
                warm.contract.account,
                warm.contract.customer.name,
                ("20.5", "21.0", "19.8"),
            )
        ),
    )


def _taiyuan(plot: Plot, callers: Callers) -> Iterator[tuple[timedelta, Story]]:
    call, stage, desk = callers.call, plot.stage, plot.desk
    yield 8 * DAY, plot.answered(call(_ENQUIRY, "我家还欠多少采暖费"), 2)
    yield from _both(plot, callers)
    yield 12 * DAY, plot.fails_twice(call(_REPAIR, "次卧不热，去年也修过"))
    yield 10 * DAY, plot.unanswered(call(_COMPLAINT, "室温不达标", subject=Subject.QUALITY))
    yield 16 * DAY, plot.mended_for_money(call(_REPAIR, "进户阀关不住", subject=Subject.VALVE))
    yield (
        7 * DAY,
        plot.mended(
            call(_REPAIR, "立管不热", severity=Severity.MEDIUM, channel=Channel.INSPECTION), BAD, 1
        ),
    )
    yield 5 * DAY, plot.answered(call(_ENQUIRY, "怎么办报停", channel=Channel.HALL), 5)
    yield 4 * DAY, plot.left_open(call(_SERVICE, "申请加装分户阀", channel=Channel.HALL))
    yield 3 * DAY, plot.waits_for_papers(call(_SERVICE, "申请恢复供热", channel=Channel.WEB))
    yield (
        2 * DAY,
        plot.left_open(
            call(
                _COMPLAINT,
                "12345 转：小区整体偏冷",
                subject=Subject.QUALITY,
                channel=Channel.GOVERNMENT,
                outside=OutsideOrder("TY2026110098", stage.now + 5 * HOUR),
            )
        ),
    )
    main = call(_REPAIR, "整个单元暖气都是凉的")
    yield 75 * MINUTE, plot.joined(main, _neighbour(main))
    yield 50 * MINUTE, plot.at_the_door(call(_REPAIR, "主卧不热"))
    yield 22 * MINUTE, plot.on_the_way(call(_REPAIR, "卫生间暖气漏水", subject=Subject.LEAK))
    yield 100 * MINUTE, plot.nobody_home(call(_REPAIR, "暖气不热，请下午来"))
    yield 5 * MINUTE, plot.left_open(call(_ENQUIRY, "什么时候正式供热", subject=Subject.QUALITY))
    cold = callers.next()
    yield (
        11 * DAY,
        measured(
            *(
                stage,
                desk,
                cold.contract.account,
                cold.contract.customer.name,
                ("16.5", "15.8", "17.2"),
            )
        ),
    )
    where = callers.community()
    burst = [call(_REPAIR, "突然不热了", severity=Severity.MEDIUM) for _ in range(6)]
    yield 2 * HOUR, burst_main(stage, desk, where, burst, mended=False)
    yield (
        5 * HOUR,
        plot.handed_over(
            call(_ENQUIRY, "今年账单上的面积和房产证不一样"),
            "已核对：去年办理过面积变更，今年按变更后的建筑面积计费，账单无误。",
        ),
    )


def _lanzhou(plot: Plot, callers: Callers) -> Iterator[tuple[timedelta, Story]]:
    call, stage, desk = callers.call, plot.stage, plot.desk
    yield from _both(plot, callers)
    where = callers.community()
    burst = [call(_REPAIR, "全楼不热", severity=Severity.MEDIUM) for _ in range(4)]
    yield 60 * HOUR, burst_main(stage, desk, where, burst, mended=True)
    yield 3 * HOUR, outage_ahead(stage, desk, where)


_STORIES: dict[str, Callable[[Plot, Callers], Iterator[tuple[timedelta, Story]]]] = {
    "11": _taiyuan,
    "21": _lanzhou,
}
