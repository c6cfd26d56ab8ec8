"""The preview: pricing the scope of a run, a stretch of accounts at a time."""

import json
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from billing.models import AreaBasis, AreaChangeWay, BillingRun
from billing.runs.basis import basis_of
from billing.runs.drafts import DraftTables
from billing.runs.pricing_sql import FAULTS, price_stretch_sql
from billing.states import BillingRunState
from customers.models import Account
from office.language import in_chinese


def last_account_id(run: BillingRun) -> int:
    """Returns where the pricing ends: the highest account id of the company."""
    return Account.objects.filter(company=run.company_id).aggregate(last=Max("pk"))["last"] or 0


@transaction.atomic
def preview_stretch(run: BillingRun, *, last: int) -> int:
    """A step of `carry_on_billing_run`, in a transaction of its own: prices the next stretch of
    accounts and returns how far the preview has come."""
    # A worker that was believed dead may still be in this stretch: the next one waits here and
    # goes on after it.
    locked_run = (
        BillingRun.objects.select_for_update(of=("self",)).select_related("season").get(pk=run.pk)
    )
    after = locked_run.previewed_through
    if locked_run.state != BillingRunState.PREVIEWING or after >= last:
        return max(after, last)
    through = _end_of_stretch(locked_run, after, last)
    factors = pricing_factors(locked_run, after, through)
    with connection.cursor() as cursor:
        # The default is made for small queries: sorts and hashes of a stretch would go to disk.
        cursor.execute("SET LOCAL work_mem = '128MB'")
        # Accounts of a stretch are neighbours in their tables: a nested loop over an index would
        # read each page many times, where one pass reads it once.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(price_stretch_sql(DraftTables(locked_run.pk)), factors)
    locked_run.previewed_through = through
    locked_run.save(update_fields=["previewed_through"])
    return through


def _end_of_stretch(run: BillingRun, after: int, last: int) -> int:
    """Returns the id of the last account of the stretch that begins after `after`."""
    size = settings.BILLING_STRETCH
    ids = Account.objects.filter(company=run.company_id, pk__gt=after).order_by("pk")
    # OFFSET finds the end of the stretch without reading the accounts in between into Python.
    last_ids = ids.values_list("pk", flat=True)[size - 1 : size]
    return last_ids[0] if last_ids else last


def pricing_factors(run: BillingRun, after: int, through: int) -> dict[str, Any]:
    """Returns what the pricing statement takes, by what the preview of the run rests on."""
    # A run that was previewed before bases were kept has none.
    basis = run.summary.get("basis") or basis_of(run.season)
    communities = list(run.communities.values_list("pk", flat=True))
    return {
        "run": run.pk,
        "company": run.company_id,
        "season": run.season_id,
        "after": after,
        "through": through,
        "accounts": None,
        "communities": communities or None,
        **{name: basis[name] for name in ("days", "months", "tariffs")},
        "by_days": basis.get("area_change") == AreaChangeWay.BY_DAYS,
        "starts": date.fromisoformat(basis["starts"]),
        "last_day": date.fromisoformat(basis["last_day"]),
        "sentences": json.dumps(FAULTS, ensure_ascii=False),
        "bases": _area_bases(),
    }


def _area_bases() -> str:
    """Returns the Chinese names of the area bases as JSON, for the sentences of parked accounts."""
    with in_chinese():
        names = {basis.value: str(basis.label) for basis in AreaBasis}
    return json.dumps(names, ensure_ascii=False)
