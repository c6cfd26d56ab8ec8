"""A right to approve in a colleague's hands: from one day to another, recorded, never passed on."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from heating.roles import AGENT, CLERK, MANAGER
from office.actors import Actor
from office.approvals.delegations import delegate_approvals, end_delegation, rights_of
from office.calendar import business_date
from office.models import Company, Delegation, JournalEntry, User
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import NOW, a_company, a_member_of_staff

pytestmark = pytest.mark.django_db

TODAY = business_date(NOW)
APPROVE = "billing.approve_billing_run"


@pytest.fixture
def company() -> Company:
    return a_company()


@pytest.fixture
def manager(company: Company) -> User:
    return a_member_of_staff("主管", MANAGER, company)


@pytest.fixture
def clerk(company: Company) -> User:
    return a_member_of_staff("计费员", CLERK, company)


def delegated(manager: User, deputy: User, days: int = 3) -> Delegation:
    return delegate_approvals(
        deputy,
        first_day=TODAY,
        last_day=TODAY + timedelta(days=days - 1),
        reason="出差",
        by=Actor.staff(manager),
        at=NOW,
    )


def approves_for(deputy: User, day: date) -> list[str]:
    company = a_company()
    user = User.objects.get(pk=deputy.pk)
    return [
        right.person.username for right in rights_of(user, day) if right.covers(APPROVE, company.pk)
    ]


class TestDelegateApprovals:
    def test_holds_from_the_first_day_to_the_last(self, manager: User, clerk: User) -> None:
        delegated(manager, clerk)
        days = [TODAY + timedelta(days=offset) for offset in (-1, 0, 2, 3)]
        assert [approves_for(clerk, day) for day in days] == [[], ["主管"], ["主管"], []]

    def test_leaves_a_line_in_the_journal(self, manager: User, clerk: User) -> None:
        delegation = delegated(manager, clerk)
        entry = JournalEntry.objects.get(action="delegate_approvals")
        assert (entry.record_id, entry.by) == (delegation.pk, manager)
        assert entry.facts == {
            "deputy": "计费员",
            "first_day": f"{TODAY}",
            "last_day": f"{TODAY + timedelta(days=2)}",
            "reason": "出差",
        }

    def test_is_not_passed_on(self, company: Company, manager: User, clerk: User) -> None:
        second = a_member_of_staff("另一主管", MANAGER, company)
        colleague = a_member_of_staff("另一计费员", CLERK, company)
        delegated(manager, second)
        delegated(second, colleague)
        assert approves_for(colleague, TODAY) == ["另一主管"]

    def test_ends_when_the_delegator_leaves(self, manager: User, clerk: User) -> None:
        delegated(manager, clerk)
        User.objects.filter(pk=manager.pk).update(is_active=False)
        assert approves_for(clerk, TODAY) == []

    def test_reaches_only_companies_of_both(self, company: Company, clerk: User) -> None:
        lanzhou = a_company("21")
        manager = a_member_of_staff("两地主管", MANAGER, company)
        manager.companies.add(lanzhou)
        delegated(manager, clerk)
        right = rights_of(clerk, TODAY)[1]
        assert (right.person, right.company_ids) == (manager, frozenset({company.pk}))

    @pytest.mark.parametrize(
        ("first", "last", "code"),
        [(-1, 3, "delegation_backdated"), (3, 2, "delegation_days_wrong")],
    )
    def test_days_that_cannot_be_are_refused(
        self, manager: User, clerk: User, first: int, last: int, code: str
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            delegate_approvals(
                clerk,
                first_day=TODAY + timedelta(days=first),
                last_day=TODAY + timedelta(days=last),
                reason="出差",
                by=Actor.staff(manager),
                at=NOW,
            )
        assert refusal.value.code == code
        assert Delegation.objects.count() == 0

    def test_a_deputy_who_cannot_open_the_records_is_refused(
        self, company: Company, manager: User
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            delegated(manager, a_member_of_staff("客服", AGENT, company))
        assert refusal.value.code == "deputy_cannot_see"
        assert "出账批次" in str(refusal.value)

    def test_oneself_and_strangers_are_refused(self, manager: User) -> None:
        for deputy, code in (
            (manager, "deputy_wrong"),
            (a_member_of_staff("外人", CLERK, a_company("21")), "deputy_elsewhere"),
        ):
            with pytest.raises(Invalid) as refusal:
                delegated(manager, deputy)
            assert refusal.value.code == code
        assert Delegation.objects.count() == 0

    def test_the_same_deputy_twice_on_a_day_is_refused(self, manager: User, clerk: User) -> None:
        delegated(manager, clerk)
        with pytest.raises(Refused, match="这段时间已委托给计费员"):
            delegated(manager, clerk, days=1)
        assert Delegation.objects.count() == 1

    def test_a_clerk_has_nothing_to_delegate(self, manager: User, clerk: User) -> None:
        with pytest.raises(NotAllowed):
            delegated(clerk, manager)

    def test_the_database_itself_refuses_oneself(self, manager: User) -> None:
        with (
            pytest.raises(IntegrityError, match="delegated_to_somebody_else"),
            transaction.atomic(),
        ):
            Delegation.objects.create(
                delegator=manager,
                deputy=manager,
                first_day=TODAY,
                last_day=TODAY,
                reason="x",
                entered_at=NOW,
            )

    def test_asks_as_often_for_many_delegators_as_for_one(
        self, company: Company, manager: User, clerk: User
    ) -> None:
        counts = []
        for number in range(3):
            if number:
                delegated(a_member_of_staff(f"主管{number}", MANAGER, company), clerk)
            else:
                delegated(manager, clerk)
            user = User.objects.get(pk=clerk.pk)
            user.get_all_permissions()
            _companies = user.company_ids
            with CaptureQueriesContext(connection) as queries:
                assert len(rights_of(user, TODAY)) == number + 2
            counts.append(len(queries))
        assert counts == [3, 3, 3]


class TestEndDelegation:
    def test_takes_the_right_back_at_once(self, manager: User, clerk: User) -> None:
        delegation = delegated(manager, clerk)
        end_delegation(delegation, by=Actor.staff(manager), at=NOW)
        assert approves_for(clerk, TODAY) == []
        with pytest.raises(Refused, match="已经结束"):
            end_delegation(delegation, by=Actor.staff(manager), at=NOW)

    def test_only_by_the_delegator(self, company: Company, manager: User, clerk: User) -> None:
        delegation = delegated(manager, clerk)
        other = a_member_of_staff("另一主管", MANAGER, company)
        with pytest.raises(NotAllowed, match="委托人本人"):
            end_delegation(delegation, by=Actor.staff(other), at=NOW)
        delegation.refresh_from_db()
        assert delegation.ended_at is None
