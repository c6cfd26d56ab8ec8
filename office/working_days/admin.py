"""The screens of the working calendar: the published versions, and the preview of the next one."""

from __future__ import annotations

from datetime import date
from typing import Any, BinaryIO, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office import journal
from office.forms.day_field import DayField
from office.forms.typed_numbers import read_number
from office.intake.small_sheet import read_small_sheet
from office.models import CalendarVersion
from office.refusals import Refused
from office.requests import actor_of, user_of
from office.screens.records import RecordAdmin, attempt
from office.working_days.arrangement import Arrangement, ReadArrangement, read_lines, read_rows
from office.working_days.operations import publish_calendar
from office.working_days.published import arrangement_of

MAY_PUBLISH = "office.publish_calendar"


class CalendarForm(forms.Form):
    """The form of a year's arrangement: a file, or days typed line by line.

    Valid, its data hold the days as `read` and, from the file, the number of the notice.
    """

    file = forms.FileField(
        label=_("文件"),
        required=False,
        help_text=_("XLSX 或 CSV，每行：日期、放假或上班、文号；也可在下面直接填写"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    lines = forms.CharField(
        label=_("日期"),
        required=False,
        max_length=8000,
        help_text=_("每行一天，如 2027-01-01 放假、2027-01-03 上班；周末放假不用写"),
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    notice = forms.CharField(
        label=_("文号"), max_length=80, required=False, help_text=_("如 国办发明电〔2025〕7号")
    )
    noticed_on = DayField(
        label=_("发文日期"),
        required=False,
    )
    reason = forms.CharField(
        label=_("修订原因"),
        max_length=200,
        required=False,
        help_text=_("这一年已有安排时必填"),
    )
    seen_ordinal = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Reads the days; a file goes before what was typed."""
        values = dict(super().clean() or {})
        file = values.get("file")
        try:
            read = _read_file(file) if file else read_lines(values.get("lines", ""))
        except Refused as refusal:
            raise forms.ValidationError({"file": refusal.sentence}) from None
        values["read"] = read
        values["notice"] = values.get("notice") or read.notice
        return values


def _read_file(file: File[Any]) -> ReadArrangement:
    """Reads the days from an XLSX or CSV file; raises Refused for a file that cannot be read."""
    return read_rows(read_small_sheet(cast(BinaryIO, file)))


@admin.register(CalendarVersion)
class CalendarVersionAdmin(RecordAdmin):
    record_page = "office/calendar_version.html"
    list_display = [
        "year_and_version",
        "in_force",
        "notice",
        "noticed_on",
        "day_count",
        "published_by",
        "published_at",
    ]
    list_display_links = ["year_and_version", "notice"]
    list_select_related = ["published_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        newest = CalendarVersion.objects.filter(year=OuterRef("year")).order_by("-ordinal")
        listed: QuerySet[Any] = rows.annotate(newest=Subquery(newest.values("ordinal")[:1]))
        return listed

    @admin.display(description=_("版本"), ordering=F("year"))
    def year_and_version(self, version: CalendarVersion) -> str:
        return str(version)

    @admin.display(description=_("现行"))
    def in_force(self, version: Any) -> str:
        return str(_("现行")) if version.ordinal == version.newest else ""

    @admin.display(description=_("放假与调休天数"))
    def day_count(self, version: CalendarVersion) -> int:
        return len(version.days_off) + len(version.days_at_work)

    def has_add_permission(self, request: HttpRequest) -> bool:
        user = user_of(request)
        return user.has_perm(MAY_PUBLISH) and user.sees_every_company

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Answers the form, then its preview, and publishes what was previewed.

        The preview's form has the buttons `change`, back to the form, and `publish`.
        """
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            form = CalendarForm(initial=self._begin(request.GET.get("year", "")))
            return self._form_page(request, form)
        form = CalendarForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._form_page(request, form)
        values = form.cleaned_data
        arrangement = values["read"].arrangement
        if arrangement is None or "change" in request.POST:
            return self._form_page(request, _refilled_form(values), values["read"])
        if "publish" in request.POST:
            version = attempt(
                request,
                lambda: publish_calendar(
                    arrangement,
                    notice=values["notice"],
                    noticed_on=values["noticed_on"],
                    reason=values["reason"],
                    seen_ordinal=values["seen_ordinal"],
                    by=actor_of(request),
                    at=timezone.now(),
                ),
                _("节假日安排已发布。"),
            )
            if version is not None:
                return redirect("admin:office_calendarversion_change", version.pk)
        return self._preview(request, values, arrangement)

    def _begin(self, year: str) -> dict[str, Any]:
        """Returns the values of the newest version of a year, with which a revision begins."""
        version = (
            CalendarVersion.objects.filter(year=number).order_by("ordinal").last()
            if (number := read_number(year, largest=9999)) is not None
            else None
        )
        if version is None:
            return {}
        return {
            "lines": arrangement_of(version).lines(),
            "notice": version.notice,
            "noticed_on": version.noticed_on,
        }

    def _form_page(
        self, request: HttpRequest, form: forms.Form, read: ReadArrangement | None = None
    ) -> HttpResponse:
        """Shows the form, with the lines that cannot be read."""
        faults = read.faults if read else []
        empty = read is not None and not faults and not read.days
        return self.page(
            request,
            "office/publish_calendar.html",
            form=form,
            faults=faults,
            empty=empty,
            title=_("发布节假日安排"),
        )

    def _preview(
        self, request: HttpRequest, values: dict[str, Any], arrangement: Arrangement
    ) -> HttpResponse:
        """Shows the year with its differences from the version in force.

        The form goes along hidden, with the days as lines instead of the file and with the version
        that the person compares with (`seen_ordinal`).
        """
        before = CalendarVersion.objects.filter(year=arrangement.year).order_by("ordinal").last()
        form = _refilled_form(values, seen_ordinal=before.ordinal if before else 0)
        for name in ("file", "lines"):
            form.fields[name].widget = forms.HiddenInput()
        del form.fields["file"]
        return self.page(
            request,
            "office/preview_calendar.html",
            form=form,
            arrangement=arrangement,
            months=months_of(arrangement),
            before=before,
            changes=_changes(before, arrangement),
            needless=values["read"].needless,
            title=_("核对 %(year)s 年节假日安排") % {"year": arrangement.year},
        )

    def record_context(self, request: HttpRequest, version: CalendarVersion) -> dict[str, Any]:
        versions = list(
            CalendarVersion.objects.filter(year=version.year).select_related("published_by")
        )
        return {
            "title": f"{version}",
            "months": months_of(arrangement_of(version)),
            "in_force": version.ordinal == versions[0].ordinal,
            "versions": versions,
            "may_publish": self.has_add_permission(request),
            "timeline": journal.timeline(version)[:5],
        }


def _refilled_form(values: dict[str, Any], **more_values: Any) -> CalendarForm:
    """Returns the form as it was sent, with the days of an uploaded file written into its lines:
    no browser sends a file a second time.
    """
    arrangement = values["read"].arrangement
    initial = {name: values[name] for name in ("lines", "notice", "noticed_on", "reason")}
    if arrangement is not None:
        initial["lines"] = arrangement.lines()
    return CalendarForm(initial={**initial, **more_values})


def months_of(arrangement: Arrangement) -> list[tuple[date, list[tuple[date, bool]]]]:
    """Returns the days grouped by month: (first day of the month, [(day, is worked)])."""
    days = sorted(
        [(day, False) for day in arrangement.days_off]
        + [(day, True) for day in arrangement.days_at_work]
    )
    months: dict[date, list[tuple[date, bool]]] = {}
    for day, works in days:
        months.setdefault(day.replace(day=1), []).append((day, works))
    return list(months.items())


def _changes(
    before: CalendarVersion | None, arrangement: Arrangement
) -> list[tuple[date, str, str]]:
    """Returns the days on which the new version differs from the one in force: (day, before,
    after); "" where the day is as on every calendar, work from Monday to Friday.
    """
    if before is None:
        return []
    old_words, new_words = _word_of_each_day(arrangement_of(before)), _word_of_each_day(arrangement)
    return [
        (day, old_words.get(day, ""), new_words.get(day, ""))
        for day in sorted(old_words.keys() | new_words.keys())
        if old_words.get(day) != new_words.get(day)
    ]


def _word_of_each_day(arrangement: Arrangement) -> dict[date, str]:
    """Returns 放假 or 上班 for every day that the arrangement names."""
    return dict.fromkeys(arrangement.days_off, str(_("放假"))) | dict.fromkeys(
        arrangement.days_at_work, str(_("上班"))
    )
