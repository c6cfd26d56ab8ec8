"""One record of every kind that customer service shows."""

from datetime import date
from decimal import Decimal

from django.db.models import Model

from complaints.classes import Department
from complaints.escalations.operations import scan_breaches
from complaints.hand_overs.operations import hand_over_enquiry
from complaints.incidents.operations import Reach, notify_affected, register_incident
from complaints.knowledge.operations import draft_article
from complaints.kpis.operations import freeze_nights
from complaints.models import (
    Article,
    CallBackPolicy,
    KpiCorrection,
    NoticeRecipient,
    PromiseRule,
)
from complaints.rosters.operations import Duty, publish_duty
from complaints.spot_checks.operations import Size, draw_spot_checks, plan_spot_checks
from complaints.temperature_tests.operations import (
    Instrument,
    Reading,
    Signatures,
    record_temperature_test,
)
from complaints.tickets.resolution import resolve_ticket
from tests.builders import an_account
from tests.service_desk import (
    DAY,
    HOUR,
    SYSTEM,
    Desk,
    a_complaint,
    a_paper,
    a_ticket,
    an_enquiry,
    publish_rules,
    t,
)

MONDAY = t("2026-01-12 09:00")
# How `a_ticket` reads an instant.
MINUTES = "%Y-%m-%d %H:%M"


def service_records(desk: Desk, *, weeks: int = 0) -> list[Model]:
    """Returns what the walks over all screens need besides the records of billing."""
    monday = MONDAY + weeks * 7 * DAY
    opened = monday.strftime(MINUTES)
    wednesday = (monday + 2 * DAY).strftime(MINUTES)
    publish_rules(desk.company)
    account = an_account(desk.company)
    ticket = a_ticket(desk, opened, a_complaint())
    resolve_ticket(ticket, "已致歉", by=desk.agent, at=monday)
    hand_over = hand_over_enquiry(
        a_ticket(desk, opened, an_enquiry()),
        Department.FINANCE,
        "差价如何补交",
        by=desk.agent,
        at=monday,
    )
    incident = register_incident(
        desk.company,
        "爆管",
        Reach(communities=[account.premise.building.community]),
        starts_at=monday,
        by=desk.dispatcher,
        at=monday,
    )
    notice = notify_affected(incident, "正在抢修", by=desk.dispatcher, at=monday)
    article = Article.objects.create(
        company=desk.company, code=f"ZS-{desk.company.code}", topic="缴费"
    )
    papers = [a_paper(account, desk.company, by=desk.repairer, at=monday) for _ in range(2)]
    test = record_temperature_test(
        account,
        [Reading("主卧", monday, Decimal(18))],
        Instrument("WS-1", date(2027, 1, 1)),
        Signatures(papers[0], papers[1], "王秀英"),
        outside=Decimal(-10),
        required=Decimal(18),
        by=desk.repairer,
        at=monday,
    )
    plan = plan_spot_checks(
        desk.company,
        "一月抽测",
        Size(flats=1),
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 1, 31),
        by=desk.manager,
        at=monday,
    )
    draw_spot_checks(plan, by=desk.manager, at=monday)
    freeze_nights(at=monday + DAY)
    a_ticket(desk, wednesday, a_complaint(reported_at=monday))
    freeze_nights(at=monday + 3 * DAY)
    assert desk.repairer.user is not None
    night = Duty(monday + HOUR, monday + 9 * HOUR, [desk.repairer.user], "0931-7654321")
    scan_breaches(monday + 30 * DAY)
    rows: list[Model | None] = [
        ticket.escalations.first(),
        KpiCorrection.objects.filter(company=desk.company).first(),
        desk.crew,
        hand_over,
        publish_duty(desk.crew, night, by=desk.dispatcher, at=monday),
        ticket.call_backs.first(),
        incident,
        notice,
        NoticeRecipient.objects.filter(notice=notice).first(),
        draft_article(article, "微信可以缴费。", by=SYSTEM, at=monday + DAY),
        article,
        test,
        plan,
        plan.items.first(),
        PromiseRule.objects.filter(company=desk.company).first(),
        CallBackPolicy.objects.filter(company=desk.company).first(),
    ]
    return [row for row in rows if row is not None]
