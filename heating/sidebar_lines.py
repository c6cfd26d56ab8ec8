"""The entries of the sidebar: a group for each field of work, an entry for each page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Item:
    """An entry of the sidebar, shown to people who have any of its permissions.

    `outside` marks a page outside the admin site; `waits` is the kind of waiting work
    (`heating/waiting.py`) whose count stands beside the title.
    """

    title: Any
    icon: str
    page: str
    permissions: tuple[str, ...]
    query: str = ""
    outside: bool = False
    waits: str = ""

    def shown(self, counts: Mapping[str, tuple[int, int]]) -> dict[str, Any]:
        """Returns the entry as unfold renders it; overdue work makes the count red."""
        page = self.page if self.outside else f"admin:{self.page}"
        entry = {"title": self.title, "icon": self.icon, "link": reverse(page) + self.query}
        count, late = counts.get(self.waits, (0, 0))
        if count:
            # The badge must be a number: unfold imports a text as the path of a function.
            entry |= {"badge": count, "badge_variant": "danger" if late else "info"}
        return entry


SIDEBAR: tuple[tuple[Any, tuple[Item, ...]], ...] = (
    (
        _("收费"),
        (
            Item(
                _("收费台"), "point_of_sale", "counter", ("billing.take_cash", "billing.take_card")
            ),
            Item(
                pgettext_lazy("plural", "班次"),
                "schedule",
                "billing_shift_changelist",
                ("billing.view_shift",),
            ),
            Item(
                pgettext_lazy("plural", "收款"),
                "payments",
                "billing_payment_changelist",
                ("billing.view_payment",),
            ),
            Item(
                pgettext_lazy("plural", "收据"),
                "receipt_long",
                "billing_receipt_changelist",
                ("billing.view_receipt",),
            ),
        ),
    ),
    (
        _("客户服务"),
        (
            Item(
                pgettext_lazy("do", "受理"),
                "support_agent",
                "open_ticket",
                ("complaints.open_ticket",),
            ),
            Item(_("调度台"), "alt_route", "dispatch", ("complaints.assign_ticket",)),
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
    ),
    (
        _("服务安排"),
        (
            Item(
                pgettext_lazy("plural", "值班"),
                "event_available",
                "complaints_dutyperiod_changelist",
                ("complaints.view_dutyperiod",),
            ),
            Item(
                pgettext_lazy("plural", "班组"),
                "groups",
                "complaints_crew_changelist",
                ("complaints.view_crew",),
            ),
            Item(
                pgettext_lazy("plural", "时限规则"),
                "timer",
                "complaints_promiserule_changelist",
                ("complaints.view_promiserule",),
            ),
            Item(
                pgettext_lazy("plural", "回访规则"),
                "rule",
                "complaints_callbackpolicy_changelist",
                ("complaints.view_callbackpolicy",),
            ),
            Item(
                pgettext_lazy("plural", "短信"),
                "sms",
                "customers_message_changelist",
                ("customers.view_message",),
            ),
        ),
    ),
    (
        pgettext_lazy("plural", "用户"),
        (
            Item(
                pgettext_lazy("plural", "户号"),
                "home",
                "customers_account_changelist",
                ("customers.view_account",),
            ),
            Item(
                pgettext_lazy("plural", "用户"),
                "group",
                "customers_customer_changelist",
                ("customers.view_customer",),
            ),
            Item(
                pgettext_lazy("plural", "合同"),
                "contract",
                "customers_supplycontract_changelist",
                ("customers.view_supplycontract",),
            ),
            Item(
                pgettext_lazy("plural", "小区"),
                "location_city",
                "customers_community_changelist",
                ("customers.view_community",),
            ),
            Item(
                pgettext_lazy("plural", "热源"),
                "factory",
                "customers_heatsource_changelist",
                ("customers.view_heatsource",),
            ),
            Item(
                pgettext_lazy("plural", "换热站"),
                "heat_pump",
                "customers_heatstation_changelist",
                ("customers.view_heatstation",),
            ),
            Item(
                pgettext_lazy("plural", "二次网环路"),
                "conversion_path",
                "customers_loop_changelist",
                ("customers.view_loop",),
            ),
            Item(
                pgettext_lazy("plural", "台账导入"),
                "upload_file",
                "billing_accountimport_changelist",
                ("billing.view_accountimport",),
            ),
        ),
    ),
    (
        _("计费"),
        (
            Item(
                pgettext_lazy("plural", "出账批次"),
                "playlist_add_check",
                "billing_billingrun_changelist",
                ("billing.view_billingrun",),
            ),
            Item(
                pgettext_lazy("plural", "账单"),
                "request_quote",
                "billing_bill_changelist",
                ("billing.view_bill",),
            ),
            Item(
                pgettext_lazy("plural", "热价文件"),
                "gavel",
                "billing_pricedocument_changelist",
                ("billing.view_pricedocument",),
            ),
            Item(
                pgettext_lazy("plural", "热价类别"),
                "category",
                "customers_tariffcategory_changelist",
                ("customers.view_tariffcategory",),
            ),
            Item(
                pgettext_lazy("plural", "采暖季"),
                "mode_heat",
                "billing_heatingseason_changelist",
                ("billing.view_heatingseason",),
            ),
        ),
    ),
    (
        _("资金"),
        (
            Item(
                pgettext_lazy("plural", "资金告警"),
                "warning",
                "billing_alarm_changelist",
                ("billing.view_alarm",),
                waits="alarms",
            ),
            Item(
                _("待查款项"),
                "help_center",
                "billing_payment_changelist",
                ("billing.assign_suspense",),
                "?suspense=open",
                waits="suspense",
            ),
            Item(_("线上订单"), "qr_code", "billing_attempt_changelist", ("billing.view_attempt",)),
            Item(
                pgettext_lazy("plural", "渠道通知"),
                "inbox",
                "billing_providerevent_changelist",
                ("billing.view_providerevent",),
            ),
            Item(
                pgettext_lazy("plural", "分录"),
                "menu_book",
                "billing_transfer_changelist",
                ("billing.view_transfer",),
            ),
        ),
    ),
    (
        pgettext_lazy("plural", "审批"),
        (
            Item(
                _("待我审批"),
                "approval",
                "office_approval_changelist",
                ("office.view_approval",),
                "?waiting=me",
                waits="approvals",
            ),
            Item(
                pgettext_lazy("plural", "审批规则"),
                "account_tree",
                "office_approvalrule_changelist",
                ("office.view_approvalrule",),
            ),
            Item(
                pgettext_lazy("plural", "审批委托"),
                "handshake",
                "office_delegation_changelist",
                ("office.view_delegation",),
            ),
        ),
    ),
    (
        _("系统"),
        (
            Item(
                pgettext_lazy("plural", "员工"),
                "badge",
                "office_user_changelist",
                ("office.view_user",),
            ),
            Item(
                pgettext_lazy("plural", "角色"),
                "verified_user",
                "auth_group_changelist",
                ("auth.view_group",),
            ),
            Item(
                pgettext_lazy("plural", "公司"),
                "apartment",
                "office_company_changelist",
                ("office.change_company", "office.assign_roles"),
            ),
            Item(
                _("节假日"),
                "calendar_month",
                "office_calendarversion_changelist",
                ("office.view_calendarversion",),
            ),
            Item(
                pgettext_lazy("plural", "操作日志"),
                "history",
                "office_journalentry_changelist",
                ("office.view_journalentry",),
            ),
            Item(
                pgettext_lazy("plural", "档案"),
                "folder",
                "office_document_changelist",
                ("office.view_document",),
            ),
            Item(
                pgettext_lazy("plural", "档案调阅"),
                "visibility",
                "office_documentaccess_changelist",
                ("office.view_documentaccess",),
            ),
            Item(
                pgettext_lazy("plural", "后台任务"),
                "sync",
                "office_job_changelist",
                ("office.view_job",),
            ),
            Item(
                _("定时任务"),
                "alarm",
                "django_celery_beat_periodictask_changelist",
                ("django_celery_beat.view_periodictask",),
            ),
            Item(
                pgettext_lazy("plural", "机器令牌"),
                "key",
                "office_machinetoken_changelist",
                ("office.view_machinetoken",),
            ),
            Item(
                _("登录失败"),
                "lock",
                "axes_accessfailurelog_changelist",
                ("axes.view_accessfailurelog",),
            ),
        ),
    ),
)
