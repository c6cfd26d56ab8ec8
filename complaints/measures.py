"""Definitions of the published figures of customer service, with their version.

A night stores the version it was computed by. A change of what a figure counts raises
`DEFINITION_VERSION`; nights frozen earlier keep the old one. Every figure of a day depends only on
what had truly happened by the end of that day, so that only a back-dated entry or a
reclassification can change it afterwards.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from complaints.classes import TicketKind
from office.language import Text

DEFINITION_VERSION = 2


class Measure(StrEnum):
    """A measure that is counted each day: one row per ticket, for temperature one per household."""

    RECEIVED = "received"
    DUE = "due"
    SOLVED = "solved"
    FIRST_TIME = "first_time"
    REDONE = "redone"
    RESPONSE = "response"
    CALL_BACK = "call_back"
    SATISFACTION = "satisfaction"
    TEMPERATURE = "temperature"


class Form(StrEnum):
    """The form of a figure: a number of tickets, a share of them, or minutes at p50 and p90."""

    COUNT = "count"
    RATIO = "ratio"
    MINUTES = "minutes"


@dataclass(frozen=True)
class Kpi:
    """A figure: its numerator and denominator, and the day on which a ticket counts.

    Without `above`, the numerator is the rows of `measure` that are a hit.
    """

    code: str
    name: Text
    form: Form
    measure: Measure
    numerator: Text
    denominator: Text
    day: Text
    source: Text
    above: Measure | None = None
    kind: TicketKind | None = None
    higher_is_better: bool = True


_BUSINESS = _("业务规则：客户服务指标用语（GB/T 33833 系列）")
_PROMISE = _("服务承诺：小修当日、中修大修三日内、咨询三个工作日内")
_HOUSE = _("本系统约定")

KPIS: tuple[Kpi, ...] = (
    Kpi(
        "received",
        _("受理量"),
        Form.COUNT,
        Measure.RECEIVED,
        _("当日报告的工单数（补录的按真实报告时间）"),
        _("无"),
        _("报告时间所在日"),
        _HOUSE,
        higher_is_better=False,
    ),
    Kpi(
        "closed_in_time",
        _("按时办结率"),
        Form.RATIO,
        Measure.DUE,
        _("其中到期时刻已办结且未在返工的工单"),
        _("当日到期的工单（暂停顺延后的到期时刻，并单各算一单）"),
        _("到期时刻所在日"),
        _PROMISE,
    ),
    Kpi(
        "repair_timeliness",
        _("报修及时率"),
        Form.RATIO,
        Measure.DUE,
        _("其中在时限内处理完的报修"),
        _("当日时限届满的报修"),
        _("到期时刻所在日"),
        _BUSINESS,
        kind=TicketKind.REPAIR,
    ),
    Kpi(
        "complaint_closing",
        _("投诉办结率"),
        Form.RATIO,
        Measure.DUE,
        _("其中按时办结的投诉"),
        _("当日到期的投诉"),
        _("到期时刻所在日"),
        _BUSINESS,
        kind=TicketKind.COMPLAINT,
    ),
    Kpi(
        "first_time_fix",
        _("首次修复率"),
        Form.RATIO,
        Measure.FIRST_TIME,
        _("其中只上门一次即修复、此前没有返工的报修（无人在家的不算上门）"),
        _("当日办结且上过门的报修；返工后再次办结的另计，不算首次修复"),
        _("办结时间所在日"),
        _HOUSE,
    ),
    Kpi(
        "redo_rate",
        _("返工率"),
        Form.RATIO,
        Measure.SOLVED,
        _("当日被要求返工的工单，记在原班组名下"),
        _("当日办结的工单"),
        _("返工时间、办结时间所在日"),
        _HOUSE,
        above=Measure.REDONE,
        higher_is_better=False,
    ),
    Kpi(
        "call_back_rate",
        _("回访率"),
        Form.RATIO,
        Measure.CALL_BACK,
        _("其中到期前用户已作答，或已按回访规则拨满次数仍未接通的工单"),
        _("当日回访到期的工单；因返工在到期前取消的回访除外"),
        _("回访到期时刻所在日"),
        _BUSINESS,
    ),
    Kpi(
        "satisfaction",
        _("满意率"),
        Form.RATIO,
        Measure.SATISFACTION,
        _("其中评价为满意或基本满意的工单"),
        _("当日用户作出评价的工单"),
        _("评价时间所在日"),
        _BUSINESS,
    ),
    Kpi(
        "room_temperature",
        _("测温合格率"),
        Form.RATIO,
        Measure.TEMPERATURE,
        _("其中每个房间都不低于约定室温的户（一日多次的取最后一次）"),
        _("当日测温的户"),
        _("测温时间所在日"),
        _BUSINESS,
    ),
    Kpi(
        "response_time",
        _("响应时长"),
        Form.MINUTES,
        Measure.RESPONSE,
        _("从报告到首次到场的分钟数；没有上门的到首次办结（答复）"),
        _("当日首次到场或首次办结的工单；取第 50 和第 90 百分位"),
        _("首次到场或首次办结所在日"),
        _HOUSE,
        higher_is_better=False,
    ),
    Kpi(
        "solution_time",
        _("办结时长"),
        Form.MINUTES,
        Measure.SOLVED,
        _("从报告到办结的分钟数，含暂停和返工"),
        _("当日办结的工单；取第 50 和第 90 百分位"),
        _("办结时间所在日"),
        _HOUSE,
        higher_is_better=False,
    ),
)
BY_CODE = {kpi.code: kpi for kpi in KPIS}
