"""What a ticket is about, and which promise that calls for."""

from django.db.models import TextChoices


class TicketKind(TextChoices):
    ENQUIRY = "enquiry", "咨询"
    REPAIR = "repair", "报修"
    COMPLAINT = "complaint", "投诉"
    SERVICE = "service", "服务申请"


class Subject(TextChoices):
    NO_HEAT = "no_heat", "不热"
    LEAK = "leak", "漏水"
    NOISE = "noise", "噪音"
    VALVE = "valve", "阀门"
    QUALITY = "quality", "供热质量"
    ATTITUDE = "attitude", "服务态度"
    CHARGE = "charge", "收费"
    OTHER = "other", "其他"


class Severity(TextChoices):
    MINOR = "minor", "小修"
    MEDIUM = "medium", "中修"
    MAJOR = "major", "大修"


class Channel(TextChoices):
    HOTLINE = "hotline", "热线"
    HALL = "hall", "营业厅"
    WECHAT = "wechat", "微信公众号"
    WEB = "web", "网站与接口"
    INSPECTION = "inspection", "巡检"
    COMMUNITY = "community", "走进社区"
    GOVERNMENT = "government", "12345 政务热线"


class TicketClass(TextChoices):
    """What a promise rule is for."""

    ENQUIRY = "enquiry", "咨询"
    REPAIR_MINOR = "repair_minor", "小修"
    REPAIR_MEDIUM = "repair_medium", "中修"
    REPAIR_MAJOR = "repair_major", "大修"
    COMPLAINT = "complaint", "投诉"
    SERVICE = "service", "服务申请"
    CALL_BACK = "call_back", "回访"


class PauseReason(TextChoices):
    """The only reasons for which a clock stands still: the customer keeps us waiting."""

    NOBODY_HOME = "nobody_home", "用户不在家"
    APPOINTMENT = "appointment", "用户约定时间"
    CONSENT = "consent", "等用户同意更换或付费"
    PAPERS = "papers", "等用户补充材料"


class Department(TextChoices):
    CUSTOMER_SERVICE = "customer_service", "客户管理部"
    FINANCE = "finance", "财务部"
    ENGINEERING = "engineering", "工程部"
    PROCUREMENT = "procurement", "采购部"
    AUDIT = "audit", "审计部"
    INFORMATION = "information", "信息管理部"


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
    """The class whose rule a ticket is promised by; `severity` is empty but for repairs."""
    if kind == TicketKind.REPAIR:
        return _REPAIRS[Severity(severity)]
    return TicketClass(kind)
