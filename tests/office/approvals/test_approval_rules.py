"""Which levels an approval has: by the day, the amount, the company and the paper."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from billing.runs.kind import BILLING_RUN_APPROVAL as BILLING_RUN
from heating.roles import MANAGER, SECURITY_ADMINISTRATOR
from office.actors import Actor
from office.approvals.rules import approval_rule_in_force, publish_approval_rule
from office.calendar import business_date
from office.models import ApprovalRule, Company, JournalEntry
from office.refusals import Invalid, NotAllowed
from tests.builders import NOW, a_company, a_member_of_staff

pytestmark = pytest.mark.django_db

TODAY = business_date(NOW)
APPROVE = "billing.approve_billing_run"
HOUSE = Actor.system("test")


def published(
    company: Company | None,
    levels: int = 1,
    *,
    from_amount_fen: int = 0,
    days: int = 0,
    by: Actor = HOUSE,
) -> ApprovalRule:
    return publish_approval_rule(
        "billing_run",
        company,
        [APPROVE] * levels,
        from_amount_fen=from_amount_fen,
        effective_from=TODAY + timedelta(days=days),
        source="集团审批权限表〔2026〕1号",
        by=by,
        at=NOW,
    )


def in_force(company: Company, amount_fen: int, day: date = TODAY) -> ApprovalRule | None:
    return approval_rule_in_force(BILLING_RUN, company, amount_fen, day)


class TestApprovalRuleInForce:
    def test_without_a_rule_there_is_none(self) -> None:
        assert in_force(a_company(), 1) is None

    def test_the_amount_is_reached_to_the_fen(self) -> None:
        company = a_company()
        small = published(company)
        large = published(company, 2, from_amount_fen=100_00)
        amounts = (0, 99_99, 100_00, 100_01)
        assert [in_force(company, fen) for fen in amounts] == [small, small, large, large]

    def test_it_begins_on_its_day(self) -> None:
        company = a_company()
        now, later = published(company), published(company, 2, days=10)
        days = [TODAY + timedelta(days=offset) for offset in (0, 9, 10)]
        assert [in_force(company, 5, day) for day in days] == [now, now, later]

    def test_a_companys_own_comes_before_the_groups(self) -> None:
        taiyuan, lanzhou = a_company(), a_company("21")
        group, own = published(None, 2), published(lanzhou)
        assert (in_force(taiyuan, 5), in_force(lanzhou, 5)) == (group, own)


class TestPublishApprovalRule:
    def test_the_security_administrator_may_for_the_company(self) -> None:
        company = a_company()
        by = Actor.staff(a_member_of_staff("安全", SECURITY_ADMINISTRATOR, company))
        rule = published(company, 2, from_amount_fen=1_000_000_00, by=by)
        entry = JournalEntry.objects.get(action="publish_approval_rule")
        assert (entry.record_id, entry.facts["levels"]) == (rule.pk, [APPROVE, APPROVE])
        with pytest.raises(NotAllowed, match="全集团"):
            published(None, by=by)
        assert ApprovalRule.objects.count() == 1

    def test_a_manager_does_not_loosen_the_own_chain(self) -> None:
        company = a_company()
        with pytest.raises(NotAllowed):
            published(company, by=Actor.staff(a_member_of_staff("主管", MANAGER, company)))
        assert ApprovalRule.objects.count() == 0

    @pytest.mark.parametrize(
        ("levels", "amount", "source", "days", "code"),
        [
            ([], 0, "文件", 0, "approval_levels_wrong"),
            ([APPROVE] * 6, 0, "文件", 0, "approval_levels_wrong"),
            (["office.view_job"], 0, "文件", 0, "approval_level_unknown"),
            ([APPROVE], -1, "文件", 0, "approval_amount_wrong"),
            ([APPROVE], 0, " ", 0, "source_missing"),
            ([APPROVE], 0, "文件", -1, "rule_backdated"),
        ],
    )
    def test_what_cannot_be_right_is_refused(
        self, levels: Sequence[str], amount: int, source: str, days: int, code: str
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            publish_approval_rule(
                "billing_run",
                a_company(),
                levels,
                from_amount_fen=amount,
                effective_from=TODAY + timedelta(days=days),
                source=source,
                by=HOUSE,
                at=NOW,
            )
        assert refusal.value.code == code
        assert ApprovalRule.objects.count() == 0

    def test_a_published_rule_never_changes(self) -> None:
        rule = published(a_company())
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            ApprovalRule.objects.filter(pk=rule.pk).update(source="另一文件")
