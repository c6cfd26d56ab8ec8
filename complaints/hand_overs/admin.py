"""Hand-overs on screen: the questions to departments, and the page for the reply."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ShowFacets, SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.hand_overs.open_hand_overs import WAITING, contract_of, with_replies
from complaints.hand_overs.operations import LONGEST, reply_to_hand_over
from complaints.models import HandOver, departments_of
from complaints.promises.words import DueMark, due_mark, due_text
from complaints.states import TicketState
from complaints.templatetags.service import look
from customers.models import Account
from office.clock import ClockState
from office.documents.operations import ACCEPT, Upload
from office.forms.typed_numbers import read_number
from office.lists.filters import CompanyFilter
from office.outcomes import carry_out
from office.requests import actor_of, user_of
from office.screens.records import RecordAdmin

_BADGE = '<span class="badge {}">{}</span>'


class ReplyForm(forms.Form):
    """The form for a department's reply with a document as proof."""

    text = forms.CharField(
        label=_("答复内容"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6})
    )
    paper = forms.FileField(
        label=_("附件"),
        help_text=_("可不传；随工单存档，PDF、JPG、PNG、XLSX、DOCX，不超过 20 MB"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )


class ReplyFilter(SimpleListFilter):
    """A filter by the state of the reply; unless chosen otherwise it shows what still waits."""

    title = _("办理情况")
    parameter_name = "reply"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return [
            ("overdue", str(_("待答复且已超时"))),
            ("replied", str(_("已答复"))),
            ("all", str(_("全部"))),
        ]

    def choices(self, changelist: Any) -> Any:
        shown = list(super().choices(changelist))
        shown[0]["display"] = _("待答复")
        return shown

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value == "overdue":
            return queryset.filter(WAITING, due_at__lt=timezone.now())
        if value == "replied":
            return queryset.filter(reply__isnull=False)
        return queryset if value == "all" else queryset.filter(WAITING)


@admin.register(HandOver)
class HandOverAdmin(RecordAdmin):
    record_page = "complaints/hand_overs/hand_over.html"
    list_display = [
        "number",
        "short_question",
        "department",
        "due",
        "standing",
        "handed_at",
        "company",
    ]
    list_select_related = ["ticket__company", "reply"]
    list_filter = [ReplyFilter, CompanyFilter, "department"]
    search_fields = ["ticket__number__exact"]
    search_help_text = _("完整的工单号")
    show_facets = ShowFacets.NEVER

    def get_ordering(self, request: HttpRequest) -> list[str | Combinable]:
        """Returns the order: open ones by due time, all others newest first."""
        if request.GET.get("reply", "overdue") == "overdue":
            return [F("due_at").asc(nulls_last=True), "pk"]
        return ["-pk"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Finds by a whole number, also with spaces or in small letters."""
        number = "".join(search_term.split()).upper()
        return (queryset.filter(ticket__number=number) if number else queryset), False

    @admin.display(description=_("工单"))
    def number(self, hand_over: HandOver) -> str:
        return hand_over.ticket.number

    @admin.display(description=_("需答复的问题"))
    def short_question(self, hand_over: HandOver) -> str:
        return _short(hand_over.question)

    @admin.display(description=_("到期"))
    def due(self, hand_over: HandOver) -> str:
        due = due_text(hand_over.due_at) if hand_over.due_at else ""
        mark = _mark(hand_over)
        return format_html(
            '<span class="number">{}</span> {}',
            due,
            format_html(_BADGE, mark.look, mark.words) if mark else "",
        )

    @admin.display(description=_("状态"))
    def standing(self, hand_over: HandOver) -> str:
        return format_html(_BADGE, *_standing(hand_over))

    @admin.display(description=_("公司"))
    def company(self, hand_over: HandOver) -> str:
        return hand_over.ticket.company.short_name

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        rows = self.get_queryset(request).select_related(
            "ticket__company", "handed_by", "reply__replied_by"
        )
        key = read_number(object_id)
        return rows.filter(pk=key).first() if key is not None else None

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.reply_to_hand_over_view)
        name = self._url_name("reply_to_hand_over")
        return [path("<int:pk>/reply_to_hand_over/", view, name=name), *super().get_urls()]

    def record_context(self, request: HttpRequest, hand_over: HandOver) -> dict[str, Any]:
        """Adds the question, a summary of the enquiry and what the user may see of its account."""
        user = user_of(request)
        ticket = hand_over.ticket
        look_, words = _standing(hand_over)
        account = None
        if user.has_perm("customers.view_account") and ticket.account_id:
            rows = Account.objects.visible_to(user).select_related("premise")
            account = rows.filter(pk=ticket.account_id).first()
        other_hand_overs = (
            HandOver.objects.visible_to(user).filter(ticket=ticket).exclude(pk=hand_over.pk)
        )
        return {
            "title": gettext("转办 %(number)s") % {"number": ticket.number},
            "ticket": ticket,
            "reply": getattr(hand_over, "reply", None),
            "mark": _mark(hand_over),
            "look": look_,
            "standing": words,
            "account": account,
            "contract": contract_of(ticket) if account else None,
            "others": list(with_replies(other_hand_overs)),
            "sees_ticket": user.has_perm("complaints.view_ticket"),
            "form": ReplyForm() if self._may_reply(request, hand_over) else None,
        }

    def _may_reply(self, request: HttpRequest, hand_over: HandOver) -> bool:
        user = user_of(request)
        return (
            _waits(hand_over)
            and user.has_perm("complaints.reply_to_hand_over")
            and hand_over.department in departments_of(user)
        )

    def reply_to_hand_over_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Records the reply; after a refusal the typed text stays in the form."""
        hand_over: HandOver = self.record(request, pk)
        if not user_of(request).has_perm("complaints.reply_to_hand_over"):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseRedirect(self.record_url(hand_over))
        form = ReplyForm(request.POST, request.FILES)
        outcome = carry_out(
            form,
            lambda values: reply_to_hand_over(
                hand_over,
                values["text"],
                Upload(values["paper"].name, values["paper"]) if values["paper"] else None,
                by=actor_of(request),
                at=timezone.now(),
            ),
        )
        if outcome.result is None:
            page = self.show(
                request,
                self.record(request, pk),
                form=form,
                refusal=outcome.refusal,
                chosen=bool(request.FILES),
            )
            page.status_code = outcome.status
            return page
        messages.success(request, str(_("已答复，客服将据此答复用户。")))
        return HttpResponseRedirect(self.record_url(hand_over))


def _waits(hand_over: HandOver) -> bool:
    waits = hand_over.ticket.state == TicketState.HANDED_OVER
    return waits and getattr(hand_over, "reply", None) is None


def _mark(hand_over: HandOver) -> DueMark | None:
    """Returns the mark of the due time: compared with now while waiting, then with the reply's
    time.
    """
    reply = getattr(hand_over, "reply", None)
    if reply is not None:
        return DueMark(gettext("逾期答复"), "badge-bad") if reply.late else None
    if not _waits(hand_over):
        return None
    return due_mark(hand_over.due_at, ClockState.RUNNING, timezone.now())


def _standing(hand_over: HandOver) -> tuple[str, str]:
    """Returns colour and text of the badge: waiting, replied, or over without a reply."""
    if getattr(hand_over, "reply", None) is not None:
        return "badge-good", gettext("已答复")
    if _waits(hand_over):
        return "badge-warn", gettext("待答复")
    state = TicketState(hand_over.ticket.state)
    return look(state), gettext("未答复，工单%(state)s") % {"state": state.label}


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
