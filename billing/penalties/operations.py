"""The operations of late fees: a rule of a company, and days on which a contract bears none."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.models import LateFeeBase, LateFeeRule, LateFeeSuspension, SpendingOrder
from customers.contracts.locking import lock_account
from customers.models import SupplyContract
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.models import Company
from office.permissions import authorise
from office.refusals import Invalid, Refused


@transaction.atomic
def publish_late_fee_rule(
    company: Company,
    *,
    effective_from: date,
    per_day: Decimal,
    base: LateFeeBase,
    order: SpendingOrder,
    source: str,
    by: Actor,
    at: datetime,
) -> LateFeeRule:
    """Says what share of the base a day costs from a day on, until the next rule.

    Raises `Invalid` for a share outside 0 to 1, a missing paper or a day that has passed, and
    `Refused` for a second rule of one day.
    """
    authorise(by, "billing.publish_late_fee_rule", company)
    if not 0 <= per_day <= 1:
        raise Invalid("late_fee_rate_wrong", _("日率须在 0 与 1 之间，如千分之二填 0.002。"))
    if not source.strip():
        raise Invalid("source_missing", _("请填写依据（文件名称、文号或合同条款）。"))
    # Two people may publish at once: the second waits for the company's row and sees the first.
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    # A rule that began earlier would change fees that customers were told and paid.
    if effective_from < business_date(at) and not _is_first(company):
        raise Invalid("rule_backdated", _("违约金规则不能追溯到今天以前，请改执行日期。"))
    if LateFeeRule.objects.filter(company=company, effective_from=effective_from).exists():
        raise Refused("late_fee_rule_taken", _("这一天已有违约金规则，请改执行日期。"))
    rule = LateFeeRule.objects.create(
        company=company,
        effective_from=effective_from,
        per_day=per_day,
        base=base,
        order=order,
        source=source.strip(),
        published_by=by.user,
        published_at=at,
    )
    journal.record(
        "publish_late_fee_rule",
        rule,
        by=by,
        at=at,
        effective_from=f"{effective_from}",
        per_day=f"{per_day}",
        base=base,
        order=order,
        source=rule.source,
    )
    return rule


@transaction.atomic
def suspend_late_fee(
    contract: SupplyContract,
    *,
    starts: date,
    ends: date,
    reason: str,
    source: str,
    by: Actor,
    at: datetime,
) -> LateFeeSuspension:
    """Frees the days from `starts` to `ends`, both included, of any late fee of the contract.

    Days that have passed are not freed: what accrued may have been paid. Raises `Invalid` for
    such days, for an end before the start, and for a missing reason or paper.
    """
    authorise(by, "billing.suspend_late_fee", contract.company)
    lock_account(contract.account_id)
    if starts < business_date(at):
        raise Invalid("suspension_backdated", _("中止不能从今天以前开始；已计的违约金请办理减免。"))
    if ends < starts:
        raise Invalid("suspension_days_wrong", _("结束日期不能早于开始日期。"))
    if not (reason.strip() and source.strip()):
        raise Invalid("reason_missing", _("请填写中止的原因和依据。"))
    suspension = LateFeeSuspension.objects.create(
        company=contract.company,
        contract=contract,
        starts=starts,
        ends=ends,
        reason=reason.strip(),
        source=source.strip(),
        entered_by=by.user,
        entered_at=at,
    )
    journal.record(
        "suspend_late_fee",
        suspension,
        by=by,
        at=at,
        contract=contract.number,
        starts=f"{starts}",
        ends=f"{ends}",
        reason=suspension.reason,
    )
    return suspension


def _is_first(company: Company) -> bool:
    """The first rule may begin in the past: it puts on record what contracts already say."""
    return not LateFeeRule.objects.filter(company=company).exists()
