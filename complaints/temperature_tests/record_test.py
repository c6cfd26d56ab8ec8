"""登记测温: rooms and times, the instrument and both signatures on one page."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.models import SpotCheckItem, TemperatureTest, Ticket
from complaints.spot_checks.operations import link_spot_check
from complaints.temperature_tests.operations import (
    Instrument,
    Reading,
    Signatures,
    record_temperature_test,
)
from customers.models import Account
from office.actors import Actor
from office.documents.operations import Upload, attach_document
from office.forms.day_field import DayField
from office.forms.moment_field import MomentField
from office.forms.typed_numbers import read_number
from office.models import Document, User
from office.outcomes import carry_out
from office.refusals import Invalid
from office.requests import actor_of, user_of
from office.screens.records import RecordAdmin

ROWS = 6
PICTURES = ".jpg,.jpeg,.png,.pdf"


def _signature(label: Any) -> forms.FileField:
    """Returns the form field for a signature."""
    return forms.FileField(
        label=label,
        help_text=gettext_lazy("签字的照片或扫描件，不超过 20 MB"),
        widget=forms.FileInput(attrs={"accept": PICTURES}),
    )


class MeasurementForm(forms.Form):
    account_number = forms.CharField(
        label=gettext_lazy("户号"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    ticket_number = forms.CharField(
        label=gettext_lazy("工单号"),
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    instrument = forms.CharField(label=gettext_lazy("仪器编号"), max_length=40)
    calibrated_until = DayField(label=gettext_lazy("检定有效期至"))
    measured_at = MomentField(
        label=gettext_lazy("测温时间"), help_text=gettext_lazy("各房间时间不同时，在下面分别填写")
    )
    outside = forms.DecimalField(
        label=gettext_lazy("室外温度 (°C)"), max_digits=4, decimal_places=1
    )
    required = forms.DecimalField(
        label=gettext_lazy("约定室温 (°C)"), max_digits=4, decimal_places=1, initial=18
    )
    customer_name = forms.CharField(label=gettext_lazy("用户签字人"), max_length=80)
    tester_signature = _signature(gettext_lazy("测温人签字"))
    customer_signature = _signature(gettext_lazy("用户签字"))
    spot_check = forms.ModelChoiceField(
        SpotCheckItem.objects.none(), required=False, widget=forms.HiddenInput
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        field: Any = self.fields["spot_check"]
        field.queryset = SpotCheckItem.objects.visible_to(user).select_related("plan", "account")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        number = values.get("account_number", "").strip()
        accounts = list(
            Account.objects.visible_to(self.user)
            .filter(number=number)
            .select_related("company", "premise")[:2]
        )
        if number and len(accounts) != 1:
            self.add_error("account_number", _("没有这个户号，请核对。"))
        values["account"] = accounts[0] if accounts else None
        ticket_number = values.get("ticket_number", "").strip()
        values["ticket"] = Ticket.objects.visible_to(self.user).filter(number=ticket_number).first()
        if ticket_number and values["ticket"] is None:
            self.add_error("ticket_number", _("没有这张工单，请核对。"))
        return values


class ReadingForm(forms.Form):
    """A form row for one room; an empty row is ignored."""

    room = forms.CharField(max_length=20, label=gettext_lazy("房间"))
    celsius = forms.DecimalField(label=gettext_lazy("温度 (°C)"), max_digits=4, decimal_places=1)
    measured_at = MomentField(label=gettext_lazy("时间"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label


ReadingForms = forms.formset_factory(ReadingForm, extra=ROWS, max_num=20, absolute_max=20)


def record_test_page(screen: RecordAdmin, request: HttpRequest) -> HttpResponse:
    """Shows the form; after a refusal only the files have to be chosen again."""
    user = user_of(request)
    refusal, status = None, 200
    if request.method == "POST":
        form = MeasurementForm(user, request.POST, request.FILES)
        rows = ReadingForms(request.POST, prefix="reading")
        status = 422
        if rows.is_valid():
            outcome = carry_out(
                form,
                lambda values: _record(
                    values, rows.cleaned_data, actor_of(request), timezone.now()
                ),
            )
            if outcome.result is not None:
                messages.success(request, _("测温已登记。"))
                return HttpResponseRedirect(screen.record_url(outcome.result))
            refusal, status = outcome.refusal, outcome.status
    else:
        form = MeasurementForm(user, initial=_initial(request, user))
        rows = ReadingForms(prefix="reading")
    page = screen.page(
        request,
        "complaints/temperature_tests/record_temperature_test.html",
        title=_("登记测温"),
        form=form,
        rows=rows,
        refusal=refusal,
    )
    page.status_code = status
    return page


def _initial(request: HttpRequest, user: User) -> dict[str, Any]:
    """Returns the initial values that the linking page passes along."""
    initial: dict[str, Any] = {"measured_at": timezone.now()}
    item, ticket = request.GET.get("spot_check", ""), request.GET.get("ticket", "")
    if (item_key := read_number(item)) is not None:
        linked_item = SpotCheckItem.objects.visible_to(user).filter(pk=item_key).first()
        if linked_item is not None:
            initial |= {"spot_check": linked_item, "account_number": linked_item.account.number}
    elif (ticket_key := read_number(ticket)) is not None:
        tickets = Ticket.objects.visible_to(user).select_related("account")
        linked_ticket = tickets.filter(pk=ticket_key).first()
        if linked_ticket is not None:
            number = linked_ticket.account.number if linked_ticket.account else ""
            initial |= {"ticket_number": linked_ticket.number, "account_number": number}
    return initial


def _record(
    values: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], by: Actor, at: datetime
) -> TemperatureTest:
    """Attaches both signatures and records the test; the same form again returns the first test."""
    readings = [
        Reading(row["room"], row["measured_at"] or values["measured_at"], row["celsius"])
        for row in rows
        if row
    ]
    account, ticket = values["account"], values["ticket"]
    if readings and (recorded := _recorded_already(values, readings)):
        return recorded
    with transaction.atomic():
        papers = [
            _attach_signature(account, ticket, values[name], by, at)
            for name in ("tester_signature", "customer_signature")
        ]
        test = record_temperature_test(
            account,
            readings,
            Instrument(values["instrument"], values["calibrated_until"]),
            Signatures(papers[0], papers[1], values["customer_name"]),
            outside=values["outside"],
            required=values["required"],
            ticket=ticket,
            by=by,
            at=at,
        )
        if values["spot_check"] is not None:
            link_spot_check(values["spot_check"], test, by=by, at=at)
    return test


def _recorded_already(
    values: Mapping[str, Any], readings: Sequence[Reading]
) -> TemperatureTest | None:
    """Returns the test that the same form recorded before, so that a repeat gets the same
    answer.
    """
    last = max(reading.measured_at for reading in readings)
    return TemperatureTest.objects.filter(
        account=values["account"], instrument=values["instrument"].strip(), tested_at=last
    ).first()


def _attach_signature(
    account: Account, ticket: Ticket | None, file: Any, by: Actor, at: datetime
) -> Document:
    """Attaches a signature to the ticket, or to the account if there is no ticket."""
    if not file.name.lower().endswith(tuple(PICTURES.split(","))):
        raise Invalid("signature_kind", _("签字请上传 JPG、PNG 或 PDF。"))
    return attach_document(
        ticket or account,
        Upload(file.name, file),
        company=account.company,
        kind="signature",
        by=by,
        at=at,
    )
