"""Lists of posts and people: previewed, imported, refused rows with their reasons."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.core.files import File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from heating.roles import AUDITOR, PERSONNEL
from office.jobs.queue import run_job
from office.models import (
    Appointment,
    Company,
    Department,
    Job,
    OrganisationList,
    OrganisationListKind,
    Person,
    PostTerm,
)
from office.organisation.list_import import import_organisation_list
from office.organisation.on_day import chain_of_command
from tests.builders import HERE, NOW, a_company, a_member_of_staff

pytestmark = pytest.mark.django_db
POSTS, PEOPLE = OrganisationListKind.POSTS, OrganisationListKind.PEOPLE
HEAD = {
    "岗位编码": "11-GC-01",
    "岗位名称": "工程部部长",
    "部门": "工程部",
    "职级": "部门负责人",
    "上级岗位编码": "",
    "生效日期": "2025-01-01",
}
FITTER = HEAD | {
    "岗位编码": "11-GC-02",
    "岗位名称": "维修工",
    "部门": "工程部/二次网班",
    "职级": "6",
    "上级岗位编码": "11-GC-01",
}
WORKER = {
    "工号": "10023",
    "姓名": "赵强",
    "岗位编码": "11-GC-02",
    "任职日期": "2025/3/1",
    "离任日期": "",
    "登录名": "",
}
LEADER = WORKER | {"工号": "10001", "姓名": "钱伟", "岗位编码": "11-GC-01"}


@pytest.fixture
def company(db: None) -> Company:
    return a_company()


def content(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def take(
    kind: OrganisationListKind, *rows: dict[str, str], dry_run: bool = False
) -> OrganisationList:
    file: File[Any] = File(io.BytesIO(content(*rows)), name="清单.csv")
    return import_organisation_list(a_company(), kind, file, dry_run=dry_run, by=HERE, at=NOW)


def reasons(record: OrganisationList) -> list[tuple[int, str, str, str]]:
    return [
        (row["row"], row["name"], row["column"], row["says"])
        for row in record.report["rows_refused"]
    ]


class TestImportOrganisationList:
    def test_posts_and_people_become_a_chain_of_command(self, company: Company) -> None:
        posts, people = take(POSTS, HEAD, FITTER), take(PEOPLE, LEADER, WORKER)
        assert (posts.report["rows_new"], people.report["rows_new"]) == (2, 2)
        worker, leader = Person.objects.get(number="10023"), Person.objects.get(number="10001")
        assert chain_of_command(worker, on=date(2025, 3, 1)) == [leader]
        assert chain_of_command(worker, on=date(2025, 2, 28)) == []
        team = Department.objects.get(name="二次网班")
        assert (team.parent, team.company) == (Department.objects.get(name="工程部"), company)

    def test_the_preview_says_the_same_and_writes_nothing(self, company: Company) -> None:
        record = take(POSTS, HEAD, FITTER, dry_run=True)
        assert (record.report["rows_new"], record.report["rows_refused_count"]) == (2, 0)
        assert (PostTerm.objects.count(), Department.objects.count()) == (0, 0)

    def test_a_list_sent_again_finds_its_rows_on_file(self, company: Company) -> None:
        take(POSTS, HEAD, FITTER)
        take(PEOPLE, LEADER, WORKER | {"离任日期": "2025-09-30"})
        posts = take(POSTS, HEAD, FITTER)
        people = take(PEOPLE, LEADER, WORKER | {"离任日期": "2025-09-30"})
        for report in (posts.report, people.report):
            assert (report["rows_new"], report["rows_known"], report["rows_refused_count"]) == (
                *(0, 2, 0),
            )
        assert Appointment.objects.get(person__number="10023").last_day == date(2025, 9, 30)

    @pytest.mark.parametrize(
        ("wrong", "column", "says"),
        [
            (
                {"职级": "科长"},
                "职级",
                "职级应为董事、监事、集团负责人、公司领导、部门负责人、主管、普通员工",
            ),
            ({"部门": "工程部//班"}, "部门", "部门的路径中有空的一级"),
            ({"生效日期": "三月"}, "生效日期", "生效日期：日期无效"),
            ({"岗位名称": ""}, "岗位名称", "岗位名称为空"),
            (
                {"上级岗位编码": "X9"},
                "",
                "没有编码为 X9 的上级岗位；上级岗位的行须排在前面，或已在系统中。",
            ),
            ({"职级": "公司领导"}, "", "上级岗位 11-GC-01 的职级低于本岗位，请核对。"),
            ({"岗位编码": "岗1"}, "", "岗位编码由大写字母、数字、点和短横组成，不超过 20 个字。"),
        ],
    )
    def test_a_wrong_post_is_refused_by_row_column_and_reason(
        self, company: Company, wrong: dict[str, str], column: str, says: str
    ) -> None:
        row = FITTER | {"部门": "新部门"} | wrong
        record = take(POSTS, HEAD, row)
        assert reasons(record) == [(3, row["岗位名称"], column, says)]
        assert record.refused_file
        # What the refused row had begun is taken back whole.
        assert [department.name for department in Department.objects.all()] == ["工程部"]

    @pytest.mark.parametrize(
        ("wrong", "column", "says"),
        [
            ({"岗位编码": "X9"}, "", "本公司没有编码为 X9 的岗位。"),
            ({"登录名": "nobody"}, "", "没有登录名为 nobody 的用户。"),
            ({"任职日期": "2024-01-01"}, "", "岗位 11-GC-02 在 2024-01-01 没有设置，请核对日期。"),
            ({"离任日期": "2025-02-01"}, "", "截止日期不能早于 2025-03-01。"),
            ({"工号": ""}, "工号", "工号为空"),
        ],
    )
    def test_a_wrong_appointment_is_refused_and_leaves_no_person(
        self, company: Company, wrong: dict[str, str], column: str, says: str
    ) -> None:
        take(POSTS, HEAD, FITTER)
        record = take(PEOPLE, LEADER, WORKER | wrong)
        assert reasons(record) == [(3, "赵强", column, says)]
        assert [person.number for person in Person.objects.all()] == ["10001"]

    def test_a_user_is_linked_by_the_list(self, company: Company) -> None:
        user = a_member_of_staff("zhao", AUDITOR, company)
        take(POSTS, HEAD, FITTER)
        take(PEOPLE, WORKER | {"登录名": "zhao"})
        assert Person.objects.get().user == user


class TestScreens:
    def test_personnel_uploads_previews_imports_and_reads_the_chart(
        self, client: Client, company: Company
    ) -> None:
        user = a_member_of_staff("personnel", PERSONNEL, company)
        client.force_login(user)
        file = SimpleUploadedFile("岗位.csv", content(HEAD, FITTER))
        sent = {"company": company.pk, "kind": "posts", "file": file}
        answer = client.post(reverse("admin:office_organisationlist_add"), sent)
        job = Job.objects.get()
        assert answer.headers["Location"] == reverse(
            "admin:office_organisationlist_job", args=[job.pk]
        )
        run_job(job.pk)
        preview = OrganisationList.objects.get()
        page = client.get(reverse("admin:office_organisationlist_change", args=[preview.pk]))
        assert "11" not in PostTerm.objects.values_list("post__code", flat=True)
        assert "合格行" in page.content.decode()
        client.post(
            reverse("admin:office_organisationlist_import_organisation_list", args=[preview.pk])
        )
        run_job(Job.objects.latest("pk").pk)
        assert PostTerm.objects.count() == 2
        chart = client.get(
            reverse("admin:organisation_chart"), {"company": f"{company.pk}", "on": "2025-02-01"}
        )
        shown = chart.content.decode()
        assert shown.index("工程部部长") < shown.index("二次网班") < shown.index("维修工")
        earlier = client.get(
            reverse("admin:organisation_chart"), {"company": f"{company.pk}", "on": "2024-12-31"}
        )
        assert "这一天没有登记部门。" in earlier.content.decode()

    def test_a_person_s_page_shows_the_chain_of_the_day_asked_for(
        self, client: Client, company: Company
    ) -> None:
        take(POSTS, HEAD, FITTER)
        take(PEOPLE, LEADER, WORKER)
        client.force_login(a_member_of_staff("personnel", PERSONNEL, company))
        address = reverse(
            "admin:office_person_change", args=[Person.objects.get(number="10023").pk]
        )
        assert "钱伟" in client.get(address, {"on": "2025-03-01"}).content.decode()
        assert "钱伟" not in client.get(address, {"on": "2025-02-01"}).content.decode()
