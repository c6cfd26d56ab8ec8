"""Years of the working calendar: published, revised, imported, never changed."""

from datetime import date, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heating.roles import AGENT, SERVICE_MANAGER, SYSTEM_ADMINISTRATOR
from office.actors import Actor
from office.calendar import NOTHING_PUBLISHED, working_calendar
from office.intake.small_sheet import LARGEST, read_small_sheet
from office.management.commands.import_calendar import from_package
from office.models import CalendarVersion, JournalEntry, User
from office.refusals import Invalid, NotAllowed, Refused
from office.working_days.arrangement import Arrangement, read_lines, read_rows
from office.working_days.operations import publish_calendar
from office.working_days.published import arrangement_of
from tests.builders import NOW, a_company, a_member_of_staff

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system("tests")
NEW_YEAR = date(2027, 1, 1)
WEEK = tuple(date(2027, 2, 8) + timedelta(days=n) for n in range(5))
NEXT_WEEK = tuple(day + timedelta(days=7) for day in WEEK)
MADE_UP = (date(2027, 2, 6), date(2027, 2, 20))
YEAR = Arrangement(2027, (NEW_YEAR, *WEEK, *NEXT_WEEK), MADE_UP)
NOTICE = "国办发明电〔2026〕9号"


def publish(arrangement: Arrangement = YEAR, **changes: Any) -> CalendarVersion:
    arguments: dict[str, Any] = {"notice": NOTICE, "by": SYSTEM, "at": NOW, **changes}
    return publish_calendar(arrangement, **arguments)


def a_person(role: Any, *, group_wide: bool = True) -> User:
    user = a_member_of_staff("somebody", role, a_company("11"))
    user.group_wide = group_wide
    user.save()
    return user


class TestPublishCalendar:
    def test_a_year_is_known_from_its_first_version(self) -> None:
        assert not working_calendar().knows(NEW_YEAR)
        version = publish()
        calendar = working_calendar()
        assert (version.year, version.ordinal, str(version)) == (2027, 1, "2027 年第 1 版")
        assert calendar.knows(NEW_YEAR)
        assert calendar.number == version.pk
        assert [calendar.is_working(day) for day in (NEW_YEAR, MADE_UP[0])] == [False, True]
        line = JournalEntry.objects.get(action="publish_calendar")
        assert (line.record_id, line.facts["ordinal"]) == (version.pk, 1)

    def test_a_revision_is_a_further_version_and_the_first_stays_readable(self) -> None:
        first = publish()
        revised = Arrangement(2027, YEAR.days_off[1:], MADE_UP)
        second = publish(revised, reason="元旦改为上班", seen_ordinal=1)
        assert (second.ordinal, second.reason) == (2, "元旦改为上班")
        assert working_calendar().is_working(NEW_YEAR)
        assert not working_calendar(first.pk).is_working(NEW_YEAR)
        assert not working_calendar(first.pk - 1).knows(NEW_YEAR)
        assert working_calendar(NOTHING_PUBLISHED).known_years == frozenset()
        assert arrangement_of(second) == revised

    def test_asking_for_the_calendar_is_one_statement(self) -> None:
        publish()
        with CaptureQueriesContext(connection) as queries:
            working_calendar()
        assert len(queries) == 1

    @pytest.mark.parametrize(
        ("arrangement", "changes", "code"),
        [
            (YEAR, {"notice": " "}, "notice_missing"),
            (YEAR, {"noticed_on": NOW.date() + timedelta(days=9)}, "notice_ahead"),
            (YEAR, {"noticed_on": date(2016, 11, 1)}, "day_too_early"),
            (Arrangement(2028, YEAR.days_off, MADE_UP), {}, "other_year"),
            (Arrangement(2027, (*YEAR.days_off, date(2027, 2, 7)), ()), {}, "needless_day"),
            (Arrangement(2027, YEAR.days_off, (NEW_YEAR,)), {}, "needless_day"),
            (Arrangement(2027, WEEK, MADE_UP), {}, "not_a_whole_year"),
            (YEAR, {"seen_ordinal": 1}, "calendar_changed"),
        ],
    )
    def test_what_cannot_be_right_is_refused(
        self, arrangement: Arrangement, changes: dict[str, Any], code: str
    ) -> None:
        before = CalendarVersion.objects.count()
        with pytest.raises(Refused) as refused:
            publish(arrangement, **changes)
        assert refused.value.code == code
        assert CalendarVersion.objects.count() == before

    def test_a_known_year_wants_a_difference_and_a_reason(self) -> None:
        publish()
        with pytest.raises(Refused, match="相同"):
            publish(reason="再发一次")
        with pytest.raises(Invalid, match="修订原因"):
            publish(Arrangement(2027, YEAR.days_off[1:], MADE_UP))
        with pytest.raises(Refused, match="刚刚被他人发布"):
            publish(Arrangement(2027, YEAR.days_off[1:], MADE_UP), reason="改", seen_ordinal=0)
        assert CalendarVersion.objects.filter(year=2027).count() == 1

    def test_by_whom(self) -> None:
        agent = a_member_of_staff("agent", AGENT, a_company("11"))
        for user, sentence in ((agent, "没有办理此业务的权限"), (None, "全集团")):
            publisher = user or a_person(SERVICE_MANAGER, group_wide=False)
            with pytest.raises(NotAllowed, match=sentence):
                publish(by=Actor.staff(publisher))
        publisher.group_wide = True
        publisher.save()
        assert publish(by=Actor.staff(User.objects.get(pk=publisher.pk))).published_by == publisher

    def test_a_published_version_never_changes(self) -> None:
        publish()
        for change in (
            lambda: CalendarVersion.objects.update(notice="另一个"),
            lambda: CalendarVersion.objects.filter(year=2027).delete(),
        ):
            with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                change()


class TestFirstVersions:
    def test_the_years_to_2026_are_those_of_chinesecalendar(self) -> None:
        for year in (2024, 2025, 2026):
            version = CalendarVersion.objects.get(year=year)
            assert arrangement_of(version) == from_package(year)
            assert (version.ordinal, f"{version.noticed_on}"[:4]) == (1, f"{year - 1}")
            assert version.notice.startswith(f"国办发明电〔{year - 1}〕")


class TestReadArrangement:
    def test_lines_are_what_they_are_written_as(self) -> None:
        assert read_lines(YEAR.lines()).arrangement == YEAR

    def test_days_that_need_no_row_are_told(self) -> None:
        read = read_lines(f"{YEAR.lines()}\n2027-01-02 放假\n2027-03-01 上班\n")
        assert read.arrangement == YEAR
        assert read.needless == [date(2027, 1, 2), date(2027, 3, 1)]

    def test_what_is_wrong_with_each_row(self) -> None:
        read = read_rows(
            [
                (1, ["日期", "安排", "文号"]),
                (2, ["2027-02-30", "放假"]),
                (3, ["2027-01-01", "调休"]),
                (4, ["2027-01-04", "放假"]),
                (5, ["2027/1/4", "上班"]),
                (6, ["", None]),
                (7, ["2027年5月3日"]),
            ]
        )
        assert [(fault.row, str(fault.says)) for fault in read.faults] == [
            (2, "日期应如 2027-01-01"),
            (3, "第二列应写“放假”或“上班”"),
            (5, "同一天既写放假又写上班"),
            (7, "第二列应写“放假”或“上班”"),
        ]
        assert read.arrangement is None

    @pytest.mark.parametrize(
        ("more", "says"),
        [
            ("2028-01-03 放假", "一次只能导入一个年度"),
            ("2027-05-03 放假 甲\n2027-05-04 放假 乙", "文号不一致"),
        ],
    )
    def test_one_year_and_one_paper_at_a_time(self, more: str, says: str) -> None:
        read = read_lines(f"{YEAR.lines()}\n{more}")
        assert [says in str(fault.says) for fault in read.faults] == [True]

    def test_half_a_year_is_not_a_year(self) -> None:
        (fault,) = read_lines("2027-01-01 放假").faults
        assert "不足 10 天" in str(fault.says)


class TestReadSmallSheet:
    def test_text_of_either_encoding(self) -> None:
        for encoding in ("utf-8-sig", "gb18030"):
            file = BytesIO(_csv().encode(encoding))
            read = read_rows(read_small_sheet(file))
            assert (read.arrangement, read.notice) == (YEAR, NOTICE)

    def test_a_workbook_with_real_dates(self) -> None:
        assert read_rows(read_small_sheet(BytesIO(_workbook()))).arrangement == YEAR

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"x" * (LARGEST + 1), "sheet_too_large"),
            (b"PK\x03\x04broken", "workbook_damaged"),
            (b"\xff\xfe\x00\x81\x81\xff", "encoding_unknown"),
        ],
    )
    def test_what_is_no_list_is_refused(self, content: bytes, code: str) -> None:
        with pytest.raises(Invalid) as refused:
            read_small_sheet(BytesIO(content))
        assert refused.value.code == code


class TestImportCalendar:
    def test_a_file_is_checked_and_then_published(self, tmp_path: Path) -> None:
        path = tmp_path / "2027.csv"
        path.write_text(_csv(), encoding="utf-8")
        out = StringIO()
        call_command("import_calendar", str(path), "--dry-run", stdout=out)
        assert "2027-01-01 放假" in out.getvalue()
        assert not CalendarVersion.objects.filter(year=2027).exists()
        call_command("import_calendar", str(path), stdout=out)
        version = CalendarVersion.objects.get(year=2027)
        assert (arrangement_of(version), version.notice) == (YEAR, NOTICE)

    def test_a_wrong_file_publishes_nothing(self, tmp_path: Path) -> None:
        path = tmp_path / "2027.csv"
        path.write_text(_csv() + "2027-13-01,放假\n", encoding="utf-8")
        err = StringIO()
        with pytest.raises(CommandError, match="没有发布"):
            call_command("import_calendar", str(path), stderr=err)
        assert err.getvalue() == "第 15 行：日期应如 2027-01-01\n"
        assert not CalendarVersion.objects.filter(year=2027).exists()

    def test_the_package_gives_what_it_knows_and_guesses_nothing(self) -> None:
        with pytest.raises(CommandError, match="没有 2040 年"):
            call_command("import_calendar", "--from-chinesecalendar", "2040")
        with pytest.raises(CommandError, match="文号"):
            call_command("import_calendar", "--from-chinesecalendar", "2023", stdout=StringIO())
        out = StringIO()
        call_command(
            *(
                "import_calendar",
                "--from-chinesecalendar",
                "2023",
                "--notice",
                "国办发明电〔2022〕16号",
            ),
            stdout=out,
        )
        assert "已发布：2023 年第 1 版" in out.getvalue()
        assert not working_calendar().is_working(date(2023, 1, 23))


class TestCalendarPages:
    ADD = "admin:office_calendarversion_add"

    def test_a_file_is_shown_before_it_is_published(self, client: Client) -> None:
        client.force_login(a_person(SYSTEM_ADMINISTRATOR))
        file = SimpleUploadedFile("2027.csv", _csv().encode())
        shown = client.post(reverse(self.ADD), {"file": file, "preview": ""})
        page = shown.content.decode()
        assert "这一年第一次发布" in page
        assert not CalendarVersion.objects.filter(year=2027).exists()
        sent = dict(shown.context["form"].initial) | {"publish": "", "noticed_on": ""}
        done = client.post(reverse(self.ADD), sent, follow=True)
        version = CalendarVersion.objects.get(year=2027)
        assert (arrangement_of(version), version.notice) == (YEAR, NOTICE)
        assert "2027 年第 1 版" in done.content.decode()

    def test_faults_are_shown_row_by_row(self, client: Client) -> None:
        client.force_login(a_person(SYSTEM_ADMINISTRATOR))
        form = {"lines": "2027-01-01 放假\n明天 放假", "notice": NOTICE, "publish": ""}
        page = client.post(reverse(self.ADD), form).content.decode()
        assert "日期应如 2027-01-01" in page
        assert not CalendarVersion.objects.filter(year=2027).exists()

    def test_a_revision_begins_with_what_holds_and_shows_the_difference(
        self, client: Client
    ) -> None:
        publish()
        client.force_login(a_person(SERVICE_MANAGER))
        form = client.get(reverse(self.ADD), {"year": "2027"}).context["form"]
        assert read_lines(form.initial["lines"]).arrangement == YEAR
        lines = form.initial["lines"].replace("2027-01-01 放假\n", "")
        fields = {"lines": lines, "notice": NOTICE, "reason": "改", "preview": ""}
        shown = client.post(reverse(self.ADD), fields)
        assert shown.context["changes"] == [(NEW_YEAR, "放假", "")]
        publish(Arrangement(2027, YEAR.days_off[2:], MADE_UP), reason="他人先发")
        late = dict(shown.context["form"].initial) | {"publish": "", "noticed_on": ""}
        page = client.post(reverse(self.ADD), late).content.decode()
        assert "刚刚被他人发布" in page
        assert CalendarVersion.objects.filter(year=2027).count() == 2

    def test_list_and_version(self, client: Client) -> None:
        first = publish()
        publish(Arrangement(2027, YEAR.days_off[1:], MADE_UP), reason="元旦改为上班")
        client.force_login(a_member_of_staff("agent", AGENT, a_company("11")))
        listed = client.get(reverse("admin:office_calendarversion_changelist"))
        assert "2027 年第 2 版" in listed.content.decode()
        page = client.get(reverse("admin:office_calendarversion_change", args=[first.pk]))
        assert "元旦改为上班" not in page.content.decode()
        assert client.get(reverse(self.ADD)).status_code == 403


def _csv() -> str:
    rows = [line.replace(" ", ",") + f",{NOTICE}" for line in YEAR.lines().splitlines()]
    return "\n".join(["日期,安排,文号", *rows, ""])


def _workbook() -> bytes:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as workbook:
        sheet, form = workbook.add_worksheet(), workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["日期", "安排"])
        for row, line in enumerate(YEAR.lines().splitlines(), start=1):
            day, word = line.split()
            sheet.write_datetime(row, 0, date.fromisoformat(day), form)
            sheet.write_string(row, 1, word)
    return buffer.getvalue()
