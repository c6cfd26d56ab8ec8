"""The operation by which a company says from which daily use on a reading waits for a person."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.models import HeatUnit, MeterReadingLimit
from office import journal
from office.actors import Actor
from office.models import Company
from office.permissions import authorise
from office.refusals import Invalid, Refused


@transaction.atomic
def publish_meter_reading_limit(
    company: Company,
    *,
    effective_from: date,
    unit: HeatUnit,
    most_per_day: Decimal,
    source: str,
    by: Actor,
    at: datetime,
) -> MeterReadingLimit:
    """Publishes the daily use, in `unit`, above which readings from a day on wait for a person.

    Readings that were entered before stay as they are. Raises `Invalid` without a paper or for a
    limit of zero or less, and `Refused` for a second limit of one day.
    """
    authorise(by, "billing.publish_meter_reading_limit", company)
    if not source.strip():
        raise Invalid("source_missing", _("请填写依据（文件名称、文号或合同条款）。"))
    if most_per_day <= 0:
        raise Invalid("limit_not_positive", _("每日用热量上限必须大于零。"))
    # Two people may publish at once: the second waits for the company's row and sees the first.
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    same_day = MeterReadingLimit.objects.filter(
        company=company, unit=unit, effective_from=effective_from
    )
    if same_day.exists():
        raise Refused("reading_limit_taken", _("这一天已有同一单位的限值，请改执行日期。"))
    limit = MeterReadingLimit.objects.create(
        company=company,
        effective_from=effective_from,
        unit=unit,
        most_per_day=most_per_day,
        source=source.strip(),
        published_by=by.user,
        published_at=at,
    )
    journal.record(
        "publish_meter_reading_limit",
        limit,
        by=by,
        at=at,
        effective_from=f"{effective_from}",
        unit=unit,
        most_per_day=f"{most_per_day:f}",
        source=limit.source,
    )
    return limit
