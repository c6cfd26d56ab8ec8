"""The staff's house: one front page per desk, one sidebar, one box that finds an account."""

import time
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.dataclasses import SearchResult
from unfold.sites import UnfoldAdminSite

from complaints.models import Ticket
from complaints.queries.ticket_search import search_tickets
from customers.queries.account_search import MOST_FOUND, search_accounts
from heating.sign_in import SignInForm
from heating.two_factors import enrol, person_to_enrol
from office.models import User
from office.requests import has_both_factors, user_of

FIND_ACCOUNTS = "customers.view_account"
MOST_TICKETS = 5


class HeatingSite(UnfoldAdminSite):
    """The admin site of the house."""

    login_form = SignInForm
    login_template = "heating/sign_in.html"
    index_template = "heating/index.html"
    index_title = _("工作台")
    enable_nav_sidebar = True

    def get_urls(self) -> list[URLPattern]:
        from billing.admin.pages import pages as billing_pages
        from complaints.admin.pages import pages as service_pages

        enrolment = path("two-factors/", self.enrol_device, name="enrol_device")
        return [*billing_pages(self), *service_pages(self), enrolment, *super().get_urls()]

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and has_both_factors(request)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Nothing to choose from before both factors: the sign-in's frame asks for it too."""
        return super().get_app_list(request, app_label) if self.has_permission(request) else []

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Whoever has no authenticator yet is led to the enrolment, and sees nothing before."""
        if request.method == "GET" and person_to_enrol(request):
            return redirect(f"{reverse('admin:enrol_device')}?{request.GET.urlencode()}")
        return super().login(request, extra_context)  # type: ignore[no-any-return]

    def enrol_device(self, request: HttpRequest) -> HttpResponse:
        return enrol(request, self)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        from heating.dashboard import desk_of

        return super().index(  # type: ignore[no-any-return]
            request, {**(extra_context or {}), "desk": desk_of(user_of(request))}
        )

    def search(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The palette (Ctrl+K): accounts and pages, asked anew each time, never remembered."""
        began = time.perf_counter()
        text = request.GET.get("s", "").strip()
        if not text:
            return HttpResponse()
        user = user_of(request)
        found = [*_found_tickets(text, user), *_found_accounts(text, user)]
        results = [*found, *self._found_pages(request, text)]
        page = Paginator(results, 2 * MOST_FOUND)
        return TemplateResponse(
            request,
            "unfold/helpers/command_results.html",
            {
                "page_obj": page,
                "results": page.page(1),
                "page_counter": 0,
                "execution_time": time.perf_counter() - began,
                "command_show_history": False,
            },
            headers={"HX-Trigger": "search", "Cache-Control": "no-store"},
        )

    def _found_pages(self, request: HttpRequest, text: str) -> list[SearchResult]:
        found: list[SearchResult] = self._search_apps(self.get_app_list(request), text.lower())
        return found


def _found_accounts(text: str, user: User) -> list[SearchResult]:
    if not user.has_perm(FIND_ACCOUNTS):
        return []
    return [
        SearchResult(
            title=f"{row.number}　{row.customer}",
            description=f"{row.address}　{row.phone}",
            link=reverse("admin:customers_account_change", args=[row.account_id]),
            icon="home",
        )
        for row in search_accounts(text, user)
    ]


def _found_tickets(text: str, user: User) -> list[SearchResult]:
    """By the number a caller quotes; everything else finds accounts."""
    if not (text.upper().startswith("GD") and user.has_perm("complaints.view_ticket")):
        return []
    rows = search_tickets(Ticket.objects.visible_to(user), text, user).order_by("-pk")
    return [
        SearchResult(
            title=row.number,
            description=f"{row.get_kind_display()} {row.get_subject_display()}　{row.summary[:40]}",
            link=reverse("admin:complaints_ticket_change", args=[row.pk]),
            icon="assignment",
        )
        for row in rows[:MOST_TICKETS]
    ]


@dataclass(frozen=True)
class Item:
    """A line of the sidebar: shown to who holds any of the permissions."""

    title: Any
    icon: str
    page: str
    permissions: tuple[str, ...]
    query: str = ""
    outside: bool = False

    def shown(self, request: HttpRequest) -> dict[str, Any]:
        user = request.user
        page = self.page if self.outside else f"admin:{self.page}"
        return {
            "title": self.title,
            "icon": self.icon,
            "link": reverse(f"admin:{self.page}") + self.query,
            "link": reverse(page),
            "permission": lambda _request: any(user.has_perm(name) for name in self.permissions),
        }


_SIDEBAR: tuple[tuple[Any, tuple[Item, ...]], ...] = (
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
            Item(_("受理"), "support_agent", "open_ticket", ("complaints.open_ticket",)),
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
                pgettext_lazy("plural", "回访"),
                "phone_callback",
                "complaints_callback_changelist",
                ("complaints.view_callback",),
            ),
            Item(
                pgettext_lazy("plural", "故障停热"),
                "emergency_heat",
                "complaints_incident_changelist",
                ("complaints.view_incident",),
            ),
            Item(_("服务指标"), "monitoring", "kpis", ("complaints.view_kpis",)),
            Item(
                _("知识库"),
                "menu_book",
                "complaints_article_changelist",
                ("complaints.view_article",),
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
                pgettext_lazy("plural", "班组"),
                "groups",
                "complaints_crew_changelist",
                ("complaints.view_crew",),
            ),
            Item(
                pgettext_lazy("plural", "短信"),
                "sms",
                "customers_message_changelist",
                ("customers.view_message",),
                pgettext_lazy("plural", "值班"),
                "event_available",
                "complaints_dutyperiod_changelist",
                ("complaints.view_dutyperiod",),
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
                pgettext_lazy("plural", "换热站"),
                "heat_pump",
                "customers_heatstation_changelist",
                ("customers.view_heatstation",),
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
            ),
            Item(
                _("待查款项"),
                "help_center",
                "billing_payment_changelist",
                ("billing.assign_suspense",),
                "?suspense=open",
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
                "axes_accessattempt_changelist",
                ("axes.view_accessattempt",),
            ),
        ),
    ),
)


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of the sidebar; unfold hides a group whose items are all hidden."""
    front = {"title": _("工作台"), "icon": "dashboard", "link": reverse("admin:index")}
    groups = [
        {"title": title, "separator": True, "items": [item.shown(request) for item in items]}
        for title, items in _SIDEBAR
    ]
    return [{"items": [front]}, *groups]
