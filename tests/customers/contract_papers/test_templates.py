"""Contract templates: drafted by one, published by another, never changed afterwards."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from customers.contract_papers.standard_wording import STANDARD
from customers.contract_papers.templates import (
    TemplateFacts,
    discard_contract_template,
    draft_contract_template,
    publish_contract_template,
    template_in_force,
)
from customers.models import ContractKind, ContractTemplate
from customers.states import CONTRACT_TEMPLATE
from heating.roles import AGENT, SERVICE_MANAGER
from office.actors import Actor
from office.models import JournalEntry
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import NOW, a_company, a_member_of_staff
from tests.customers.contract_records import ON, a_template, drafter, publisher

pytestmark = pytest.mark.django_db


def facts(**changes: Any) -> TemplateFacts:
    title, wording = STANDARD[ContractKind.RESIDENT]
    values: Mapping[str, Any] = {
        "kind": ContractKind.RESIDENT,
        "title": title,
        "wording": wording,
        "effective_from": ON,
        "term_years": 3,
    } | changes
    return TemplateFacts(**values)


class TestDraftContractTemplate:
    def test_versions_count_by_kind_and_company(self) -> None:
        by, company = drafter(), a_company()
        owners = (None, None, company)
        drafts = [draft_contract_template(facts(company=owner), by=by, at=NOW) for owner in owners]
        assert [(str(row), row.state, row.term_years) for row in drafts] == [
            ("居民供用热合同 V1", "draft", 3),
            ("居民供用热合同 V2", "draft", 3),
            ("居民供用热合同 V1", "draft", 3),
        ]

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"title": " "}, "请填写合同标题"),
            ({"term_years": None}, "请填写合同年限"),
            ({"wording": "{户主}"}, "没有名为“户主”"),
        ],
    )
    def test_a_draft_that_is_not_whole_is_refused(
        self, changes: dict[str, Any], sentence: str
    ) -> None:
        with pytest.raises(Invalid, match=sentence):
            draft_contract_template(facts(**changes), by=drafter(), at=NOW)
        assert not ContractTemplate.objects.exists()

    def test_agents_draft_none_and_a_company_none_for_the_group(self) -> None:
        agent = Actor.staff(a_member_of_staff("agent", AGENT))
        local = Actor.staff(a_member_of_staff("local", SERVICE_MANAGER, a_company()))
        for by in (agent, local):
            with pytest.raises(NotAllowed):
                draft_contract_template(facts(), by=by, at=NOW)
        assert not ContractTemplate.objects.exists()


class TestPublishContractTemplate:
    def test_never_by_who_drafted_it(self) -> None:
        by = drafter()
        draft = draft_contract_template(facts(), by=by, at=NOW)
        with pytest.raises(NotAllowed, match="起草人以外的人"):
            publish_contract_template(draft, by=by, at=NOW)
        draft.refresh_from_db()
        assert draft.state == "draft"
        other = publisher()
        published = publish_contract_template(draft, by=other, at=NOW)
        assert (published.state, published.published_by) == ("published", other.user)
        entry = JournalEntry.objects.get(action="publish_contract_template")
        assert entry.facts == {"title": "居民供用热合同 V1"}

    def test_not_for_a_day_that_has_passed(self) -> None:
        draft = draft_contract_template(facts(), by=drafter(), at=NOW)
        with pytest.raises(Invalid, match="启用日期 2025-11-10 已过"):
            publish_contract_template(draft, by=publisher(), at=NOW + timedelta(days=1))
        draft.refresh_from_db()
        assert draft.state == "draft"

    def test_a_given_up_draft_is_published_no_more(self) -> None:
        draft = draft_contract_template(facts(), by=drafter(), at=NOW)
        discard_contract_template(draft, by=drafter(), at=NOW)
        with pytest.raises(Refused, match="已放弃"):
            publish_contract_template(draft, by=publisher(), at=NOW)

    def test_the_database_lets_nobody_change_the_wording(self) -> None:
        template = a_template()
        changes: list[dict[str, Any]] = [
            {"wording": "x"},
            {"title": "x"},
            {"effective_from": date(2030, 1, 1)},
        ]
        for change in changes:
            with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
                ContractTemplate.objects.filter(pk=template.pk).update(**change)
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            ContractTemplate.objects.filter(pk=template.pk).delete()

    def test_the_database_guards_the_very_table(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT prosrc FROM pg_proc WHERE proname = %s",
                ["customers_contracttemplate_state_guard"],
            )
            [(body,)] = cursor.fetchall()
        assert body.strip() == CONTRACT_TEMPLATE.guard_sql().split("$$")[1].strip()


class TestTemplateInForce:
    def test_the_companys_own_then_the_later_day_then_the_later_version(self) -> None:
        company, other = a_company(), a_company("21")
        group = a_template()
        later = a_template(effective_from=ON + timedelta(days=30))
        own = a_template(company=company)

        def in_force(owner: Any, on: date) -> ContractTemplate:
            return template_in_force(owner, ContractKind.RESIDENT, on)

        assert in_force(company, ON) == own
        assert in_force(other, ON) == group
        assert in_force(other, ON + timedelta(days=29)) == group
        assert in_force(other, ON + timedelta(days=30)) == later
        second = a_template()
        assert in_force(other, ON) == second

    def test_without_one_nothing_is_drawn_up(self) -> None:
        draft_contract_template(facts(), by=drafter(), at=NOW)
        with pytest.raises(Refused, match="居民供用热合同没有已发布的合同文本"):
            template_in_force(a_company(), ContractKind.RESIDENT, ON)
