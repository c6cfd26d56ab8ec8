"""What a form comes to: the operation's result, a refusal, or the form again with its cursor."""

from typing import Any

import pytest
from django import forms

from office.outcomes import carry_out
from office.refusals import Refused


class AForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput)
    name = forms.CharField(max_length=5, widget=forms.TextInput({"autofocus": True}))
    number = forms.IntegerField()
    choice = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)


GOOD = {"key": "k", "name": "王秀英", "number": "3", "choice": "a"}


def focused(form: forms.Form) -> list[str]:
    """The fields that ask for the cursor."""
    return [bound.name for bound in form if " autofocus" in str(bound)]


class TestCarryOut:
    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"number": "²"}, "number"),
            ({"name": "太长的户名了"}, "name"),
            ({"choice": "b"}, "choice"),
            ({"number": "", "choice": ""}, "number"),
            ({"key": "", "number": "x"}, "number"),
            # A hidden field takes no cursor.
            ({"key": ""}, "name"),
        ],
    )
    def test_an_invalid_form_keeps_what_was_typed_and_shows_the_fault(
        self, values: dict[str, str], field: str
    ) -> None:
        form = AForm(GOOD | values)
        outcome = carry_out(form, lambda _values: pytest.fail("the form is invalid"))
        assert (outcome.result, outcome.refusal, outcome.status) == (None, None, 422)
        assert focused(form) == [field]
        assert {name: form[name].value() for name in GOOD} == GOOD | values

    def test_the_fields_of_the_next_form_are_untouched(self) -> None:
        carry_out(AForm({}), lambda _values: None)
        assert focused(AForm()) == ["name"]

    def test_a_refusal_leaves_the_cursor_where_the_page_puts_it(self) -> None:
        def refuse(_values: Any) -> None:
            raise Refused("full", "已满。")

        form = AForm(GOOD)
        outcome = carry_out(form, refuse)
        assert (outcome.status, outcome.sentence(form)) == (409, "已满。")
        assert focused(form) == ["name"]
