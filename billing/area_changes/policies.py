"""The operation by which a company says how its seasons charge an area that changes."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.models import AreaChangePolicy, AreaChangeWay, BillingRun
from billing.states import BillingRunState
from office import journal
from office.actors import Actor
from office.models import Company
from office.permissions import authorise
from office.refusals import Invalid, Refused


@transaction.atomic
def publish_area_change_policy(
    company: Company,
    *,
    effective_from: date,
    way: AreaChangeWay,
    source: str,
    by: Actor,
    at: datetime,
) -> AreaChangePolicy:
    """Says how seasons that begin from a day on charge changed areas, until the next policy.

    Raises `Invalid` without a paper, and `Refused` for a second policy of one day and for a day
    from which a season has bills already: these were reckoned by the policy before.
    """
    authorise(by, "billing.publish_area_change_policy", company)
    if not source.strip():
        raise Invalid("source_missing", _("请填写依据（文件名称、文号或合同条款）。"))
    # Two people may publish at once: the second waits for the company's row and sees the first.
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    if AreaChangePolicy.objects.filter(company=company, effective_from=effective_from).exists():
        raise Refused("area_change_policy_taken", _("这一天已有面积变更计费办法，请改执行日期。"))
    begun = (BillingRunState.ISSUING, BillingRunState.ISSUED, BillingRunState.CLOSED)
    billed = BillingRun.objects.filter(
        company=company, season__starts__gte=effective_from, state__in=begun
    )
    if run := billed.select_related("season").first():
        raise Refused(
            "policy_of_billed_season",
            _("%(season)s 采暖季已经出账，计费办法不能再变，请把执行日期改到它之后。"),
            season=run.season,
        )
    policy = AreaChangePolicy.objects.create(
        company=company,
        effective_from=effective_from,
        way=way,
        source=source.strip(),
        published_by=by.user,
        published_at=at,
    )
    journal.record(
        "publish_area_change_policy",
        policy,
        by=by,
        at=at,
        effective_from=f"{effective_from}",
        way=way,
        source=policy.source,
    )
    return policy
