"""The demo's grid connections: one at every step, one on hold, one withdrawn."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

from customers.connection.applications import (
    ApplicationFacts,
    accept_application,
    apply_for_connection,
    hand_in_connection_paper,
    return_application,
)
from customers.connection.budgets import (
    BudgetFacts,
    approve_connection_plan,
    submit_connection_plan,
)
from customers.connection.contract_drafts import (
    draw_up_connection_contract,
    enter_signed_contract,
)
from customers.connection.designs import DesignFacts, submit_design
from customers.connection.ends import hold_connection, withdraw_connection
from customers.connection.papers import papers_asked
from customers.connection.reviews import (
    OpinionFacts,
    OutsideExpert,
    give_outside_opinion,
    give_review_opinion,
    invite_reviewers,
    pass_review,
)
from customers.connection.steps import person_of
from customers.connection.surveys import SurveyReport, pass_survey, plan_survey
from customers.connection.works import (
    KickOffFacts,
    accept_construction,
    inspect_node,
    kick_off_connection,
)
from customers.contract_papers.papers import SignatureFacts, sign_contract
from customers.models import (
    Connection,
    ConnectionPaperRule,
    ConnectionRule,
    ConnectionTerms,
    CustomerKind,
    PaperOf,
    ReviewVerdict,
    WorksNode,
)
from office.actors import Actor
from office.approvals.steps import Opinion
from office.calendar import business_date
from office.documents.operations import Upload
from office.identity import credit_check_character
from office.models import Company
from suppliers.models import Supplier

_EXPERT = OutsideExpert("孙教授", "太原理工大学土木工程学院", "13903510001")
# Signed and paid, then given up; the same developer builds on elsewhere (`connection_money.py`).
GIVEN_UP = "九一小区四期"
_AGREED = OpinionFacts(ReviewVerdict.AGREE, "方案可行，水力计算满足要求")
# In the order of the steps: name, area in m², flats, and for how many days it has been there.
_PROJECTS = (
    ("晋阳湖壹号", "86000.00", 680, 1),
    ("龙城新苑二期", "42500.00", 360, 6),
    ("汾东商业广场", "31800.00", 12, 2),
    ("学府雅园", "58200.00", 470, 9),
    ("滨河人家", "96400.00", 820, 4),
    ("长风公馆", "27300.00", 210, 3),
    ("和平里回迁区", "64900.00", 560, 5),
    ("南中环中学", "18600.00", 1, 8),
    ("九一小区三期", "39900.00", 330, 2),
    ("万柏林医院新楼", "22400.00", 1, 45),
)


@dataclass(frozen=True)
class _People:
    """Who works on the connections."""

    agent: Actor
    manager: Actor
    engineer: Actor
    technician: Actor
    operator: Actor
    leader: Actor


def tell_of_connections(
    company: Company, contractor: Supplier, staff: dict[str, Actor], *, at: datetime
) -> None:
    """Enters the rules and a project for every step, as the people at their desks would."""
    _publish(company)
    people = _People(
        staff["agent"],
        staff["service-manager"],
        staff["engineer"],
        staff["technical"],
        staff["operations"],
        staff["leader"],
    )
    steps = _Story(people, contractor).steps
    for number, (project, area, flats, days) in enumerate(_PROJECTS):
        moment = at - timedelta(days=days)
        connection = _applied(company, project, Decimal(area), flats, people, number, moment)
        for step in steps[:number]:
            step(connection, moment)
    moment = at - timedelta(days=20)
    given_up = _applied(company, GIVEN_UP, Decimal(30000), 250, people, 93, moment, "九一小区三期")
    # Up to the contract, which is the seventh step.
    for step in steps[:7]:
        step(given_up, moment)
    paused = _applied(company, "北营旧改片区", Decimal(52000), 440, people, 90, at)
    hold_connection(paused, reason="规划条件未批复", by=people.manager, at=at)
    withdrawn = _applied(company, "迎泽西大街公寓", Decimal(15000), 160, people, 91, at)
    withdraw_connection(withdrawn, reason="改用自备热源", by=people.agent, at=at)
    returned = _applied(company, "小店产业园", Decimal(26000), 8, people, 92, at)
    return_application(returned, reason="申请面积与规划许可不符", by=people.agent, at=at)


def _publish(company: Company) -> None:
    since = date(2024, 1, 1)
    source = "太原市供热入网办理办法"
    ConnectionRule.objects.create(
        company=company,
        starts=since,
        accept_days=3,
        survey_days=5,
        design_days=10,
        review_days=7,
        plan_days=5,
        approval_days=5,
        contract_days=10,
        kick_off_days=5,
        construction_days=90,
        heat_on_days=5,
        quorum=3,
        outside_quorum=1,
        source=source,
    )
    ConnectionTerms.objects.create(
        company=company, starts=since, price_fen=5000, tolerance_permille=30, source=source
    )
    for name, paper_of in (
        ("营业执照", PaperOf.ORGANISATION),
        ("建设工程规划许可证", PaperOf.EVERYBODY),
        ("总平面图", PaperOf.EVERYBODY),
    ):
        ConnectionPaperRule.objects.create(
            company=company, name=name, paper_of=paper_of, starts=since, source=source
        )


def _applied(
    company: Company,
    project: str,
    area: Decimal,
    flats: int,
    people: _People,
    number: int,
    at: datetime,
    developer: str = "",
) -> Connection:
    code = f"91140100{number + 500:09d}"
    facts = ApplicationFacts(
        applicant=f"太原{developer or project}建设有限公司",
        applicant_kind=CustomerKind.OTHER,
        contact="赵工",
        phone=f"1390351{number:04d}",
        project=project,
        address=f"太原市{project}",
        area=area,
        flats=flats,
        wanted_on=business_date(at) + timedelta(days=300),
        credit_code=code + credit_check_character(code),
    )
    return apply_for_connection(company, facts, by=people.agent, at=at)


def _scan(text: str) -> Upload:
    return Upload(f"{text}.pdf", BytesIO(b"%PDF-1.4\n" + text.encode()))


class _Story:
    """What takes a connection from one step to the next."""

    def __init__(self, people: _People, contractor: Supplier) -> None:
        self.people = people
        self.contractor = contractor

    @property
    def steps(self) -> tuple[Callable[[Connection, datetime], object], ...]:
        """The steps in their order."""
        return (
            *(self.accept, self.survey, self.design, self.review, self.plan),
            *(self.approve, self.sign, self.kick_off, self.build),
        )

    def accept(self, connection: Connection, at: datetime) -> None:
        for rule in papers_asked(connection):
            scan = _scan(f"{connection.number} {rule.name}")
            hand_in_connection_paper(connection, rule, scan, by=self.people.agent, at=at)
        accept_application(connection, by=self.people.agent, at=at)

    def survey(self, connection: Connection, at: datetime) -> None:
        day = business_date(at)
        surveyor = person_of(self.people.engineer)
        plan_survey(connection, surveyor=surveyor, planned_for=day, by=self.people.engineer, at=at)
        report = SurveyReport(
            day, connection.area * Decimal("0.04"), 380, "DN500 阀门井", "具备接入条件"
        )
        pass_survey(connection, report, by=self.people.engineer, at=at)

    def design(self, connection: Connection, at: datetime) -> None:
        facts = DesignFacts(connection.area * Decimal("0.04"), 420, "DN200 直埋敷设")
        drawings = [_scan(f"{connection.number} 总图")]
        submit_design(connection, facts, drawings, by=self.people.engineer, at=at)

    def review(self, connection: Connection, at: datetime) -> None:
        users = [
            actor.user for actor in (self.people.technician, self.people.operator) if actor.user
        ]
        (secret,) = invite_reviewers(
            connection, users, [_EXPERT], by=self.people.engineer, at=at
        ).values()
        for actor in (self.people.technician, self.people.operator):
            give_review_opinion(connection, _AGREED, by=actor, at=at)
        give_outside_opinion(
            secret,
            _AGREED,
            signature=_EXPERT.name,
            phone_tail=_EXPERT.phone[-4:],
            by=Actor.customer(_EXPERT.name),
            at=at,
        )
        pass_review(connection, summary="会审通过", by=self.people.engineer, at=at)

    def plan(self, connection: Connection, at: datetime) -> None:
        day = business_date(at)
        facts = BudgetFacts("新建换热站一座", 1_860_000_00, day, day + timedelta(days=120))
        submit_connection_plan(connection, facts, by=self.people.engineer, at=at)

    def approve(self, connection: Connection, at: datetime) -> None:
        for actor in (self.people.manager, self.people.technician, self.people.leader):
            approve_connection_plan(connection, Opinion("同意"), by=actor, at=at)

    def sign(self, connection: Connection, at: datetime) -> None:
        day = business_date(at)
        amount_fen = int(connection.area * 5000)
        schedule = [
            (day, amount_fen // 2),
            (day + timedelta(days=90), amount_fen - amount_fen // 2),
        ]
        manager = self.people.manager
        draft = draw_up_connection_contract(
            connection, connection.area, schedule, by=manager, at=at
        )
        signed = SignatureFacts("赵工", day, _scan(f"{connection.number} 合同"))
        sign_contract(draft.paper, signed, by=manager, at=at)
        enter_signed_contract(connection, by=manager, at=at)

    def kick_off(self, connection: Connection, at: datetime) -> None:
        facts = KickOffFacts(
            self.contractor, business_date(at), "管材已到场", "项目经理 1 人，焊工 4 人", "按期开工"
        )
        kick_off_connection(connection, facts, by=self.people.manager, at=at)

    def build(self, connection: Connection, at: datetime) -> None:
        for node in WorksNode:
            inspect_node(connection, node, passed=True, note="合格", by=self.people.engineer, at=at)
        accept_construction(
            connection, score=Decimal(93), conclusion="合格", by=self.people.technician, at=at
        )
