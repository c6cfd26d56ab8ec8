"""The amount up to which a cashier enters money alone: dated, per company, with its paper."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.models import CounterLimit
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.models import Company
from office.permissions import authorise
from office.refusals import Invalid

# Holds for a company that has published no limit: 1,000,000.00 yuan.
DEFAULT_LIMIT_FEN = 1_000_000_00


@transaction.atomic
def publish_counter_limit(
    company: Company, *, limit_fen: int, effective_from: date, source: str, by: Actor, at: datetime
) -> CounterLimit:
    """Publishes the company's limit in fen from a day on; earlier limits stay on record.

    Raises `Invalid` for a limit of zero or less, a missing paper, or a day that has passed.
    """
    authorise(by, "billing.publish_counter_limit", company)
    if limit_fen <= 0:
        raise Invalid("limit_not_positive", _("收款限额必须大于零。"))
    if not source.strip():
        raise Invalid("source_missing", _("请填写依据（收费管理文件的名称、文号）。"))
    if effective_from < business_date(at):
        raise Invalid("rule_backdated", _("收款限额不能追溯到今天以前，请改执行日期。"))
    limit = CounterLimit.objects.create(
        company=company,
        limit_fen=limit_fen,
        effective_from=effective_from,
        source=source.strip(),
        published_by=by.user,
        published_at=at,
    )
    journal.record(
        "publish_counter_limit",
        limit,
        by=by,
        at=at,
        limit_fen=limit_fen,
        effective_from=f"{effective_from}",
        source=limit.source,
    )
    return limit


def counter_limit(company: Company, day: date) -> int:
    """Returns the company's limit on that day in fen; of two for one day the later entry holds."""
    limit = CounterLimit.objects.filter(company=company, effective_from__lte=day).first()
    return limit.limit_fen if limit else DEFAULT_LIMIT_FEN
