"""Classes of tickets: what a ticket is about, and which promise rule applies to it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TicketKind(TextChoices):
    ENQUIRY = "enquiry", _("咨询")
    REPAIR = "repair", _("报修")
    COMPLAINT = "complaint", _("投诉")
    SERVICE = "service", _("服务申请")


class Subject(TextChoices):
    NO_HEAT = "no_heat", _("不热")
    LEAK = "leak", _("漏水")
    NOISE = "noise", _("噪音")
    VALVE = "valve", _("阀门")
    QUALITY = "quality", _("供热质量")
    ATTITUDE = "attitude", _("服务态度")
    CHARGE = "charge", _("收费")
    OTHER = "other", _("其他")


class Severity(TextChoices):
    MINOR = "minor", _("小修")
    MEDIUM = "medium", _("中修")
    MAJOR = "major", _("大修")


class Channel(TextChoices):
    HOTLINE = "hotline", _("热线")
    HALL = "hall", _("营业厅")
    WECHAT = "wechat", _("微信公众号")
    WEB = "web", _("网站与接口")
    INSPECTION = "inspection", _("巡检")
    COMMUNITY = "community", _("走进社区")
    GOVERNMENT = "government", _("12345 政务热线")


class TicketClass(TextChoices):
    """A class of tickets, for which promise rules are published."""

    ENQUIRY = "enquiry", _("咨询")
    REPAIR_MINOR = "repair_minor", _("小修")
    REPAIR_MEDIUM = "repair_medium", _("中修")
    REPAIR_MAJOR = "repair_major", _("大修")
    COMPLAINT = "complaint", _("投诉")
    SERVICE = "service", _("服务申请")
    CALL_BACK = "call_back", _("回访")


class PauseReason(TextChoices):
    """The only reasons that stop a clock: in each, work has to wait for the customer."""

    NOBODY_HOME = "nobody_home", _("用户不在家")
    APPOINTMENT = "appointment", _("用户约定时间")
    CONSENT = "consent", _("等用户同意更换或付费")
    PAPERS = "papers", _("等用户补充材料")


class Department(TextChoices):
    CUSTOMER_SERVICE = "customer_service", _("客户管理部")
    FINANCE = "finance", _("财务部")
    ENGINEERING = "engineering", _("工程部")
    PROCUREMENT = "procurement", _("采购部")
    AUDIT = "audit", _("审计部")
    INFORMATION = "information", _("信息管理部")


SUBJECTS: dict[TicketKind, tuple[Subject, ...]] = {
    TicketKind.ENQUIRY: (Subject.QUALITY, Subject.CHARGE, Subject.OTHER),
    TicketKind.REPAIR: (
        Subject.NO_HEAT,
        Subject.LEAK,
        Subject.NOISE,
        Subject.VALVE,
        Subject.OTHER,
    ),
    TicketKind.COMPLAINT: (Subject.QUALITY, Subject.ATTITUDE, Subject.CHARGE, Subject.OTHER),
    TicketKind.SERVICE: (Subject.VALVE, Subject.CHARGE, Subject.OTHER),
}

_REPAIRS = {
    Severity.MINOR: TicketClass.REPAIR_MINOR,
    Severity.MEDIUM: TicketClass.REPAIR_MEDIUM,
    Severity.MAJOR: TicketClass.REPAIR_MAJOR,
}


def class_of(kind: str, severity: str) -> TicketClass:
    """Returns the class whose promise rule applies; `severity` is empty except for repairs."""
    if kind == TicketKind.REPAIR:
        return _REPAIRS[Severity(severity)]
    return TicketClass(kind)
