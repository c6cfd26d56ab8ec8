"""The card with reminders, holds and plans on the page of an account."""

from urllib.parse import urlencode

from django.utils import timezone

from billing.dunning.delivery import deliveries_of
from billing.dunning.standings import plan_standings
from billing.models import DunningHold, DunningNotice, InstalmentPlan
from customers.models import Account
from office.calendar import business_date
from office.models import User
from office.screens.panels import Panel

MOST_SHOWN = 10


def dunning_panel(account: Account, user: User) -> Panel | None:
    """Returns the card; None for people who may not see holds."""
    if not user.has_perm("billing.view_dunninghold"):
        return None
    today = business_date(timezone.now())
    holds = DunningHold.objects.filter(contract__account=account).select_related("entered_by")
    plans = list(
        InstalmentPlan.objects.filter(contract__account=account).prefetch_related("parts")[
            :MOST_SHOWN
        ]
    )
    notices = list(
        DunningNotice.objects.filter(contract__account=account).select_related("done_by")[
            :MOST_SHOWN
        ]
    )
    deliveries = deliveries_of(notices) if notices else {}
    standings = plan_standings([plan.pk for plan in plans], on=today) if plans else {}
    return Panel(
        "billing/dunning/_dunning_panel.html",
        {
            "notices": [(notice, deliveries.get(notice.pk, "")) for notice in notices],
            "holds": [(hold, hold.runs_on(today)) for hold in holds[:MOST_SHOWN]],
            "plans": [(plan, standings[plan.pk]) for plan in plans],
            "query": urlencode({"company": account.company_id, "account": account.number}),
            "may_hold": user.has_perm("billing.place_dunning_hold"),
            "may_agree": user.has_perm("billing.agree_instalment_plan"),
        },
    )
