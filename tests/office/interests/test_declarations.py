"""Declaring an interest, ending it, and who reads it."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from heating.roles import CASHIER, CLERK, PERSONNEL
from office.actors import Actor
from office.calendar import business_date
from office.interests.on_day import relations_on
from office.interests.operations import (
    InterestFacts,
    declare_interest,
    end_interest,
    enter_interest,
)
from office.models import Company, InterestDeclaration, InterestScene, JournalEntry, Person
from office.organisation.people import link_person
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import HERE, NOW, a_company, a_member_of_staff
from tests.office.organisation.charts import a_person

pytestmark = pytest.mark.django_db
TODAY = business_date(NOW)


@pytest.fixture
def company(db: None) -> Company:
    return a_company()


@pytest.fixture
def clerk(company: Company) -> Person:
    """A clerk with a user."""
    user = a_member_of_staff("clerk", CLERK, company)
    return link_person(a_person(company, "1"), user, by=HERE, at=NOW)


def _by(person: Person) -> Actor:
    assert person.user is not None
    return Actor.staff(person.user)


class TestDeclareInterest:
    def test_it_counts_from_its_first_to_its_last_day(
        self, company: Company, clerk: Person
    ) -> None:
        other = a_person(company, "2")
        facts = InterestFacts(InterestScene.RELATIVE, "夫妻", date(2025, 3, 1), other)
        declaration = declare_interest(facts, by=_by(clerk), at=NOW)
        end_interest(declaration, last_day=TODAY, reason="离职", by=_by(clerk), at=NOW)
        assert relations_on(date(2025, 2, 28)).relatives_of(other.pk) == frozenset()
        assert relations_on(TODAY).relatives_of(other.pk) == {clerk.pk}
        assert relations_on(TODAY + timedelta(days=1)).relatives_of(other.pk) == frozenset()

    def test_the_journal_says_that_not_what(self, clerk: Person) -> None:
        facts = InterestFacts(InterestScene.STAKE, "持股 5%", TODAY, party="华源管件")
        declare_interest(facts, by=_by(clerk), at=NOW)
        assert JournalEntry.objects.get(action="declare_interest").facts == {}

    def test_nobody_in_it_and_a_user_without_a_person_are_refused(
        self, company: Company, clerk: Person
    ) -> None:
        nobody = InterestFacts(InterestScene.STAKE, "持股", TODAY)
        relative = InterestFacts(InterestScene.RELATIVE, "夫妻", TODAY, party="华源管件")
        for facts, code in ((nobody, "interest_with_nobody"), (relative, "relative_missing")):
            with pytest.raises(Invalid) as refusal:
                declare_interest(facts, by=_by(clerk), at=NOW)
            assert refusal.value.code == code
        cashier = Actor.staff(a_member_of_staff("cashier", CASHIER, company))
        sound = InterestFacts(InterestScene.STAKE, "持股", TODAY, party="华源管件")
        with pytest.raises(Refused, match="还没有关联人员档案"):
            declare_interest(sound, by=cashier, at=NOW)
        assert InterestDeclaration.objects.count() == 0

    def test_an_end_in_the_past_or_by_somebody_else_is_refused(
        self, company: Company, clerk: Person
    ) -> None:
        facts = InterestFacts(InterestScene.STAKE, "持股", TODAY, party="华源管件")
        declaration = declare_interest(facts, by=_by(clerk), at=NOW)
        yesterday = TODAY - timedelta(days=1)
        with pytest.raises(Invalid, match="不能早于今天"):
            end_interest(declaration, last_day=yesterday, reason="x", by=_by(clerk), at=NOW)
        cashier = Actor.staff(a_member_of_staff("cashier", CASHIER, company))
        with pytest.raises(NotAllowed):
            end_interest(declaration, last_day=TODAY, reason="x", by=cashier, at=NOW)
        declaration.refresh_from_db()
        assert declaration.last_day is None


class TestWhoReads:
    def test_everybody_reads_their_own_and_personnel_those_of_the_company(
        self, client: Client, company: Company, clerk: Person
    ) -> None:
        personnel = a_member_of_staff("personnel", PERSONNEL, company)
        elsewhere = a_member_of_staff("elsewhere", PERSONNEL, a_company("21"))
        facts = InterestFacts(InterestScene.STAKE, "持股", TODAY, party="华源管件")
        own = declare_interest(facts, by=_by(clerk), at=NOW)
        entered = enter_interest(a_person(company, "2"), facts, by=Actor.staff(personnel), at=NOW)
        visible = InterestDeclaration.objects.visible_to
        assert clerk.user is not None
        assert list(visible(clerk.user)) == [own]
        assert set(visible(personnel)) == {own, entered}
        assert list(visible(elsewhere)) == []
        with pytest.raises(NotAllowed):
            enter_interest(clerk, facts, by=Actor.staff(elsewhere), at=NOW)

    def test_a_declaration_is_made_on_the_screen(self, client: Client, clerk: Person) -> None:
        assert clerk.user is not None
        client.force_login(clerk.user)
        sent = {
            "scene": "stake",
            "party": "华源管件",
            "detail": "配偶持股",
            "first_day": "2025-01-01",
        }
        client.post(reverse("admin:office_interestdeclaration_add"), sent)
        declaration = InterestDeclaration.objects.get()
        assert (declaration.declarant, declaration.party) == (clerk, "华源管件")
