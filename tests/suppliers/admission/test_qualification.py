"""Checks 1 and 5: bulk supply is refused by the name of what is missing, here and in the database,
and a qualification is suspended and restored to the minute.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from office.approvals.steps import Opinion
from office.calendar import business_date
from office.refusals import Invalid, NotAllowed, Refused
from suppliers.admission.kind import CHECKS, LEVELS
from suppliers.admission.operations import ConditionFacts, approve_admission, meet_condition
from suppliers.admission.qualification import qualify_supplier
from suppliers.admission.standing import missing_for_supply, qualified_at, require_qualified
from suppliers.admission.trials import give_trial_opinion, inspect_trial, order_trial
from suppliers.models import (
    Admission,
    PaperRequirement,
    PaperType,
    Qualification,
    SupplierPaper,
    SupplyCategory,
    TrialRole,
)
from suppliers.papers.gates import missing_papers_at
from suppliers.papers.operations import PaperFacts, hand_in_paper, verify_paper
from suppliers.states import AdmissionState, TrialState
from tests.builders import HERE
from tests.suppliers.admission_records import (
    LAST_DAY,
    TODAY,
    People,
    an_admission,
    approve_level,
    people,
    qualified,
    tried,
    visited,
)
from tests.suppliers.supplier_records import NOON, a_category, a_supplier, a_verified_paper

pytestmark = pytest.mark.django_db
ISO = PaperType.ISO_45001


@pytest.fixture
def staff() -> People:
    return people()


def require(paper_type: PaperType = ISO, category: SupplyCategory | None = None) -> None:
    PaperRequirement.objects.create(
        paper_type=paper_type, category=category, starts=date(2026, 1, 1), source="采购管理办法"
    )


def refused_by_the_database(admission: Admission, staff: People, message: str) -> None:
    row = Qualification(
        admission=admission,
        supplier=admission.supplier,
        category=admission.category,
        valid_from=business_date(NOON),
        valid_until=LAST_DAY,
        granted_by=staff.manager.user,
        granted_at=NOON,
    )
    with pytest.raises(IntegrityError, match=message), transaction.atomic():
        row.save()
    if admission.state == AdmissionState.TRIAL:
        with pytest.raises(IntegrityError, match="has no qualification"), transaction.atomic():
            Admission.objects.filter(pk=admission.pk).update(
                state=AdmissionState.QUALIFIED, ended_at=NOON
            )
    assert Qualification.objects.count() == 0


class TestCheck1:
    """Each gate of bulk supply is refused by the name of what is missing."""

    def _refused(self, admission: Admission, staff: People, missing: str) -> None:
        for sentence, press in (
            (
                f"还不能准予批量供应，缺：{missing}。",
                lambda: qualify_supplier(
                    admission, valid_until=LAST_DAY, by=staff.manager, at=NOON
                ),
            ),
            (
                f"{admission.supplier} 不能批量供应“{admission.category}”，缺：{missing}。",
                lambda: require_qualified(admission.supplier, admission.category, at=NOON),
            ),
        ):
            with pytest.raises(Refused) as refusal:
                press()
            assert str(refusal.value) == sentence
        assert Qualification.objects.count() == 0

    def test_the_trial_was_refused(self, staff: People) -> None:
        admission = tried(staff, against=TrialRole.TECHNICAL)
        assert admission.trials.get().state == TrialState.REFUSED
        self._refused(admission, staff, "试用未通过（技术不同意）")
        refused_by_the_database(admission, staff, "no trial with three opinions in favour")

    def test_level_2_is_missing(self, staff: People) -> None:
        admission = an_admission(staff)
        approve_level(admission, 1, staff.manager)
        missing = "第2级审批（准入技术审查）；第3级审批（准入集团审定）；现场考察；试用"
        self._refused(admission, staff, missing)
        refused_by_the_database(admission, staff, "0 of three levels approved by 0 people")

    def test_an_expired_iso_45001(self, staff: People) -> None:
        require()
        supplier = a_supplier()
        a_verified_paper(
            supplier,
            ISO,
            verifier=staff.technician,
            valid_from=date(2023, 3, 1),
            valid_until=date(2026, 3, 1),
        )
        admission = tried(staff, supplier)
        self._refused(admission, staff, "职业健康安全管理体系认证（ISO 45001）：已过期或尚未生效")
        refused_by_the_database(admission, staff, "lacks papers: iso_45001")

    def test_nobody_applied(self) -> None:
        supplier, category = a_supplier(), a_category()
        assert missing_for_supply(supplier, category, NOON) == ["没有申请准入"]

    def test_who_asks_never_grants(self, staff: People) -> None:
        admission = tried(staff)
        Admission.objects.filter(pk=admission.pk).update(applied_by=staff.manager.user)
        with pytest.raises(NotAllowed, match="申请人以外的人"):
            qualify_supplier(admission, valid_until=LAST_DAY, by=staff.manager, at=NOON)
        admission.refresh_from_db()
        refused_by_the_database(admission, staff, "granted by its applicant")


class TestQualifySupplier:
    def test_from_today_to_its_last_day_in_shanghai(self, staff: People) -> None:
        qualification = qualified(staff)
        admission, supplier, category = (
            qualification.admission,
            qualification.supplier,
            qualification.category,
        )
        admission.refresh_from_db()
        assert (admission.state, qualification.valid_from, qualification.valid_until) == (
            AdmissionState.QUALIFIED,
            date(2026, 3, 2),
            LAST_DAY,
        )
        last_minute = datetime(2027, 12, 31, 15, 59, tzinfo=UTC)
        moments = (
            NOON - timedelta(minutes=1),
            NOON,
            last_minute,
            last_minute + timedelta(minutes=1),
        )
        assert [qualified_at(supplier, category, at) for at in moments] == [
            *(False, True, True, False)
        ]
        assert not qualified_at(supplier, a_category("02"), NOON)

    def test_a_day_that_has_passed_is_refused(self, staff: People) -> None:
        admission = tried(staff)
        with pytest.raises(Invalid, match="不能早于今天"):
            qualify_supplier(admission, valid_until=date(2026, 3, 1), by=staff.manager, at=NOON)
        admission.refresh_from_db()
        assert admission.state == AdmissionState.TRIAL

    def test_is_never_changed(self, staff: People) -> None:
        qualification = qualified(staff)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            Qualification.objects.filter(pk=qualification.pk).update(valid_until=date(2030, 1, 1))


class TestCheck5:
    """A certificate that ends today in Shanghai: an order at 23:58 passes, at 00:01 not."""

    def test_suspended_and_restored_to_the_minute(self, staff: People) -> None:
        require()
        supplier = a_supplier()
        a_verified_paper(supplier, ISO, verifier=staff.technician, valid_until=date(2026, 6, 30))
        category = qualified(staff, supplier).category
        at_2358 = datetime(2026, 6, 30, 15, 58, tzinfo=UTC)
        at_0001 = datetime(2026, 6, 30, 16, 1, tzinfo=UTC)
        require_qualified(supplier, category, at=at_2358)
        with pytest.raises(Refused, match="ISO 45001）：已过期"):
            require_qualified(supplier, category, at=at_0001)
        renewed = hand_in_paper(
            supplier, PaperFacts(ISO, date(2026, 7, 1), date(2029, 6, 30)), by=HERE, at=at_0001
        )
        mended = at_0001 + timedelta(hours=10)
        verify_paper(
            renewed, looked_at="国家认监委网站", seen="有效", by=staff.technician, at=mended
        )
        moments = (at_2358, at_0001, mended - timedelta(minutes=1), mended)
        assert [qualified_at(supplier, category, at) for at in moments] == [
            *(True, False, False, True)
        ]

    def test_a_condition_that_is_overdue_suspends_until_it_is_met(self, staff: People) -> None:
        admission = an_admission(staff)
        approve_admission(
            admission,
            Opinion("有条件同意"),
            checks=CHECKS[LEVELS[0]],
            conditions=[ConditionFacts("补交检测报告", date(2026, 3, 31))],
            by=staff.manager,
            at=NOON,
        )
        for level, person in ((2, staff.technician), (3, staff.leader)):
            approve_level(admission, level, person)
        supplier, category = admission.supplier, admission.category
        april = datetime(2026, 3, 31, 16, 0, tzinfo=UTC)
        assert missing_for_supply(supplier, category, april)[-1] == (
            "条件逾期未落实：补交检测报告（2026-03-31）"
        )
        assert "条件逾期" not in "".join(
            missing_for_supply(supplier, category, april - timedelta(minutes=1))
        )
        meet_condition(admission.conditions.get(), evidence="已收", by=staff.manager, at=april)
        assert "条件逾期" not in "".join(missing_for_supply(supplier, category, april))


class TestPapersInThreePlaces:
    def test_the_day_the_moment_and_the_database_agree(self, staff: People) -> None:
        above = a_category("01")
        leaf = SupplyCategory.objects.create(
            code="01.01", name="钢管", kind=above.kind, parent=above
        )
        other = a_category("02")
        require(PaperType.BUSINESS_LICENCE)
        require(ISO, above)
        require(PaperType.ISO_9001, leaf)
        require(PaperType.ISO_14001, other)
        PaperRequirement.objects.create(
            paper_type=PaperType.COURT_CHECK,
            starts=date(2026, 1, 1),
            ends=date(2026, 12, 30),
            most_days=61,
            source="x",
        )
        supplier = a_supplier()
        for paper_type, until in (
            (PaperType.BUSINESS_LICENCE, None),
            (ISO, date(2026, 3, 2)),
            (PaperType.COURT_CHECK, None),
        ):
            a_verified_paper(supplier, paper_type, verifier=staff.technician, valid_until=until)
        assert SupplierPaper.objects.count() == 3
        answers = []
        for day in (2, 3, 4):
            at = NOON + timedelta(days=day - 2)
            row = []
            for category in (leaf, above, other):
                dealing = (supplier.pk, category.pk)
                with connection.cursor() as cursor:
                    cursor.execute(
                        "SELECT suppliers_missing_papers(%s, %s, %s)", [*dealing, business_date(at)]
                    )
                    in_database = [paper for (paper,) in cursor.fetchall()]
                missing = missing_papers_at([dealing], at)[dealing]
                assert sorted(paper.paper_type.value for paper in missing) == in_database
                row.append(in_database)
            answers.append(row)
        assert answers == [
            [["iso_9001"], [], ["iso_14001"]],
            [["iso_45001", "iso_9001"], ["iso_45001"], ["iso_14001"]],
            [
                ["court_check", "iso_45001", "iso_9001"],
                ["court_check", "iso_45001"],
                ["court_check", "iso_14001"],
            ],
        ]


class TestGiveTrialOpinion:
    def test_three_roles_three_people(self, staff: People) -> None:
        admission = visited(staff)
        with pytest.raises(Refused, match="没有进行中的试用"):
            self._give(admission, staff)
        order_trial(
            admission, goods="弯头", quantity=Decimal(1), unit="件", by=staff.buyer, at=NOON
        )
        with pytest.raises(Invalid, match="不能早于下达试用的日子"):
            inspect_trial(
                admission,
                received_on=TODAY - timedelta(1),
                received=Decimal(1),
                accepted=Decimal(1),
                inspection="合格",
                by=staff.buyer,
                at=NOON,
            )
        with pytest.raises(Refused, match="还没有验收"):
            self._give(admission, staff)
        with pytest.raises(NotAllowed):
            give_trial_opinion(
                admission,
                TrialRole.OPERATIONS,
                agrees=True,
                text="可用",
                by=staff.technician,
                at=NOON,
            )
        trial = admission.trials.get()
        assert (trial.state, trial.opinions.count()) == (TrialState.ORDERED, 0)

    def test_a_refused_trial_can_be_repeated(self, staff: People) -> None:
        admission = tried(staff, against=TrialRole.OPERATIONS)
        order_trial(
            admission, goods="弯头", quantity=Decimal(1), unit="件", by=staff.buyer, at=NOON
        )
        assert list(admission.trials.order_by("pk").values_list("state", flat=True)) == [
            TrialState.REFUSED,
            TrialState.ORDERED,
        ]
        assert missing_for_supply(admission.supplier, admission.category, NOON) == ["试用到货验收"]

    def _give(self, admission: Admission, staff: People) -> None:
        give_trial_opinion(
            admission, TrialRole.TECHNICAL, agrees=True, text="可用", by=staff.technician, at=NOON
        )
