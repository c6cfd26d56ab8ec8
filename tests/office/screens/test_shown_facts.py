"""What a form compares when it is saved: the values that it showed with those on file now."""

from datetime import date
from typing import Any

import pytest
from django import forms

from office.forms.day_field import DayField
from office.screens.shown_facts import refuse_overwriting, shown_facts


class PlaceForm(forms.Form):
    name = forms.CharField()
    kind = forms.ChoiceField(choices=[("a", "甲类"), ("b", "乙类")])
    tags = forms.MultipleChoiceField(choices=[("1", "一"), ("2", "二"), ("3", "三")])
    since = DayField(required=False)
    remark = forms.CharField(required=False)
    number = forms.CharField(disabled=True, required=False)


SHOWN = {
    "name": "东站",
    "kind": "a",
    "tags": ["2", "1"],
    "since": date(2026, 1, 5),
    "remark": "",
    "number": "7",
}
SENT = {"name": "西站", "kind": "a", "tags": ["1", "2"], "since": "2026-01-05", "remark": ""}


def errors_after(change: dict[str, Any], **sent: Any) -> dict[str, Any]:
    """Returns the errors of the form when the record was changed after it was shown."""
    seen = shown_facts(PlaceForm(initial=SHOWN))
    form = PlaceForm({**SENT, "shown_facts": seen, **sent}, initial=SHOWN | change)
    refuse_overwriting(form)
    return {name: next(iter(faults)) for name, faults in form.errors.items()}


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({}, {}),
        ({"name": "南站"}, {"name": "南站"}),
        # Both typed the same.
        ({"name": "西站"}, {}),
        ({"kind": "b"}, {"kind": "乙类"}),
        ({"tags": ["1", "2"]}, {}),
        ({"tags": ["3"]}, {"tags": "三"}),
        ({"since": None}, {"since": "（空）"}),
        ({"since": date(2026, 2, 1)}, {"since": "2026-02-01"}),
        ({"remark": "停用", "kind": "b"}, {"remark": "停用", "kind": "乙类"}),
        ({"number": "8"}, {}),
    ],
)
def test_names_the_fields_and_their_new_values(
    change: dict[str, Any], refused: dict[str, str]
) -> None:
    assert errors_after(change) == {
        name: f"这一项刚被他人改为“{value}”，本次没有保存。请核对；再次提交即以您的为准。"
        for name, value in refused.items()
    }


@pytest.mark.parametrize("damaged", ["", ":", "name", "x:1,,:", "[" * 2000, "\ud800"])
def test_a_form_without_readable_hashes_is_refused_until_its_page_is_opened_anew(
    damaged: str,
) -> None:
    errors = errors_after({}, shown_facts=damaged)
    assert errors == {"__all__": "页面已失效，请重新打开页面后再办理。"}
    form = PlaceForm({**SENT, "shown_facts": damaged}, initial=SHOWN)
    # The form that is shown again is refused as well.
    assert shown_facts(form) == ""


def test_a_form_without_one_of_the_hashes_is_refused_too() -> None:
    seen = shown_facts(PlaceForm(initial=SHOWN))
    without_name = ",".join(part for part in seen.split(",") if not part.startswith("name:"))
    assert set(errors_after({"name": "南站"}, shown_facts=without_name)) == {"__all__"}
