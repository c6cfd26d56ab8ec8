"""The card with reminders, holds and plans on the page of an account."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from billing.dunning.delivery import deliveries_of
from billing.dunning.standings import PlanStanding, plan_standings, standing_words
from billing.models import DunningHold, DunningNotice, InstalmentPlan
from customers.models import Account
from office.calendar import business_date
from office.language import Text
from office.models import User
from office.screens.panels import Panel

MOST_SHOWN = 10


@dataclass(frozen=True)
class NoticeRow:
    """A step that was taken, with the state of its text message."""

    notice: DunningNotice
    delivery: str


@dataclass(frozen=True)
class HoldRow:
    """A hold, and whether it stops dunning today."""

    hold: DunningHold
    runs: bool


@dataclass(frozen=True)
class PlanRow:
    """A plan, what was paid of it, and how it stands in words."""

    plan: InstalmentPlan
    standing: PlanStanding
    words: Text


def dunning_panel(account: Account, user: User) -> Panel | None:
    """Returns the card; None for people who may not see holds."""
    if not user.has_perm("billing.view_dunninghold"):
        return None
    today = business_date(timezone.now())
    of_account = {"contract__account": account}
    holds, more_holds = _newest(
        DunningHold.objects.filter(**of_account).select_related("entered_by")
    )
    plans, more_plans = _newest(
        InstalmentPlan.objects.filter(**of_account).prefetch_related("parts")
    )
    notices, more_notices = _newest(
        DunningNotice.objects.filter(**of_account).select_related("done_by")
    )
    deliveries = deliveries_of(notices, today=today) if notices else {}
    standings = plan_standings([plan.pk for plan in plans], on=today) if plans else {}
    return Panel(
        "billing/dunning/_dunning_panel.html",
        {
            "notices": [NoticeRow(notice, deliveries.get(notice.pk, "")) for notice in notices],
            "all_notices": _list_of(account, "dunningnotice") if more_notices else "",
            "holds": [HoldRow(hold, hold.runs_on(today)) for hold in holds],
            "all_holds": _list_of(account, "dunninghold") if more_holds else "",
            "plans": [
                PlanRow(plan, standings[plan.pk], standing_words(plan, standings[plan.pk]))
                for plan in plans
            ],
            "all_plans": _list_of(account, "instalmentplan") if more_plans else "",
            "query": urlencode({"company": account.company_id, "account": account.number}),
            "may_hold": user.has_perm("billing.place_dunning_hold"),
            "may_agree": user.has_perm("billing.agree_instalment_plan"),
        },
    )


def _newest(rows: QuerySet[Any]) -> tuple[list[Any], bool]:
    """Returns the rows that the card shows, and whether there are more; one query."""
    shown = list(rows[: MOST_SHOWN + 1])
    return shown[:MOST_SHOWN], len(shown) > MOST_SHOWN


def _list_of(account: Account, model: str) -> str:
    """Returns the address of the list with all rows of the account."""
    query = urlencode({"company": account.company_id, "q": account.number})
    return f"{reverse(f'admin:billing_{model}_changelist')}?{query}"
