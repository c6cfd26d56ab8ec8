"""Forms of the steps that a repairer's phone sends; a wrong value is refused with a sentence."""

from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from complaints.classes import PauseReason
from complaints.models import ItemKind, VisitOutcome
from complaints.visits.step_fields import (
    AmountField,
    CelsiusField,
    InstantField,
    KeyField,
    QuantityField,
    RowsField,
    StepForm,
    WordsField,
)
from complaints.visits.steps import (
    Completion,
    Deed,
    Finding,
    Item,
    Measurement,
    Onward,
    Pause,
    Photo,
    Resumption,
    Room,
    Stamp,
)
from office.documents.operations import Upload
from office.forms.day_field import DayField
from office.refusals import Invalid

_EXPIRED = _("页面已失效，请刷新后重新提交。")
_ITEMS_WRONG = _("用料与服务填写有误，请核对后重新提交。")
_ROOMS_WRONG = _("房间温度填写有误，请核对后重新提交。")


def _either(*codes: str, sentence: Any) -> dict[str, Any]:
    """Returns the same sentence for several kinds of fault of one field."""
    return dict.fromkeys(codes, sentence)


class StampForm(StepForm):
    """The step's key and its times by the phone's clock."""

    codes: ClassVar = {"key": "form_expired"}

    key = forms.UUIDField(error_messages=_either("required", "invalid", sentence=_EXPIRED))
    happened_at = InstantField(required=False)
    sent_at = InstantField(required=False)

    def stamp(self) -> Stamp:
        return Stamp(**self.checked())


class FindingForm(StepForm):
    finding = WordsField()

    def deed(self) -> Finding:
        return Finding(**self.checked())


class ItemForm(StepForm):
    """A row of a completion: a part or service to which the customer has consented."""

    codes: ClassVar = {
        "kind": "items_wrong",
        "consented_at": "items_wrong",
        "quantity": "quantity_wrong",
    }

    kind = forms.TypedChoiceField(
        choices=ItemKind.choices,
        coerce=ItemKind,
        error_messages=_either("required", "invalid_choice", sentence=_ITEMS_WRONG),
    )
    consented_at = InstantField(error_messages=_either("required", sentence=_ITEMS_WRONG))
    description = WordsField(120)
    quantity = QuantityField()
    yuan = AmountField()
    consented_by = WordsField(80)
    consent = KeyField(required=False)


class CompletionForm(StepForm):
    codes: ClassVar = {"outcome": "outcome_missing"}

    outcome = forms.TypedChoiceField(
        choices=VisitOutcome.choices,
        coerce=VisitOutcome,
        error_messages=_either("required", "invalid_choice", sentence=_("请选择上门结果。")),
    )
    work_done = WordsField()
    items = RowsField(ItemForm, code="items_wrong", sentence=_ITEMS_WRONG)
    confirmed_by = WordsField(80)
    signature = KeyField(required=False)

    def deed(self) -> Completion:
        values = self.checked()
        items = tuple(Item(amount_fen=row.pop("yuan"), **row) for row in values.pop("items"))
        return Completion(items=items, **values)


class PauseForm(StepForm):
    codes: ClassVar = {"reason": "reason_missing", "evidence": "evidence_missing"}

    reason = forms.TypedChoiceField(
        choices=PauseReason.choices,
        coerce=PauseReason,
        error_messages=_either("required", "invalid_choice", sentence=_("请选择暂停原因。")),
    )
    evidence = KeyField(
        error_messages=_either("required", sentence=_("暂停须附照片为证，请先拍照。"))
    )
    note = WordsField(200)

    def deed(self) -> Pause:
        return Pause(**self.checked())


class ResumptionForm(StepForm):
    note = WordsField()

    def deed(self) -> Resumption:
        return Resumption(**self.checked())


class PhotoForm(StepForm):
    codes: ClassVar = {"file": "file_missing"}

    # The archive checks the content; it also has the sentence for an empty file.
    file = forms.FileField(
        allow_empty_file=True,
        error_messages=_either(
            "required", "invalid", "missing", sentence=_("没有收到照片，请重新拍照。")
        ),
    )
    title = WordsField(120)

    def deed(self) -> Photo:
        values = self.checked()
        file = values["file"]
        return Photo(Upload(file.name or "photo", file), values["title"])


class RoomForm(StepForm):
    """A row of a measurement: the temperature of one room."""

    codes: ClassVar = {"celsius": "celsius_wrong"}

    room = WordsField(20)
    celsius = CelsiusField()


class MeasurementForm(StepForm):
    codes: ClassVar = {
        "tester": "signature_missing",
        "customer": "signature_missing",
        "calibrated_until": "calibration_missing",
        "outside": "celsius_wrong",
        "required": "celsius_wrong",
    }
    _unsigned = _either("required", sentence=_("测温须双方签字：请测温人和用户都签字。"))

    tester = KeyField(error_messages=_unsigned)
    customer = KeyField(error_messages=_unsigned)
    calibrated_until = DayField(
        error_messages=_either("required", "invalid", sentence=_("请填写仪器的检定有效期。")),
    )
    instrument = WordsField(40)
    rooms = RowsField(RoomForm, code="rooms_wrong", sentence=_ROOMS_WRONG)
    outside = CelsiusField()
    required = CelsiusField()
    customer_name = WordsField(80)

    def deed(self) -> Measurement:
        values = self.checked()
        rooms = tuple(Room(**row) for row in values.pop("rooms"))
        return Measurement(rooms=rooms, **values)


_ONWARD = frozenset({"accept_assignment", "depart", "arrive"})
_DeedForm = FindingForm | CompletionForm | PauseForm | ResumptionForm | PhotoForm | MeasurementForm
_FORMS: dict[str, type[_DeedForm]] = {
    "record_finding": FindingForm,
    "complete_visit": CompletionForm,
    "pause_ticket": PauseForm,
    "resume_ticket": ResumptionForm,
    "attach_document": PhotoForm,
    "record_temperature_test": MeasurementForm,
}


def read_stamp(posted: QueryDict) -> Stamp:
    """Returns the step's key and its times by the phone's clock."""
    return StampForm(posted).stamp()


def read_deed(posted: QueryDict, files: MultiValueDict[str, Any]) -> Deed:
    """Returns the content of the step, read by the form of its operation."""
    verb = posted.get("verb", "")
    if verb in _ONWARD:
        return Onward(verb)
    if verb not in _FORMS:
        raise Invalid("verb_unknown", _EXPIRED)
    return _FORMS[verb](posted, files).deed()
