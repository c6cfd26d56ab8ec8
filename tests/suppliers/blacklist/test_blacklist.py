"""The blacklist: proposed, approved by two others, in force to the minute, appealed, lifted."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import DatabaseError, connection, transaction

from heating.roles import GROUP_LEADER
from office.actors import Actor
from office.approvals.steps import Opinion
from office.documents.operations import Upload
from office.head_office import head_office
from office.models import Document, JournalEntry
from office.refusals import Invalid, NotAllowed, Refused
from suppliers.admission.kind import CHECKS, LEVELS
from suppliers.admission.operations import apply_for_admission, approve_admission
from suppliers.admission.standing import missing_for_supply, qualified_at, qualified_suppliers
from suppliers.blacklist.appeals import clear_match, deny_appeal, enter_appeal, uphold_appeal
from suppliers.blacklist.gate import bars_at, bars_of_suppliers, suspects_at
from suppliers.blacklist.operations import (
    approve_ban,
    lift_ban,
    propose_ban,
    reject_ban,
    resubmit_ban,
    return_ban,
    review_ban,
    withdraw_ban,
)
from suppliers.models import (
    Admission,
    Ban,
    BanClearance,
    Delivery,
    Supplier,
    SupplyCategory,
    SupplyOrder,
)
from suppliers.registry.bank_accounts import propose_bank_account
from suppliers.registry.facts import OwnerFacts
from suppliers.registry.operations import change_supplier_facts, merge_suppliers
from suppliers.supply_record.operations import correct_entry, enter_delivery, enter_order
from tests.builders import HERE, a_member_of_staff
from tests.suppliers.admission_records import People, approved, people, qualified
from tests.suppliers.blacklist_records import REVIEW, a_ban, a_proposed_ban, ban_facts
from tests.suppliers.supplier_records import NOON, a_category, a_supplier, facts
from tests.suppliers.supply_records import delivery_facts, order_facts

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
TODAY = date(2026, 3, 2)


@pytest.fixture
def staff() -> People:
    return people()


def second_leader() -> Actor:
    return Actor.staff(a_member_of_staff("集团领导乙", GROUP_LEADER, head_office()))


class TestProposeBan:
    def test_names_scope_term_paper_people_and_accounts(self, staff: People) -> None:
        supplier, works = a_supplier(), a_category("04")
        ban = propose_ban(
            supplier,
            ban_facts(category=works, persons=("张 三", "", "张三"), accounts=("6222 0212",)),
            papers=(Upload("决定.pdf", BytesIO(b"%PDF-1.7\n%%EOF")),),
            by=staff.buyer,
            at=NOON,
        )
        assert (ban.state, ban.category, ban.ends_on) == ("in_review", works, date(2026, 12, 31))
        assert (ban.source, ban.review_on, ban.starts_at) == ("集采〔2026〕3号", REVIEW, None)
        assert [(subject.kind, subject.value) for subject in ban.subjects.all()] == [
            ("code", supplier.credit_code),
            ("person", "张三"),
            ("account", "62220212"),
        ]
        assert Document.objects.get().title == "集采〔2026〕3号"
        assert not bars_of_suppliers([supplier.pk], NOON)

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"reason": " "}, "请填写列入原因"),
            ({"source": ""}, "请填写依据文件"),
            ({"ends_on": date(2026, 3, 1)}, "截止日期不能早于今天"),
            ({"review_on": TODAY}, "复核日期须晚于今天"),
            ({"review_on": date(2027, 1, 1)}, "复核日期不能晚于截止日期"),
        ],
    )
    def test_facts_that_cannot_be_right_are_refused(
        self, staff: People, wrong: dict[str, object], sentence: str
    ) -> None:
        with pytest.raises(Invalid, match=sentence):
            propose_ban(a_supplier(), ban_facts(**wrong), by=staff.buyer, at=NOON)
        assert Ban.objects.count() == 0

    def test_one_proposal_at_a_time_and_not_by_anybody(self, staff: People) -> None:
        supplier = a_supplier()
        a_proposed_ban(staff, supplier)
        with pytest.raises(Refused, match="正在办理"):
            a_proposed_ban(staff, supplier)
        with pytest.raises(NotAllowed):
            propose_ban(a_supplier(2), ban_facts(), by=staff.builder, at=NOON)
        assert Ban.objects.count() == 1


class TestApproveBan:
    def test_two_levels_by_two_people_bring_it_into_force(self, staff: People) -> None:
        supplier = a_supplier()
        ban = a_proposed_ban(staff, supplier)
        approve_ban(ban, Opinion("属实"), by=staff.manager, at=NOON)
        assert not bars_of_suppliers([supplier.pk], NOON)
        with pytest.raises(NotAllowed):
            approve_ban(ban, Opinion("属实"), by=staff.manager, at=NOON)
        decided = approve_ban(ban, Opinion("列入"), by=staff.leader, at=NOON + MINUTE)
        assert (decided.state, decided.starts_at) == ("in_force", NOON + MINUTE)
        assert not bars_of_suppliers([supplier.pk], NOON)
        assert list(bars_of_suppliers([supplier.pk], NOON + MINUTE)) == [supplier.pk]

    def test_the_database_asks_for_two_people_as_well(self, staff: People) -> None:
        ban = a_proposed_ban(staff, a_supplier())
        with pytest.raises(DatabaseError, match="approved by 0 people"), transaction.atomic():
            Ban.objects.filter(pk=ban.pk).update(state="in_force", starts_at=NOON)
        ban.refresh_from_db()
        assert ban.state == "in_review"

    def test_returned_resubmitted_rejected_withdrawn(self, staff: People) -> None:
        ban = a_proposed_ban(staff, a_supplier())
        return_ban(ban, Opinion("缺材料"), by=staff.manager, at=NOON)
        with pytest.raises(NotAllowed):
            resubmit_ban(ban, reason="补充", by=staff.colleague, at=NOON)
        assert resubmit_ban(ban, reason="补充证据", by=staff.buyer, at=NOON).reason == "补充证据"
        assert reject_ban(ban, Opinion("证据不足"), by=staff.manager, at=NOON).state == "rejected"
        again = a_proposed_ban(staff, Supplier.objects.get())
        assert withdraw_ban(again, reason="误提", by=staff.buyer, at=NOON).state == "withdrawn"
        assert not bars_of_suppliers([again.supplier_id], NOON)


class TestCheck8:
    """suppliers.md, check 8: no new orders anywhere, delivered goods are paid, the same people
    under another name flagged, and typing fools nobody.
    """

    def test_no_new_application_trial_order_or_sourcing(self, staff: People) -> None:
        qualification = qualified(staff)
        supplier, category = qualification.supplier, qualification.category
        waiting = approved(staff, a_supplier(2), category)
        a_ban(staff, supplier)
        a_ban(staff, waiting.supplier)
        sentence = "不能办理新业务：已列入黑名单（全部类别，至 2026-12-31）"
        for new_dealing in (
            lambda: apply_for_admission(
                supplier, a_category("02"), reason="扩项", by=staff.buyer, at=NOON
            ),
            lambda: enter_order(order_facts(supplier, ordered_on=TODAY), by=HERE, at=NOON),
            lambda: enter_order(
                order_facts(supplier, ordered_on=date(2024, 1, 5)), by=HERE, at=NOON
            ),
        ):
            with pytest.raises(Refused, match=sentence):
                new_dealing()
        assert SupplyOrder.objects.count() == 0
        assert Admission.objects.filter(supplier=supplier).count() == 1
        # Sourcing invites those that are qualified.
        assert qualified_suppliers([category.pk], NOON) == {}

    def test_an_admission_that_is_under_way_goes_no_further(self, staff: People) -> None:
        admission = apply_for_admission(
            a_supplier(), a_category(), reason="供应不足", by=staff.buyer, at=NOON
        )
        a_ban(staff, admission.supplier)
        with pytest.raises(Refused, match="黑名单"):
            approve_admission(
                admission,
                Opinion("同意"),
                checks=CHECKS[LEVELS[0]],
                by=staff.manager,
                at=NOON,
            )
        admission.refresh_from_db()
        assert (admission.state, admission.checks.count()) == ("in_review", 0)

    def test_the_database_refuses_what_came_another_way(self, staff: People) -> None:
        qualification = qualified(staff)
        facts_before = order_facts(qualification.supplier, ordered_on=TODAY)
        order = enter_order(facts_before, by=HERE, at=NOON)
        a_ban(staff, qualification.supplier)
        order.pk, order.number, order.entered_at = None, "CG-SQL", NOON + MINUTE
        with pytest.raises(DatabaseError, match="is on the blacklist"), transaction.atomic():
            order.save(force_insert=True)
        assert SupplyOrder.objects.count() == 1

    def test_delivered_goods_are_still_entered(self, staff: People) -> None:
        qualification = qualified(staff)
        placed = order_facts(qualification.supplier, ordered_on=TODAY)
        order = enter_order(placed, by=HERE, at=NOON)
        a_ban(staff, qualification.supplier)
        delivery = enter_delivery(
            delivery_facts(order, actual_on=TODAY, promised_on=TODAY), by=HERE, at=NOON + MINUTE
        )
        assert (Delivery.objects.get(), delivery.accepted) == (delivery, Decimal(100))
        # The order sent again answers as before; it is nothing new.
        assert enter_order(placed, by=HERE, at=NOON + MINUTE) == order

    def test_an_order_is_not_corrected_to_a_banned_supplier(self, staff: People) -> None:
        first = qualified(staff)
        order = enter_order(order_facts(first.supplier, ordered_on=TODAY), by=HERE, at=NOON)
        banned = a_supplier(2)
        a_ban(staff, banned)
        other = order_facts(banned, ordered_on=TODAY, number=order.number)
        with pytest.raises(Refused, match="黑名单"):
            correct_entry(order, other, reason="选错", by=HERE, at=NOON)
        assert SupplyOrder.objects.standing().get().supplier == first.supplier

    def test_the_same_representative_under_another_name_is_flagged_and_held(
        self, staff: People
    ) -> None:
        banned = a_supplier(1, representative="张三")
        a_ban(staff, banned, persons=("张三",))
        again = a_supplier(2, representative=" 张　三 ")
        assert list(suspects_at(NOON)) == [again.pk]
        with pytest.raises(Refused, match="人员“张三”与黑名单（第1管件有限公司）相同，待核实"):
            apply_for_admission(again, a_category(), reason="新", by=staff.buyer, at=NOON)
        assert Admission.objects.count() == 0

    def test_an_owner_and_a_full_width_account_are_found(self, staff: People) -> None:
        a_ban(staff, a_supplier(1), persons=("ABC Holdings",), accounts=("6222 0212 34",))
        owned = a_supplier(2, owners=(OwnerFacts("ａｂｃ　holdings"),))
        paid = a_supplier(3)
        propose_bank_account(
            paid,
            bank="工行",
            holder="某某",
            number="６２２２０２１２３４",
            reason="建档",
            by=staff.buyer,
            at=NOON,
        )
        assert sorted(suspects_at(NOON)) == [owned.pk, paid.pk]

    def test_a_changed_code_and_a_merged_record_stay_banned(self, staff: People) -> None:
        banned, remaining = a_supplier(1), a_supplier(2)
        a_ban(staff, banned)
        change_supplier_facts(banned, facts(9), by=HERE, at=NOON)
        assert list(bars_of_suppliers([banned.pk], NOON)) == [banned.pk]
        merge_suppliers(banned, remaining, reason="同一家", by=HERE, at=NOON)
        assert list(bars_of_suppliers([remaining.pk], NOON)) == [remaining.pk]
        with pytest.raises(Refused, match="黑名单"):
            apply_for_admission(remaining, a_category(), reason="新", by=staff.buyer, at=NOON)

    def test_a_scope_leaves_other_categories_free(self, staff: People) -> None:
        supplier, above = a_supplier(), a_category("01")
        below = SupplyCategory.objects.create(
            code="01.01", name="阀门", kind=above.kind, parent=above
        )
        other = a_category("02")
        a_ban(staff, supplier, category=above)
        dealings = [(supplier.pk, below.pk), (supplier.pk, other.pk)]
        assert [len(bars) for bars in bars_at(dealings, NOON).values()] == [1, 0]


class TestClearMatch:
    def test_somebody_of_the_same_name_is_free_after_a_look(self, staff: People) -> None:
        ban = a_ban(staff, a_supplier(1, representative="张三"), persons=("张三",))
        namesake = a_supplier(2, representative="张三")
        subject = ban.subjects.get(kind="person")
        with pytest.raises(NotAllowed):
            clear_match(subject, namesake, reason="身份证号不同", by=staff.buyer, at=NOON)
        clear_match(subject, namesake, reason="身份证号不同", by=staff.manager, at=NOON)
        assert suspects_at(NOON) == {}
        apply_for_admission(namesake, a_category(), reason="新", by=staff.buyer, at=NOON)
        with pytest.raises(Refused, match="没有待核实"):
            clear_match(subject, namesake, reason="再来", by=staff.manager, at=NOON)
        assert BanClearance.objects.count() == 1

    def test_the_banned_supplier_itself_is_not_cleared(self, staff: People) -> None:
        banned = a_supplier(1, representative="张三")
        ban = a_ban(staff, banned, persons=("张三",))
        with pytest.raises(Refused, match="没有待核实"):
            clear_match(
                ban.subjects.get(value="张三"), banned, reason="?", by=staff.manager, at=NOON
            )
        assert BanClearance.objects.count() == 0


class TestStanding:
    def test_the_qualification_is_suspended_to_the_minute_and_comes_back(
        self, staff: People
    ) -> None:
        qualification = qualified(staff)
        supplier, category = qualification.supplier, qualification.category
        ban = a_ban(staff, supplier, at=NOON + MINUTE)
        assert qualified_at(supplier, category, NOON)
        assert missing_for_supply(supplier, category, NOON + MINUTE) == [
            "已列入黑名单（全部类别，至 2026-12-31）"
        ]
        lift_ban(ban, reason="整改到位", by=staff.leader, at=NOON + 5 * MINUTE)
        assert not qualified_at(supplier, category, NOON + 4 * MINUTE)
        assert qualified_at(supplier, category, NOON + 5 * MINUTE)

    def test_it_comes_back_on_the_day_after_the_last(self, staff: People) -> None:
        qualification = qualified(staff)
        a_ban(staff, qualification.supplier, ends_on=date(2026, 10, 31))
        # Midnight in Shanghai is 16:00 in UTC.
        last_minute = datetime(2026, 10, 31, 15, 59, tzinfo=UTC)
        dealing = (qualification.supplier, qualification.category)
        assert not qualified_at(*dealing, last_minute)
        assert qualified_at(*dealing, last_minute + MINUTE)

    def test_rule_and_database_say_the_same(self, staff: People) -> None:
        above = a_category("01")
        below = SupplyCategory.objects.create(
            code="01.01", name="阀门", kind=above.kind, parent=above
        )
        a_ban(staff, a_supplier(1, representative="张三"), persons=("张三",), category=above)
        a_supplier(2, representative="张三")
        free = a_supplier(3)
        lifted = a_ban(staff, a_supplier(4))
        lift_ban(lifted, reason="误列", by=staff.leader, at=NOON + MINUTE)
        merge_suppliers(a_supplier(5), free, reason="同一家", by=HERE, at=NOON)
        categories = [above, below, a_category("02")]
        answers = 0
        for supplier in Supplier.objects.filter(merged_into=None):
            for category in categories:
                for at in (NOON - MINUTE, NOON, NOON + MINUTE, datetime(2027, 1, 1, tzinfo=UTC)):
                    dealing = (supplier.pk, category.pk)
                    barred = bool(bars_at([dealing], at)[dealing])
                    with connection.cursor() as cursor:
                        cursor.execute("SELECT suppliers_banned(%s, %s, %s)", [*dealing, at])
                        assert cursor.fetchone() == (barred,)
                    answers += barred
        # Two suppliers in two categories at two moments, and one in three at one moment.
        assert answers == 11


class TestAppeal:
    def test_is_heard_by_who_had_no_part_in_the_ban_and_lifts_it(self, staff: People) -> None:
        ban = a_ban(staff, a_supplier())
        enter_appeal(ban, text="投标文件系他人伪造", received_on=TODAY, by=staff.buyer, at=NOON)
        with pytest.raises(Refused, match="已有一份申诉"):
            enter_appeal(ban, text="再次", received_on=TODAY, by=staff.buyer, at=NOON)
        with pytest.raises(NotAllowed, match="没有参与列入审批"):
            uphold_appeal(ban, decision="属实", by=staff.leader, at=NOON)
        assert bars_of_suppliers([ban.supplier_id], NOON)
        appeal = uphold_appeal(ban, decision="鉴定属实", by=second_leader(), at=NOON + MINUTE)
        ban.refresh_from_db()
        assert (appeal.state, ban.state, ban.lifted_at) == ("upheld", "lifted", NOON + MINUTE)
        assert not bars_of_suppliers([ban.supplier_id], NOON + MINUTE)

    def test_is_not_dated_before_the_ban(self, staff: People) -> None:
        ban = a_ban(staff, a_supplier())
        with pytest.raises(Invalid, match="收到日期不能早于列入黑名单的日子"):
            enter_appeal(
                ban, text="不服", received_on=TODAY - timedelta(1), by=staff.buyer, at=NOON
            )
        assert ban.appeals.count() == 0

    def test_denied_leaves_the_ban(self, staff: People) -> None:
        ban = a_ban(staff, a_supplier())
        enter_appeal(ban, text="不服", received_on=TODAY, by=staff.buyer, at=NOON)
        deny_appeal(ban, decision="证据确凿", by=staff.operator, at=NOON)
        ban.refresh_from_db()
        assert ban.state == "in_force"
        assert list(bars_of_suppliers([ban.supplier_id], NOON)) == [ban.supplier_id]


class TestReviewBan:
    def test_moves_the_day_of_the_next_review(self, staff: People) -> None:
        ban = a_ban(staff, a_supplier())
        with pytest.raises(Invalid, match="须晚于今天"):
            review_ban(ban, conclusion="继续", next_on=TODAY, by=staff.manager, at=NOON)
        review_ban(ban, conclusion="继续", next_on=date(2026, 12, 1), by=staff.manager, at=NOON)
        ban.refresh_from_db()
        assert (ban.review_on, ban.reviews.get().conclusion) == (date(2026, 12, 1), "继续")

    def test_who_proposed_does_not_lift(self, staff: People) -> None:
        ban = a_ban(staff, a_supplier())
        with pytest.raises(NotAllowed):
            lift_ban(ban, reason="算了", by=staff.buyer, at=NOON)
        assert JournalEntry.objects.filter(action="lift_ban").count() == 0
