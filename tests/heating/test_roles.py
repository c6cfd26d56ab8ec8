"""Eleven roles: what they may, what they may never, and three that one person cannot join."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.test import Client
from django.urls import reverse

from billing.states import WORKFLOWS as BILLING
from complaints.departments import ANSWERING
from complaints.ladder import LADDER
from complaints.states import WORKFLOWS as SERVICE
from heating.roles import (
    AGENT,
    AUDITOR,
    CASHIER,
    CLERK,
    MANAGER,
    SECURITY_ADMINISTRATOR,
    STAFF_ROLES,
    SYSTEM_ADMINISTRATOR,
)
from heating.roles.groups import sync_roles, users_with_exclusive_roles
from heating.rooms import DESKS
from office.models import JournalEntry, User
from office.refusals import Refused
from tests.builders import a_company, a_member_of_staff
from tests.shown_form import send_shown

pytestmark = pytest.mark.django_db


class TestSyncRoles:
    def test_groups_say_what_the_screen_says(self) -> None:
        stray = Permission.objects.get(codename="delete_user")
        Group.objects.get_or_create(name=AGENT.name)[0].permissions.add(stray)
        sync_roles()
        for role in STAFF_ROLES:
            group = Group.objects.get(name=role.name)
            permissions = {
                f"{p.content_type.app_label}.{p.codename}"
                for p in group.permissions.select_related("content_type")
            }
            assert permissions == set(role.permissions)

    def test_every_role_has_a_name_of_its_own(self) -> None:
        assert (
            len({role.name for role in STAFF_ROLES})
            == len({role.key for role in STAFF_ROLES})
            == len(STAFF_ROLES)
        )

    def test_a_clerk_previews_and_a_manager_approves(self) -> None:
        assert "billing.preview_billing_run" in CLERK.permissions
        assert "billing.approve_billing_run" not in CLERK.permissions
        assert "billing.approve_billing_run" in MANAGER.permissions
        assert "billing.create_billing_run" not in MANAGER.permissions

    def test_every_verb_of_a_workflow_belongs_to_somebody(self) -> None:
        granted = {name for role in STAFF_ROLES for name in role.permissions}
        permissions = {m.permission for w in (*BILLING, *SERVICE) for m in w.moves if m.permission}
        assert permissions <= granted

    def test_who_is_told_of_a_breach_has_a_desk(self) -> None:
        assert {rung.role for rung in LADDER} <= {role.role for role in STAFF_ROLES}

    def test_who_answers_for_a_department_may_and_nobody_else(self) -> None:
        permission = "complaints.reply_to_hand_over"
        may = {role.name for role in STAFF_ROLES if permission in role.permissions}
        assert may == {role.group_name for roles in ANSWERING.values() for role in roles}
        assert all(
            {"complaints.view_handover", "office.attach_document"} <= set(role.permissions)
            for role in STAFF_ROLES
            if role.name in may
        )

    def test_auditors_only_read(self) -> None:
        reading = set(AUDITOR.permissions) - {"office.read_interests"}
        # Everybody declares and ends interests of their own.
        own = {"office.declare_interest", "office.end_interest"}
        assert {name for name in reading if ".view_" not in name} == own

    def test_administrators_see_no_customer(self) -> None:
        for role in (SYSTEM_ADMINISTRATOR, SECURITY_ADMINISTRATOR):
            assert not any(
                name.startswith(tuple(f"{desk}." for desk in DESKS)) for name in role.permissions
            )


class TestExclusiveRoles:
    def test_a_second_administrator_role_is_refused(self) -> None:
        user = a_member_of_staff("zhang", SYSTEM_ADMINISTRATOR)
        with pytest.raises(Refused) as refusal, transaction.atomic():
            user.groups.add(Group.objects.get(name=AUDITOR.name))
        assert refusal.value.code == "roles_exclude"
        assert [group.name for group in user.groups.all()] == [SYSTEM_ADMINISTRATOR.name]

    def test_also_from_the_groups_side_and_both_at_once(self) -> None:
        user = a_member_of_staff("zhang", SECURITY_ADMINISTRATOR)
        with pytest.raises(Refused), transaction.atomic():
            Group.objects.get(name=AUDITOR.name).user_set.add(user)
        other = a_member_of_staff("li", CASHIER)
        both = Group.objects.filter(name__in=[AUDITOR.name, SYSTEM_ADMINISTRATOR.name])
        with pytest.raises(Refused), transaction.atomic():
            other.groups.set(both)

    def test_the_check_finds_what_came_another_way(self) -> None:
        user = a_member_of_staff("zhang", SYSTEM_ADMINISTRATOR)
        assert users_with_exclusive_roles() == []
        auditor = Group.objects.get(name=AUDITOR.name)
        User.groups.through.objects.bulk_create(
            [User.groups.through(user_id=user.pk, group_id=auditor.pk)]
        )
        assert users_with_exclusive_roles() == [user]


class TestAssignRoles:
    @pytest.fixture
    def colleague(self) -> User:
        return a_member_of_staff("wang", AGENT, a_company())

    def _form(self, user: User, *roles: str) -> dict[str, object]:
        groups = Group.objects.filter(name__in=roles).values_list("pk", flat=True)
        return {
            "username": user.username,
            "companies": user.company_ids,
            "is_active": "on",
            "groups": list(groups),
        }

    def _send(self, client: Client, user: User, *roles: str, status: int = 302) -> list[str]:
        address = reverse("admin:office_user_change", args=[user.pk])
        assert send_shown(client, address, self._form(user, *roles)).status_code == status
        return sorted(user.groups.values_list("name", flat=True))

    def test_the_security_administrator_assigns_and_the_journal_knows(
        self, client: Client, colleague: User
    ) -> None:
        client.force_login(a_member_of_staff("sec", SECURITY_ADMINISTRATOR, a_company()))
        assert self._send(client, colleague, CASHIER.name) == [CASHIER.name]
        entry = JournalEntry.objects.get(action="assign_roles")
        assert (entry.record_id, entry.facts["roles"]) == (colleague.pk, [CASHIER.name])

    def test_two_administrator_roles_are_refused_with_a_sentence(
        self, client: Client, colleague: User
    ) -> None:
        client.force_login(a_member_of_staff("sec", SECURITY_ADMINISTRATOR, a_company()))
        both = (AUDITOR.name, SYSTEM_ADMINISTRATOR.name)
        # The form comes back with what was ticked, and nothing is saved.
        assert self._send(client, colleague, *both, status=409) == [AGENT.name]

    def test_the_system_administrator_cannot(self, client: Client, colleague: User) -> None:
        client.force_login(a_member_of_staff("sys", SYSTEM_ADMINISTRATOR, a_company()))
        assert self._send(client, colleague, MANAGER.name) == [AGENT.name]

    def test_nobody_promotes_themselves(self, client: Client) -> None:
        me = a_member_of_staff("sec", SECURITY_ADMINISTRATOR, a_company())
        client.force_login(me)
        address = reverse("admin:office_user_change", args=[me.pk])
        send_shown(client, address, self._form(me, SECURITY_ADMINISTRATOR.name, MANAGER.name))
        assert [group.name for group in me.groups.all()] == [SECURITY_ADMINISTRATOR.name]

    def test_nobody_becomes_superuser_by_a_form(self, client: Client, colleague: User) -> None:
        client.force_login(a_member_of_staff("sys", SYSTEM_ADMINISTRATOR, a_company()))
        address = reverse("admin:office_user_change", args=[colleague.pk])
        send_shown(
            client, address, {**self._form(colleague), "is_superuser": "on", "is_staff": "on"}
        )
        colleague.refresh_from_db()
        assert not colleague.is_superuser

    def test_the_security_administrator_sets_nobodys_password(
        self, client: Client, colleague: User
    ) -> None:
        client.force_login(a_member_of_staff("sec", SECURITY_ADMINISTRATOR, a_company()))
        address = reverse("admin:auth_user_password_change", args=[colleague.pk])
        assert client.get(address).status_code == 403
