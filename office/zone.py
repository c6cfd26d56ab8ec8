"""The time zone of the house's business dates and of what people read on a clock."""

from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
