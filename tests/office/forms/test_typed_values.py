"""What people and programs send as text is read by one function for each kind of value."""

from datetime import date

import pytest
from django import forms

from office.forms.day_field import DayField
from office.forms.form_keys import FormKeyField, is_form_key, new_form_key
from office.forms.moment_field import MomentField
from office.forms.typed_numbers import LARGEST_KEY, read_number, read_page


class TestReadNumber:
    @pytest.mark.parametrize(
        ("text", "number"),
        [("0", 0), ("7", 7), ("007", 7), ("9223372036854775807", LARGEST_KEY)],
    )
    def test_reads_ascii_digits(self, text: str, number: int) -> None:
        assert read_number(text) == number

    @pytest.mark.parametrize(
        "text",
        [
            None,
            "",
            " 1",
            "-1",
            "+1",
            "1.0",
            "²",
            "１２",
            "٣",
            "1\n",
            "9223372036854775808",
            "9" * 9999,
        ],
    )
    def test_anything_else_is_no_number(self, text: str | None) -> None:
        assert read_number(text) is None

    def test_above_the_largest_is_no_number(self) -> None:
        assert [read_number(text, largest=9999) for text in ("9999", "10000")] == [9999, None]


class TestReadPage:
    @pytest.mark.parametrize(
        ("text", "page"),
        [("3", 3), ("10000", 10_000), ("10001", 1), ("0", 1), ("²", 1), ("", 1), (None, 1)],
    )
    def test_anything_that_is_no_page_is_the_first(self, text: str | None, page: int) -> None:
        assert read_page(text) == page


FAR_AWAY = "日期应在 1900 年至 2199 年之间，请核对年份。"


class TestDayField:
    @pytest.mark.parametrize("text", ["1900-01-01", "2199-12-31"])
    def test_reads_a_day(self, text: str) -> None:
        assert DayField().clean(text) == date.fromisoformat(text)

    @pytest.mark.parametrize("text", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
    def test_a_year_far_away_is_refused_with_a_sentence(self, text: str) -> None:
        with pytest.raises(forms.ValidationError, match=FAR_AWAY):
            DayField().clean(text)

    @pytest.mark.parametrize("text", ["2026-02-30", "²026-01-01", "0000-00-00", "01/02/2026"])
    def test_what_is_no_day_is_refused(self, text: str) -> None:
        with pytest.raises(forms.ValidationError):
            DayField().clean(text)


class TestMomentField:
    def test_reads_a_moment_in_shanghai(self) -> None:
        moment = MomentField().clean("2026-01-12T23:50")
        assert moment.isoformat() == "2026-01-12T23:50:00+08:00"

    @pytest.mark.parametrize("text", ["1899-12-31T23:59", "2200-01-01T00:00", "9999-12-30T23:59"])
    def test_a_year_far_away_is_refused_with_a_sentence(self, text: str) -> None:
        with pytest.raises(forms.ValidationError, match=FAR_AWAY):
            MomentField().clean(text)

    @pytest.mark.parametrize("text", ["0001-01-01T00:00", "9999-12-31T23:59"])
    def test_the_ends_of_the_calendar_are_refused(self, text: str) -> None:
        with pytest.raises(forms.ValidationError):
            MomentField().clean(text)


class _Form(forms.Form):
    key = FormKeyField()


class TestFormKey:
    def test_every_page_draws_another(self) -> None:
        keys = {new_form_key() for _page in range(100)}
        assert len(keys) == 100
        assert all(is_form_key(key) for key in keys)

    @pytest.mark.parametrize(
        "key", ["", "short", "a" * 65, "a" * 32 + "\n", "é" * 10, "a b c d e f"]
    )
    def test_a_damaged_key_is_refused_with_a_sentence(self, key: str) -> None:
        form = _Form({"key": key})
        assert not form.is_valid()
        assert form.errors["key"] == ["页面已失效，请重新打开页面后再办理。"]
