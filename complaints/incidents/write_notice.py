"""The page of a notice: drafted, previewed as customers will read it, sent once."""

from typing import Any, Protocol

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from complaints.incidents.notice_texts import outage_ahead, outage_now, outage_over
from complaints.incidents.reach import affected_accounts
from complaints.incidents.recipients import jobs_of
from complaints.incidents.touched_communities import touched_communities
from complaints.models import Incident, Notice
from complaints.states import IncidentState
from office.outcomes import carry_out
from office.requests import actor_of
from office.screens.records import RecordAdmin

SEND = "send"


class Tells(Protocol):
    """The operation that a notice page calls to notify the affected accounts."""

    def __call__(self, incident: Incident, text: str, *, by: Any, at: Any) -> Notice: ...


class NoticeForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("内容"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 6, "autofocus": True}),
        help_text=gettext_lazy("将以短信发给用户，不超过 500 字"),
    )


def write_notice_page(
    screen: RecordAdmin,
    request: HttpRequest,
    incident: Incident,
    tell: Tells,
) -> HttpResponse:
    """Shows draft and preview; only the text of the last preview is sent."""
    sent = request.method == "POST"
    form = NoticeForm(request.POST if sent else {"text": _draft(incident)})
    refusal, status = None, 200
    text = form.cleaned_data["text"].strip() if form.is_valid() else ""
    if sent:
        if not form.is_valid():
            status = 422
        elif SEND in request.POST and request.POST.get("seen", "").split() == text.split():
            outcome = carry_out(
                form,
                lambda values: tell(
                    incident, values["text"], by=actor_of(request), at=timezone.now()
                ),
            )
            if outcome.result is not None:
                _tell_done(request, outcome.result)
                return HttpResponseRedirect(screen.record_url(incident))
            refusal, status = outcome.refusal, outcome.status
        elif SEND in request.POST:
            messages.warning(request, _("内容在预览之后改过，请核对预览再发布。"))
    page = screen.page(
        request,
        "complaints/incidents/write_notice.html",
        title=_("通知受影响用户"),
        incident=incident,
        form=form,
        seen=text,
        accounts=affected_accounts(incident).count(),
        refusal=refusal,
    )
    page.status_code = status
    return page


def _draft(incident: Incident) -> str:
    places = touched_communities(incident)
    hotline = incident.company.hotline
    if incident.state == IncidentState.RESTORED and incident.restored_at:
        return outage_over(places, incident.restored_at, hotline)
    ahead = incident.state in (IncidentState.REGISTERED, IncidentState.ANNOUNCED)
    if incident.planned and ahead:
        return outage_ahead(
            places, incident.cause, incident.starts_at, incident.expected_end_at, hotline
        )
    return outage_now(places, incident.cause, incident.expected_end_at, hotline)


def _tell_done(request: HttpRequest, notice: Notice) -> None:
    count = notice.accounts
    if jobs_of([notice]):
        text = ngettext("正在通知 %(count)s 户。", "正在通知 %(count)s 户。", count)
    else:
        text = ngettext("已通知 %(count)s 户。", "已通知 %(count)s 户。", count)
    messages.success(request, text % {"count": count})
