"""A channel's day: its bill is taken in once, compared as often as wanted, explained and closed."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.alarms.operations import raise_alarm
from billing.models import (
    Attempt,
    Channel,
    ChannelDay,
    ChannelDifference,
    Payment,
    ProviderBill,
    ProviderLine,
)
from billing.reconciliation.comparing import compare_sets
from billing.reconciliation.wechat_bill import BillLine, ChannelBill
from billing.states import CHANNEL_DAY
from office import journal
from office.actors import Actor
from office.head_office import head_office
from office.locks.advisory_locks import AdvisoryLock, lock_until_commit
from office.permissions import authorise
from office.refusals import Invalid, Refused

_AT_ONCE = 2000


@transaction.atomic
def take_in_bill(
    channel: Channel, day: date, bill: ChannelBill, *, by: Actor, at: datetime
) -> ProviderBill | None:
    """Stores the bill of a day with its lines, once, each line in the day of its company.

    Raises an alarm and stores nothing for a file that is damaged, and for one that differs from
    what was stored before: the first stands until a person decides. Returns None then. No
    permission: the provider proves its bill by hash, and it is stored in the system's name. No line
    in the journal: the bill is its own record.
    """
    lock_until_commit(AdvisoryLock.CHANNEL_DAY, f"{channel}:{day}")
    if bill.fault:
        _alarm_of_bill(channel, day, f"账单文件损坏或前后不符（{bill.fault}）", at)
        return None
    earlier = ProviderBill.objects.filter(channel=channel, day=day).first()
    if earlier is not None:
        if earlier.sha1 != bill.sha1:
            _alarm_of_bill(channel, day, "再次取得的账单与先前的不同，仍以先前的为准", at)
        return earlier
    stored = ProviderBill.objects.create(
        channel=channel, day=day, sha1=bill.sha1, line_count=len(bill.lines), fetched_at=at
    )
    _store_lines(stored, bill.lines, at)
    return stored


@transaction.atomic
def compare_channel_day(
    channel: Channel, day: date, *, by: Actor, at: datetime
) -> list[ChannelDay]:
    """Compares the lines of a day with the books of every company; closed days stay as they are.

    Comparing again changes nothing but the time of the comparison. No permission: it only writes
    down what differs; who may start it says `reconcile_channel_day`. No line in the journal: the
    day is its own record.
    """
    lock_until_commit(AdvisoryLock.CHANNEL_DAY, f"{channel}:{day}")
    compare_sets(channel, day, at)
    return list(ChannelDay.objects.filter(channel=channel, day=day).order_by("company"))


@transaction.atomic
def explain_difference(
    difference: ChannelDifference, *, explanation: str, by: Actor, at: datetime
) -> ChannelDifference:
    """Writes down why a difference is as it should be, once; the books stay as they are."""
    authorise(by, "billing.explain_difference", difference.day.company)
    # The day is locked first, as by whoever closes it: none is explained behind its back.
    day = _lock_day(difference.day)
    locked_difference = ChannelDifference.objects.select_for_update(of=("self",)).get(
        pk=difference.pk
    )
    if day.closed_at is not None:
        raise Refused("day_closed", _("这一天已结清，不能再改。"))
    if locked_difference.explained_at is not None or locked_difference.gone_at is not None:
        raise Refused("difference_settled", _("这笔差异已说明或已消除。"))
    if not explanation.strip():
        raise Invalid("explanation_missing", _("请写明差异的原因和处理办法。"))
    locked_difference.explanation = explanation.strip()[:300]
    locked_difference.explained_by = by.user
    locked_difference.explained_at = at
    locked_difference.save()
    day.open_count = _open_differences(day)
    day.save(update_fields=["open_count"])
    journal.record(
        "explain_difference",
        locked_difference,
        by=by,
        at=at,
        company=day.company,
        number=locked_difference.number,
        reason=locked_difference.explanation,
    )
    return locked_difference


@transaction.atomic
def close_channel_day(day: ChannelDay, *, by: Actor, at: datetime) -> ChannelDay:
    """Closes a day once its bill is there and every difference is gone or explained."""
    authorise(by, "billing.close_channel_day", day.company)
    lock_until_commit(AdvisoryLock.CHANNEL_DAY, f"{day.channel}:{day.day}")
    locked_day = _lock_day(day)
    state = CHANNEL_DAY.next_state(locked_day.state, "close_channel_day")
    if not ProviderBill.objects.filter(channel=day.channel, day=day.day).exists():
        raise Refused("bill_missing", _("还没有取得这一天的渠道账单，不能结清。"))
    # What came to the books since the last comparison counts too.
    compare_sets(Channel(locked_day.channel), locked_day.day, at)
    locked_day.refresh_from_db()
    if locked_day.open_count:
        raise Refused(
            "differences_open",
            _("还有 %(count)s 笔差异没有说明，请逐笔核实后再结清。"),
            count=locked_day.open_count,
        )
    locked_day.state = state
    locked_day.closed_by = by.user
    locked_day.closed_at = at
    locked_day.save(update_fields=["state", "closed_by", "closed_at"])
    journal.record(
        "close_channel_day",
        locked_day,
        by=by,
        at=at,
        provider_fen=locked_day.provider_fen,
        books_fen=locked_day.books_fen,
    )
    return locked_day


def _lock_day(day: ChannelDay) -> ChannelDay:
    """Locks the day and returns it, freshly read with its company."""
    return (
        ChannelDay.objects.select_for_update(of=("self",)).select_related("company").get(pk=day.pk)
    )


def _open_differences(day: ChannelDay) -> int:
    return day.differences.filter(gone_at=None, explained_at=None).count()


def _store_lines(bill: ProviderBill, lines: Sequence[BillLine], at: datetime) -> None:
    """Stores the lines in stretches, each in the day of the company that its order belongs to."""
    days: dict[int, ChannelDay] = {}
    for start in range(0, len(lines), _AT_ONCE):
        stretch = lines[start : start + _AT_ONCE]
        companies = _companies_of(bill.channel, stretch)
        rows = []
        for line in stretch:
            company_id = companies.get(line.order_number) or companies.get(line.transaction_id)
            if company_id is None:
                company_id = head_office().pk
            if company_id not in days:
                days[company_id], _new = ChannelDay.objects.get_or_create(
                    company_id=company_id,
                    channel=bill.channel,
                    day=bill.day,
                    defaults={"compared_at": at},
                )
            rows.append(_row(bill, days[company_id], line))
        ProviderLine.objects.bulk_create(rows)


def _companies_of(channel: str, lines: Iterable[BillLine]) -> dict[str, int]:
    """Returns the companies of the lines by order number, and by transaction id."""
    by_order = Attempt.objects.filter(number__in={line.order_number for line in lines})
    by_transaction = Payment.objects.filter(
        provider=channel, transaction_id__in={line.transaction_id for line in lines}
    )
    return dict(by_order.values_list("number", "intent__company")) | dict(
        by_transaction.values_list("transaction_id", "company")
    )


def _row(bill: ProviderBill, day: ChannelDay, line: BillLine) -> ProviderLine:
    return ProviderLine(
        bill=bill,
        day=day,
        kind=line.kind,
        transaction_id=line.transaction_id,
        order_number=line.order_number,
        refund_id=line.refund_id,
        refund_number=line.refund_number,
        amount_fen=line.amount_fen,
        fee_millifen=line.fee_millifen,
        occurrence=line.occurrence,
        traded_at=line.traded_at,
    )


def _alarm_of_bill(channel: Channel, day: date, fault: str, at: datetime) -> None:
    raise_alarm(
        "bill_unusable",
        key=f"{channel}:{day.isoformat()}",
        sentence=f"{day.isoformat()} 的渠道账单不能使用：{fault}；请到商户平台核对。",
        at=at,
        fault=fault,
    )
