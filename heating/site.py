"""The admin site of staff: a front page per desk, one sidebar, one search for accounts."""

import time
from typing import Any, cast
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from unfold.dataclasses import SearchResult
from unfold.sites import UnfoldAdminSite

from complaints.models import Ticket
from complaints.tickets.search import search_tickets
from customers.contracts.account_search import MOST_FOUND, search_accounts
from heating.sign_in import SignInForm
from heating.two_factors import enrol, person_to_enrol
from office.models import User
from office.requests import has_both_factors, user_of

FIND_ACCOUNTS = "customers.view_account"
MOST_TICKETS = 5


class HeatingSite(UnfoldAdminSite):
    """The admin site of this project."""

    login_form = SignInForm
    login_template = "heating/sign_in.html"
    index_template = "heating/index.html"
    index_title = _("工作台")
    enable_nav_sidebar = True

    def get_urls(self) -> list[URLPattern]:
        from billing.screens import pages as billing_pages
        from complaints.screens import pages as service_pages

        enrolment = path("two-factors/", self.enrol_device, name="enrol_device")
        return [*billing_pages(self), *service_pages(self), enrolment, *super().get_urls()]

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and has_both_factors(request)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Returns nothing before both factors are proved, since the sign-in page shows the list
        too.

        The list is lazy: every page is given it, but only the search reads it.
        """
        if not self.has_permission(request):
            return []
        every = super().get_app_list
        return cast("list[Any]", SimpleLazyObject(lambda: every(request, app_label)))

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Redirects people without an authenticator to the enrolment; they see nothing before
        it.
        """
        if request.method == "GET" and person_to_enrol(request):
            return redirect(f"{reverse('admin:enrol_device')}?{request.GET.urlencode()}")
        return super().login(request, extra_context)  # type: ignore[no-any-return]

    def enrol_device(self, request: HttpRequest) -> HttpResponse:
        return enrol(request, self)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        from heating.dashboard import desk_of
        from heating.waiting import waits_of_request

        desk = desk_of(user_of(request), waits_of_request(request))
        return super().index(  # type: ignore[no-any-return]
            request, {**(extra_context or {}), "desk": desk}
        )

    def search(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Answers the palette (Ctrl+K) with accounts and pages; each answer is computed anew, not
        cached.
        """
        began = time.perf_counter()
        text = request.GET.get("s", "").strip()
        if not text:
            return HttpResponse()
        user = user_of(request)
        records = [*_found_tickets(text, user), *_found_accounts(text, user)]
        results = [*records, *self._found_pages(request, text)]
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
        pages: list[SearchResult] = self._search_apps(self.get_app_list(request), text.lower())
        return pages


def _found_accounts(text: str, user: User) -> list[SearchResult]:
    if not user.has_perm(FIND_ACCOUNTS):
        return []
    accounts = search_accounts(text, user)
    results = [
        SearchResult(
            title=f"{row.number}　{row.customer}",
            description=f"{row.address}　{row.phone}",
            link=reverse("admin:customers_account_change", args=[row.account_id]),
            icon="home",
        )
        for row in accounts
    ]
    if accounts.cut:
        whole_list = reverse("admin:customers_account_changelist")
        results.append(
            SearchResult(
                title=_("还有更多户号"),
                description=_("这里只显示前 %(n)s 户，打开列表查看全部") % {"n": MOST_FOUND},
                link=f"{whole_list}?{urlencode({'q': text})}",
                icon="more_horiz",
            )
        )
    return results


def _found_tickets(text: str, user: User) -> list[SearchResult]:
    """Returns the ticket with the number that a caller quotes; other texts search for accounts."""
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
