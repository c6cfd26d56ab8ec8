"""Departments and posts in time: a change never touches what was."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from heating.roles import AUDITOR, PERSONNEL
from office.actors import Actor
from office.models import Company, Department, JournalEntry, PostTerm, Rank
from office.organisation.on_day import chain_of_command, chart_on, colleagues, superiors
from office.organisation.people import appoint_person, end_appointment, enter_person, link_person
from office.organisation.structure import (
    PostFacts,
    close_department,
    close_post,
    open_department,
    set_post,
)
from office.refusals import NotAllowed, Refused
from tests.builders import HERE, NOW, a_company, a_member_of_staff
from tests.office.organisation.charts import (
    FIRST,
    a_department,
    a_person,
    a_post,
    an_appointment,
)

pytestmark = pytest.mark.django_db
MAY = date(2025, 5, 1)


@pytest.fixture
def company(db: None) -> Company:
    return a_company()


@pytest.fixture
def engineering(company: Company) -> Department:
    return a_department(company, "工程部")


class TestSetPost:
    def test_a_change_ends_what_was_and_the_chain_of_each_day_stays(
        self, company: Company, engineering: Department
    ) -> None:
        old_chief = a_post(engineering, "A1", Rank.DEPARTMENT_HEAD)
        new_chief = a_post(engineering, "A2", Rank.DEPARTMENT_HEAD)
        fitter = a_post(engineering, "A3", Rank.STAFF, old_chief)
        leaders = [a_person(company, "1", old_chief), a_person(company, "2", new_chief)]
        worker = a_person(company, "3", fitter)
        facts = PostFacts(engineering, "岗位A3", Rank.STAFF, new_chief)
        set_post(company, "A3", facts, first_day=MAY, by=HERE, at=NOW)
        assert superiors(worker, on=date(2025, 4, 30)) == [leaders[0]]
        assert chain_of_command(worker, on=MAY) == [leaders[1]]
        assert colleagues(worker, on=MAY) == leaders
        assert list(fitter.terms.order_by("first_day").values_list("first_day", "last_day")) == [
            (FIRST, date(2025, 4, 30)),
            (MAY, None),
        ]

    def test_the_same_facts_again_change_nothing(self, engineering: Department) -> None:
        a_post(engineering, "A1")
        a_post(engineering, "A1", first_day=MAY)
        term = PostTerm.objects.get()
        assert (term.first_day, term.last_day) == (FIRST, None)

    def test_a_superior_below_lower_or_not_set_up_is_refused(
        self, company: Company, engineering: Department
    ) -> None:
        head = a_post(engineering, "A1", Rank.DEPARTMENT_HEAD)
        deputy = a_post(engineering, "A2", Rank.DEPARTMENT_HEAD, head)
        late = a_post(engineering, "A4", Rank.DEPARTMENT_HEAD, first_day=MAY)
        before = list(PostTerm.objects.values_list())
        for code, rank, superior, reason in (
            ("A1", Rank.DEPARTMENT_HEAD, deputy, "superior_below"),
            ("A5", Rank.COMPANY_LEADER, head, "superior_lower"),
            ("A6", Rank.STAFF, late, "superior_closed"),
        ):
            facts = PostFacts(engineering, "新", rank, superior)
            with pytest.raises(Refused) as refusal:
                set_post(company, code, facts, first_day=date(2025, 2, 1), by=HERE, at=NOW)
            assert refusal.value.code == reason
        assert list(PostTerm.objects.values_list()) == before

    def test_a_day_before_the_setting_in_force_is_refused(
        self, company: Company, engineering: Department
    ) -> None:
        a_post(engineering, "A1", first_day=MAY)
        facts = PostFacts(engineering, "新名", Rank.STAFF)
        with pytest.raises(Refused, match="新的生效日期须在 2025-05-01 之后"):
            set_post(company, "A1", facts, first_day=MAY, by=HERE, at=NOW)
        assert PostTerm.objects.get().name == "岗位A1"

    def test_only_personnel_may_and_only_in_their_company(
        self, company: Company, engineering: Department
    ) -> None:
        facts = PostFacts(engineering, "新", Rank.STAFF)
        elsewhere = a_member_of_staff("personnel", PERSONNEL, a_company("21"))
        auditor = a_member_of_staff("auditor", AUDITOR, company)
        for user in (elsewhere, auditor):
            with pytest.raises(NotAllowed):
                set_post(company, "A1", facts, first_day=MAY, by=Actor.staff(user), at=NOW)
        assert PostTerm.objects.count() == 0


class TestClose:
    def test_a_post_that_is_taken_or_leads_is_not_closed(
        self, company: Company, engineering: Department
    ) -> None:
        head = a_post(engineering, "A1", Rank.DEPARTMENT_HEAD)
        fitter = a_post(engineering, "A2", Rank.STAFF, head)
        appointment = an_appointment(a_person(company, "1"), fitter)
        with pytest.raises(Refused, match="还有人任职"):
            close_post(fitter, last_day=MAY, by=HERE, at=NOW)
        with pytest.raises(Refused, match="还是其他岗位的上级"):
            close_post(head, last_day=MAY, by=HERE, at=NOW)
        end_appointment(appointment, last_day=MAY, reason="退休", by=HERE, at=NOW)
        close_post(fitter, last_day=MAY, by=HERE, at=NOW)
        with pytest.raises(Refused, match="还有下级部门或岗位"):
            close_department(engineering, last_day=MAY, by=HERE, at=NOW)
        close_post(head, last_day=MAY, by=HERE, at=NOW)
        close_department(engineering, last_day=MAY, by=HERE, at=NOW)
        later = chart_on(date(2025, 5, 2))
        assert (later.departments, later.posts, list(later.seats)) == ({}, {}, [])
        assert len(chart_on(MAY).posts) == 2

    def test_a_department_of_the_same_name_is_not_opened_twice(self, company: Company) -> None:
        first = a_department(company, "工程部")
        assert open_department(company, "工程部", first_day=MAY, by=HERE, at=NOW) == first
        assert JournalEntry.objects.filter(action="open_department").count() == 1


class TestPeople:
    def test_an_appointment_ends_once_with_its_reason(
        self, company: Company, engineering: Department
    ) -> None:
        appointment = an_appointment(a_person(company, "1"), a_post(engineering, "A1"))
        end_appointment(appointment, last_day=MAY, reason="调岗", by=HERE, at=NOW)
        with pytest.raises(Refused, match="已于 2025-05-01 结束"):
            end_appointment(appointment, last_day=FIRST, reason="误", by=HERE, at=NOW)
        appointment.refresh_from_db()
        assert (appointment.last_day, appointment.reason) == (MAY, "调岗")

    def test_days_that_overlap_and_posts_not_set_up_are_refused(
        self, company: Company, engineering: Department
    ) -> None:
        post, person = a_post(engineering, "A1"), a_person(company, "1")
        an_appointment(person, post, MAY)
        for day, reason in (
            (date(2025, 6, 1), "appointed_already"),
            (date(2024, 1, 1), "post_not_in_force"),
        ):
            with pytest.raises(Refused) as refusal:
                appoint_person(person, post, first_day=day, by=HERE, at=NOW)
            assert refusal.value.code == reason
        assert person.appointments.count() == 1

    def test_a_number_and_a_user_belong_to_one_person(self, company: Company) -> None:
        user = a_member_of_staff("li", AUDITOR, company)
        person = enter_person(company, "1", "李静", user=user, by=HERE, at=NOW)
        with pytest.raises(Refused, match="已登记为另一姓名的人员"):
            enter_person(company, "1", "王静", by=HERE, at=NOW)
        other = enter_person(company, "2", "王静", by=HERE, at=NOW)
        with pytest.raises(Refused, match="已关联另一人员"):
            link_person(other, user, by=HERE, at=NOW)
        link_person(person, None, by=HERE, at=NOW)
        assert link_person(other, user, by=HERE, at=NOW).user == user

    def test_the_database_lets_nobody_write_the_past_anew(
        self, company: Company, engineering: Department
    ) -> None:
        appointment = an_appointment(a_person(company, "1"), a_post(engineering, "A1"))
        term = PostTerm.objects.get()
        for rewrite in (
            lambda: PostTerm.objects.filter(pk=term.pk).update(rank=Rank.BOARD),
            lambda: appointment.delete(),
            lambda: Department.objects.filter(pk=engineering.pk).update(name="审计部"),
        ):
            with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
                rewrite()
        end_appointment(appointment, last_day=MAY, reason="调岗", by=HERE, at=NOW)
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            type(appointment).objects.update(last_day=None)
