"""Drafts of outage notices in Chinese; staff may change them before sending."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from office.zone import SHANGHAI

MOST_NAMED = 5
MOST_BUILDINGS = 3


@dataclass(frozen=True)
class Touched:
    """An affected community; its affected buildings are listed unless all of them are affected."""

    name: str
    buildings: Sequence[str] = ()


def outage_ahead(
    places: Sequence[Touched], cause: str, starts: datetime, ends: datetime | None, hotline: str
) -> str:
    """Returns the draft for a planned outage that has not begun."""
    until = f"至{_when(ends)}" if ends else "起"
    return (
        f"因{cause}，{_where(places)}计划于{_when(starts)}{until}停止供热，"
        f"请提前做好保暖准备，给您带来不便敬请谅解。{_call(hotline)}"
    )


def outage_now(places: Sequence[Touched], cause: str, ends: datetime | None, hotline: str) -> str:
    """Returns the draft for an outage that has begun."""
    expected = f"预计{_when(ends)}恢复" if ends else "恢复时间另行通知"
    return f"因{cause}，{_where(places)}暂停供热，正在抢修，{expected}。{_call(hotline)}"


def outage_over(places: Sequence[Touched], restored: datetime, hotline: str) -> str:
    """Returns the draft for heat that is back."""
    return (
        f"{_where(places)}已于{_when(restored)}恢复供热，升温需要一段时间。"
        f"如室内仍然不热，请向我们报修。{_call(hotline)}"
    )


def outage_cancelled(starts: datetime, hotline: str) -> str:
    """Returns the text for the accounts notified of an outage that was cancelled."""
    return f"原定{_when(starts)}开始的计划停热已取消，届时正常供热。{_call(hotline)}"


def _where(places: Sequence[Touched]) -> str:
    if len(places) == 1:
        return places[0].name + _buildings(places[0].buildings)
    named = [
        place.name + (f"（{_buildings(place.buildings)}）" if place.buildings else "")
        for place in places[:MOST_NAMED]
    ]
    more = f"等{len(places)}个小区" if len(places) > MOST_NAMED else ""
    return "、".join(named) + more


def _buildings(names: Sequence[str]) -> str:
    more = f"等{len(names)}栋楼" if len(names) > MOST_BUILDINGS else ""
    return "、".join(names[:MOST_BUILDINGS]) + more


def _call(hotline: str) -> str:
    return f"服务热线 {hotline}。" if hotline else ""


def _when(at: datetime) -> str:
    here = at.astimezone(SHANGHAI)
    return f"{here.month}月{here.day}日{here.hour}时{here.minute:02d}分"
