"""登记故障停热: the page finds the places, shows what they reach, and then saves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.incidents.operations import Reach, register_incident
from complaints.incidents.places import KINDS, NamedPlace, Places, chosen_places, find_places
from complaints.incidents.reach import accounts_below, repairs_below
from complaints.models import Incident, IncidentLevel
from office.actors import Actor
from office.forms.company_choice import CompanyField
from office.forms.moment_field import MomentField
from office.forms.typed_numbers import read_number
from office.models import Company, User
from office.outcomes import carry_out
from office.requests import actor_of, user_of
from office.screens.records import RecordAdmin

FIND, COUNT, SAVE = "find", "count", "save"
MOST_FOUND = 30


class IncidentForm(forms.Form):
    company = CompanyField()
    cause = forms.CharField(
        label=gettext_lazy("原因"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    planned = forms.BooleanField(
        label=gettext_lazy("计划停热"),
        required=False,
        help_text=gettext_lazy("计划停热须在开始前登记并公告"),
    )
    starts_at = MomentField(label=gettext_lazy("开始时间"))
    expected_end_at = MomentField(label=gettext_lazy("预计恢复"), required=False)
    text = forms.CharField(
        label=gettext_lazy("查找热源、换热站、环路、小区或楼栋"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-enter": "find"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["company"]
        field.offer(user)

    def full_clean(self) -> None:
        """Validates the form; while the user is still searching places, no errors are shown."""
        super().full_clean()
        if FIND in self.data:
            self.errors.clear()

    @property
    def chosen_company(self) -> Company | None:
        """Returns the company chosen so far, among those the user may choose."""
        field: Any = self.fields["company"]
        if isinstance(self["company"].value(), Company):
            return self["company"].value()  # type: ignore[no-any-return]
        key = read_number(str(self["company"].value() or ""))
        return field.queryset.filter(pk=key).first() if key is not None else None


@dataclass(frozen=True)
class Affected:
    """How many accounts and tickets the ticked places affect; `seen` are the keys of the places."""

    level: IncidentLevel
    accounts: int
    tickets: int
    seen: str


def register_incident_page(screen: RecordAdmin, request: HttpRequest) -> HttpResponse:
    """Shows the page; it saves only after the count of exactly these places was shown."""
    user = user_of(request)
    posted = request.method == "POST"
    if posted:
        form = IncidentForm(user, request.POST)
    else:
        form = IncidentForm(user, initial={"starts_at": timezone.now()})
    company = form.chosen_company
    keys = request.POST.getlist("places")
    chosen = chosen_places(company, keys) if company and keys else Places()
    valid = posted and form.is_valid()
    reached = None
    if company and chosen.named:
        starts_at = form.cleaned_data.get("starts_at") or timezone.now()
        reached = _count(company, chosen, starts_at)
    refusal = None
    status = 200
    if COUNT in request.POST and not chosen.named:
        messages.warning(request, _("请先查找并勾选影响范围，再核对影响。"))
    if SAVE in request.POST and valid:
        if reached is not None and reached.seen != request.POST.get("seen"):
            messages.warning(request, _("请先核对影响的户数和工单，再登记。"))
        else:
            outcome = carry_out(
                form, lambda values: _register(values, chosen, actor_of(request), timezone.now())
            )
            if outcome.result is not None:
                return HttpResponseRedirect(screen.record_url(outcome.result))
            refusal, status = outcome.refusal, outcome.status
    elif posted and form.errors:
        status = 422
    page = screen.page(
        request,
        "complaints/incidents/register_incident.html",
        title=_("登记故障停热"),
        form=form,
        chosen=chosen.named,
        matches=_matches(form, company, chosen, user) if posted else [],
        looked=FIND in request.POST and bool(request.POST.get("text", "").strip()),
        reached=reached,
        refusal=refusal,
    )
    page.status_code = status
    return page


def _matches(
    form: IncidentForm, company: Company | None, chosen: Places, user: User
) -> list[NamedPlace]:
    """Returns the places that match the typed text and are not ticked yet."""
    if company is None:
        return []
    ticked = {place.key for place in chosen.named}
    text = str(form.data.get("text", ""))
    matches = find_places(text, user, company=company, kinds=KINDS, limit=MOST_FOUND)
    return [place for place in matches.named if place.key not in ticked]


def _count(company: Company, chosen: Places, starts_at: datetime) -> Affected:
    """Returns how much the places affect if the outage begins at `starts_at`."""
    return Affected(
        level=_reach(chosen).level,
        accounts=accounts_below(company, chosen.below).count(),
        tickets=repairs_below(company, chosen.below, starts_at=starts_at).count(),
        seen=",".join(sorted(place.key for place in chosen.named)),
    )


def _reach(chosen: Places) -> Reach:
    """Returns the places in the form that the operation takes."""
    return Reach(
        chosen.heat_sources,
        chosen.heat_stations,
        chosen.loops,
        chosen.communities,
        chosen.buildings,
    )


def _register(values: Mapping[str, Any], chosen: Places, by: Actor, at: datetime) -> Incident:
    """Registers the incident; the same form sent again returns the first incident."""
    same_incident = Incident.objects.filter(
        company=values["company"],
        cause=values["cause"].strip(),
        starts_at=values["starts_at"],
        registered_by=by.user,
    ).first()
    if same_incident is not None:
        return same_incident
    return register_incident(
        values["company"],
        values["cause"],
        _reach(chosen),
        starts_at=values["starts_at"],
        expected_end_at=values["expected_end_at"],
        planned=values["planned"],
        by=by,
        at=at,
    )
