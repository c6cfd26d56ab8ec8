"""What is kept against disputes: temperature tests and the articles that answers cite."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from complaints.classes import Department
from complaints.hand_overs.operations import hand_over_enquiry
from complaints.knowledge.operations import draft_article, publish_article
from complaints.models import (
    Answer,
    Article,
    ArticleVersion,
    HandOver,
    TemperatureReading,
    TemperatureTest,
)
from complaints.temperature_tests.operations import (
    Instrument,
    Reading,
    Signatures,
    record_temperature_test,
)
from complaints.tickets.enquiries import answer_enquiry
from customers.models import Account
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import a_company, an_account
from tests.service_desk import (
    HOUR,
    Desk,
    a_desk,
    a_paper,
    a_repair,
    a_ticket,
    an_enquiry,
    t,
)

pytestmark = pytest.mark.django_db

MONDAY = t("2026-01-12 09:00")
COLD = (
    Reading("主卧", MONDAY, Decimal("16.4")),
    Reading("客厅", MONDAY, Decimal("18.2")),
)
THERMOMETER = Instrument("WS-0017", date(2026, 6, 30))


class TestRecordTemperatureTest:
    @pytest.fixture
    def account(self, desk: Desk) -> Account:
        return an_account(desk.company)

    @pytest.fixture
    def record(self, desk: Desk, account: Account) -> Callable[..., TemperatureTest]:
        ticket = a_ticket(desk, "2026-01-12 08:00", a_repair(account=account))
        papers = [
            a_paper(target, desk.company, by=desk.repairer, at=MONDAY)
            for target in (ticket, account)
        ]

        def go(**changes: object) -> TemperatureTest:
            values: dict[str, object] = {
                "readings": COLD,
                "instrument": THERMOMETER,
                "signatures": Signatures(papers[0], papers[1], "王秀英"),
                "outside": Decimal("-12.5"),
                "required": Decimal(18),
                "ticket": ticket,
                "by": desk.repairer,
                "at": MONDAY + HOUR,
            } | changes
            return record_temperature_test(account, **values)  # type: ignore[arg-type]

        return go

    def test_keeps_rooms_times_outside_and_both_signatures(
        self, record: Callable[..., TemperatureTest]
    ) -> None:
        test = record()
        assert (test.coldest, test.passed, test.outside) == (
            Decimal("16.4"),
            False,
            Decimal("-12.5"),
        )
        assert (test.tested_at, test.instrument) == (MONDAY, "WS-0017")
        assert record(readings=[replace(COLD[0], celsius=Decimal("18.0"))]).passed

    def test_never_changes(self, record: Callable[..., TemperatureTest]) -> None:
        test = record()
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            TemperatureTest.objects.filter(pk=test.pk).update(required=Decimal(16))
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            test.readings.update(celsius=Decimal(20))
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            test.readings.all().delete()
        test = TemperatureTest.objects.get()
        assert (test.coldest, test.readings.count()) == (Decimal("16.4"), 2)

    def test_refused_without_what_makes_it_evidence(
        self, desk: Desk, record: Callable[..., TemperatureTest]
    ) -> None:
        elsewhere = a_paper(an_account(desk.company), desk.company, by=desk.agent, at=MONDAY)
        twice = Signatures(elsewhere, elsewhere, "王秀英")
        for changes, sentence in (
            ({"readings": ()}, "至少登记一个房间"),
            ({"readings": [COLD[0], COLD[0]]}, "登记了两次"),
            ({"readings": [replace(COLD[0], celsius=Decimal("164"))]}, "核对小数点"),
            ({"readings": [replace(COLD[0], celsius=Decimal("16.45"))]}, "保留一位小数"),
            ({"readings": [replace(COLD[0], measured_at=MONDAY + 2 * HOUR)]}, "不能晚于现在"),
            ({"instrument": replace(THERMOMETER, number="")}, "请填写测温仪器编号"),
            (
                {"instrument": replace(THERMOMETER, calibrated_until=date(2026, 1, 11))},
                "已超过检定有效期",
            ),
            ({"signatures": twice}, "凭证不是这张工单的档案"),
        ):
            with pytest.raises(Invalid, match=sentence):
                record(**changes)
        with pytest.raises(NotAllowed):
            record(by=a_desk("21").repairer)
        assert (TemperatureTest.objects.count(), TemperatureReading.objects.count()) == (0, 0)


@pytest.fixture
def article(desk: Desk) -> Article:
    return Article.objects.create(company=None, code="SF-001", topic="报停手续")


def published(article: Article, desk: Desk, text: str) -> ArticleVersion:
    # Group-wide articles are written by people of any company who hold the permission.
    draft = draft_article(article, text, by=desk.agent, at=MONDAY)
    return publish_article(draft, by=desk.manager, at=MONDAY)


def published_versions(article: Article) -> list[ArticleVersion]:
    return list(article.versions.filter(state="published").order_by("ordinal"))


class TestPublishArticle:
    def test_a_published_version_is_frozen_and_the_next_is_another(
        self, desk: Desk, article: Article
    ) -> None:
        first = published(article, desk, "供暖前一个月办理")
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            ArticleVersion.objects.filter(pk=first.pk).update(text="随时办理")
        second = draft_article(article, "九月底前办理", by=desk.agent, at=MONDAY)
        again = draft_article(article, "9 月 30 日前办理", by=desk.agent, at=MONDAY)
        assert (second.pk, second.ordinal, again.text) == (again.pk, 2, "9 月 30 日前办理")
        assert published_versions(article)[-1] == first
        publish_article(again, by=desk.manager, at=MONDAY)
        assert published_versions(article)[-1] == again

    def test_refused_to_the_drafter(self, desk: Desk, article: Article) -> None:
        draft = draft_article(article, "随时办理", by=desk.manager, at=MONDAY)
        with pytest.raises(Refused, match="起草人以外的人发布"):
            publish_article(draft, by=desk.manager, at=MONDAY)
        draft.refresh_from_db()
        assert draft.state == "draft"

    def test_a_companys_article_is_not_anothers(self, desk: Desk) -> None:
        own = Article.objects.create(company=desk.company, code="TY-1", topic="网点")
        foreign = a_desk("21")
        assert foreign.agent.user is not None
        assert not Article.objects.visible_to(foreign.agent.user).filter(pk=own.pk).exists()
        with pytest.raises(NotAllowed):
            draft_article(own, "x", by=foreign.agent, at=MONDAY)
        assert not own.versions.exists()


class TestAnswerEnquiry:
    def test_cites_the_version_it_was_answered_by(self, desk: Desk, article: Article) -> None:
        version = published(article, desk, "供暖前一个月办理")
        ticket = a_ticket(desk, "2026-01-12 09:00", an_enquiry())
        answer = answer_enquiry(
            ticket, "请在九月底前办理", version, by=desk.agent, at=MONDAY + HOUR
        )
        publish_article(
            draft_article(article, "改了", by=desk.agent, at=MONDAY), by=desk.manager, at=MONDAY
        )
        answer.refresh_from_db()
        ticket.refresh_from_db()
        assert answer.cites.text == "供暖前一个月办理"
        assert (ticket.state, ticket.clock_state, ticket.resolution) == (
            "resolved",
            "done",
            "请在九月底前办理",
        )

    def test_refused_by_a_draft_anothers_article_or_for_a_repair(
        self, desk: Desk, article: Article
    ) -> None:
        draft = draft_article(article, "起草中", by=desk.agent, at=MONDAY)
        foreign = Article.objects.create(company=a_company("21"), code="LZ-1", topic="网点")
        other = ArticleVersion.objects.create(article=foreign, ordinal=1, text="x")
        enquiry = a_ticket(desk, "2026-01-12 09:00", an_enquiry())
        repair = a_ticket(desk, "2026-01-12 09:00")
        for ticket, version, sentence in (
            (enquiry, draft, "尚未发布"),
            (enquiry, other, "不属于该公司"),
            (repair, draft, "只有咨询可以转办或答复"),
        ):
            with pytest.raises(Refused, match=sentence):
                answer_enquiry(ticket, "好", version, by=desk.agent, at=MONDAY + HOUR)
        enquiry.refresh_from_db()
        assert (enquiry.state, Answer.objects.count()) == ("open", 0)


class TestHandOverEnquiry:
    def test_the_promise_goes_on_in_the_other_department(
        self, desk: Desk, article: Article
    ) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00", an_enquiry())
        hand_over = hand_over_enquiry(
            ticket, Department.FINANCE, "差价如何补交", by=desk.agent, at=MONDAY + HOUR
        )
        ticket.refresh_from_db()
        assert (ticket.state, ticket.clock_state, hand_over.due_at) == (
            "handed_over",
            "running",
            t("2026-01-15 18:00"),
        )
        version = published(article, desk, "按文件补交")
        answer_enquiry(ticket, "按文件补交", version, by=desk.other_agent, at=MONDAY + 2 * HOUR)
        ticket.refresh_from_db()
        assert ticket.state == "resolved"

    def test_refused_without_a_question(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00", an_enquiry())
        with pytest.raises(Invalid, match="请写明需要该部门答复的问题"):
            hand_over_enquiry(ticket, Department.FINANCE, " ", by=desk.agent, at=MONDAY)
        ticket.refresh_from_db()
        assert (ticket.state, HandOver.objects.count()) == ("open", 0)
