"""How screens write days and moments: the year stands there when it is not the present one."""

from datetime import date, datetime

from office.zone import SHANGHAI


def day_text(day: date, today: date) -> str:
    """Returns "11-30", or "2025-11-30" when the year is not that of today."""
    return f"{day:%m-%d}" if day.year == today.year else day.isoformat()


def moment_text(at: datetime, today: date) -> str:
    """Returns "11-30 14:05" of Shanghai, or "2025-11-30 14:05" when the year is not that of
    today.
    """
    local = at.astimezone(SHANGHAI)
    return f"{day_text(local.date(), today)} {local:%H:%M}"
