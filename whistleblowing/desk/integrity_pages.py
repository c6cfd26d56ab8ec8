"""The page of trainings and signed pledges."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from office.calendar import business_date
from office.forms.day_field import DayField
from office.outcomes import Outcome, carry_out
from whistleblowing.desk.access import reader_page
from whistleblowing.integrity.operations import (
    end_pledge_post,
    record_pledges,
    record_training,
    set_pledge_posts,
)
from whistleblowing.integrity.partners import partner_rate
from whistleblowing.integrity.queries import (
    people_missing,
    pledge_rates,
    pledge_years,
    year_of_training,
)
from whistleblowing.keys.report_keys import Reader
from whistleblowing.models import PledgeDuty, Training
from whistleblowing.words import PledgeKind

_SHOWN_MISSING = 200


class ListForm(forms.Form):
    """Numbers or codes, one a line, for a day."""

    entries = forms.CharField(
        max_length=60_000, widget=forms.Textarea({"rows": 4}), help_text=_("每行一个")
    )
    day = DayField()

    def lines(self) -> list[str]:
        """Returns the entries without blanks and repetitions."""
        return list(dict.fromkeys(self.cleaned_data["entries"].split()))


class PostsForm(ListForm):
    """Which posts sign a pledge, from a day on."""

    kind = forms.ChoiceField(label=_("承诺"), choices=PledgeKind.choices)
    field_order = ["kind", "entries", "day"]

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.fields["entries"].label = _("岗位编码")
        self.fields["day"].label = _("起始日期")


class PledgesForm(ListForm):
    """Who signed a pledge on a day."""

    kind = forms.ChoiceField(label=_("承诺"), choices=PledgeKind.choices)
    field_order = ["kind", "entries", "day"]

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.fields["entries"].label = _("工号")
        self.fields["day"].label = _("签署日期")


class TrainingForm(ListForm):
    """Who took part in a training."""

    topic = forms.CharField(label=_("培训内容"), max_length=120)
    field_order = ["topic", "entries", "day"]

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.fields["entries"].label = _("参加人员工号")
        self.fields["day"].label = _("培训日期")


class EndForm(forms.Form):
    """The duty of a post that ends."""

    record = forms.ModelChoiceField(PledgeDuty.objects.filter(last_day=None))


FORMS: dict[str, type[forms.Form]] = {
    "set_pledge_posts": PostsForm,
    "record_pledges": PledgesForm,
    "record_training": TrainingForm,
    "end_pledge_post": EndForm,
}


@require_http_methods(["GET", "HEAD", "POST"])
@reader_page
def audit_integrity(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Shows who owes a pledge and has not signed, and the year's figures; takes lists."""
    action = request.POST.get("action", "")
    bound = {name: form(request.POST if name == action else None) for name, form in FORMS.items()}
    outcome: Outcome[bool] = Outcome()
    if action in FORMS:
        outcome = carry_out(bound[action], _operation(action, bound[action], reader))
        if outcome.result:
            return redirect("audit_integrity")
    today = business_date(timezone.now())
    years = pledge_years(today)
    year = next((each for each in years if str(each) == request.GET.get("year")), today.year)
    shown = {
        "year": year,
        "years": years,
        "kinds": [
            (
                kind.label,
                pledge_rates(kind, year, today),
                people_missing(kind, year, today)[:_SHOWN_MISSING],
            )
            for kind in PledgeKind
        ],
        "partners": partner_rate(year, timezone.now()),
        "training": year_of_training(year),
        "trainings": Training.objects.filter(held_on__year=year),
        "duties": PledgeDuty.objects.filter(last_day=None)
        .select_related("post")
        .order_by("kind", "post__code"),
        "forms": bound,
        "refusal": outcome.refusal,
        "reader": reader,
    }
    status = outcome.status if action in FORMS else 200
    return render(request, "whistleblowing/desk/integrity.html", shown, status=status)


def _operation(name: str, form: Any, reader: Reader) -> Callable[[Mapping[str, Any]], bool]:
    """Returns what carries out a form's cleaned values; it answers True, also for no new row."""
    at = timezone.now()

    def carry(values: Mapping[str, Any]) -> bool:
        if name == "end_pledge_post":
            end_pledge_post(values["record"], by=reader, at=at)
        elif name == "record_training":
            record_training(values["topic"], values["day"], form.lines(), by=reader, at=at)
        else:
            kind = PledgeKind(values["kind"])
            operation = set_pledge_posts if name == "set_pledge_posts" else record_pledges
            operation(form.lines(), kind, values["day"], by=reader, at=at)
        return True

    return carry
