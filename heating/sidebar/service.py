"""The sidebar's entries for customer service."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heating.sidebar.item import Group, Item

SERVICE = Group(
    _("客户服务"),
    (
        Item(
            pgettext_lazy("do", "受理"),
            "support_agent",
            "open_ticket",
            ("complaints.open_ticket",),
        ),
        Item(
            _("调度台"),
            "alt_route",
            "dispatch",
            ("complaints.assign_ticket",),
            waits="unassigned",
        ),
        Item(
            _("上门维修"),
            "home_repair_service",
            "crew_visits",
            ("complaints.accept_assignment",),
            outside=True,
        ),
        Item(
            pgettext_lazy("plural", "工单"),
            "assignment",
            "complaints_ticket_changelist",
            ("complaints.view_ticket",),
            waits="overdue",
        ),
        Item(
            pgettext_lazy("plural", "超时升级"),
            "notification_important",
            "complaints_escalation_changelist",
            ("complaints.view_escalation",),
            waits="escalations",
        ),
        Item(
            pgettext_lazy("plural", "转办"),
            "forward_to_inbox",
            "complaints_handover_changelist",
            ("complaints.view_handover",),
            waits="hand_overs",
        ),
        Item(
            pgettext_lazy("plural", "回访"),
            "phone_callback",
            "complaints_callback_changelist",
            ("complaints.view_callback",),
            waits="escalated_call_backs",
        ),
        Item(
            pgettext_lazy("plural", "故障停热"),
            "emergency_heat",
            "complaints_incident_changelist",
            ("complaints.view_incident",),
        ),
        Item(
            pgettext_lazy("plural", "测温记录"),
            "thermometer",
            "complaints_temperaturetest_changelist",
            ("complaints.view_temperaturetest",),
        ),
        Item(
            pgettext_lazy("plural", "抽测计划"),
            "checklist",
            "complaints_spotcheckplan_changelist",
            ("complaints.view_spotcheckplan",),
        ),
        Item(
            _("知识库"),
            "menu_book",
            "complaints_article_changelist",
            ("complaints.view_article",),
        ),
        Item(_("服务指标"), "monitoring", "kpis", ("complaints.view_kpis",)),
    ),
)
