"""The operation by which a company publishes the terms of stop-heat for a season."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.models import HeatingSeason, StopHeatTerms
from office import journal
from office.actors import Actor
from office.models import Company
from office.permissions import authorise
from office.refusals import Invalid, Refused


@dataclass(frozen=True)
class Conditions:
    """The conditions of the terms; `most_of_unit` is a share of the flats of a unit."""

    no_arrears: bool = True
    separable: bool = True
    heated_last_season: bool = False
    out_of_warranty: bool = False
    most_of_unit: Decimal | None = None
    partial_allowed: bool = False
    reopening_fee_fen: int = 0
    self_reconnection_fee_fen: int = 0


@transaction.atomic
def publish_stop_heat_terms(
    season: HeatingSeason,
    *,
    opens_on: date,
    closes_on: date,
    conditions: Conditions,
    source: str,
    by: Actor,
    at: datetime,
) -> StopHeatTerms:
    """Says in which days and under which conditions the heat of a season can be stopped.

    Raises `Invalid` for a window that ends before it begins or after the season, for impossible
    conditions and without a paper; `Refused` for a season that has terms and for a window that
    overlaps that of another season.
    """
    company = season.company
    authorise(by, "billing.publish_stop_heat_terms", company)
    if not source.strip():
        raise Invalid("source_missing", _("请填写依据（文件名称、文号或合同条款）。"))
    if not opens_on <= closes_on <= season.ends:
        raise Invalid("stop_window_wrong", _("受理止日不能早于受理起日，也不能晚于采暖季止日。"))
    share = conditions.most_of_unit
    if share is not None and not 0 < share <= 1:
        raise Invalid("unit_share_wrong", _("单元内报停户数上限须大于 0 且不超过 100%%。"))
    if min(conditions.reopening_fee_fen, conditions.self_reconnection_fee_fen) < 0:
        raise Invalid("fee_below_zero", _("费用不能为负。"))
    # Two people may publish at once: the second waits for the company's row and sees the first.
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    others = StopHeatTerms.objects.filter(company=company).select_related("season")
    if others.filter(season=season).exists():
        raise Refused("stop_terms_taken", _("%(season)s 采暖季已有报停办法。"), season=season)
    overlapping = others.filter(opens_on__lte=closes_on, closes_on__gte=opens_on).first()
    if overlapping is not None:
        raise Refused(
            "stop_windows_overlap",
            _("受理日期与 %(season)s 采暖季的报停办法（%(opens)s 至 %(closes)s）重叠，请改日期。"),
            season=overlapping.season,
            opens=overlapping.opens_on,
            closes=overlapping.closes_on,
        )
    terms = StopHeatTerms.objects.create(
        company=company,
        season=season,
        opens_on=opens_on,
        closes_on=closes_on,
        source=source.strip(),
        published_by=by.user,
        published_at=at,
        **asdict(conditions),
    )
    journal.record(
        "publish_stop_heat_terms",
        terms,
        by=by,
        at=at,
        season=season.label,
        opens_on=f"{opens_on}",
        closes_on=f"{closes_on}",
        source=terms.source,
    )
    return terms
