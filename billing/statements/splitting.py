"""A line whose money is for several accounts is spread over them, as a typed paper is."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.group_payments.operations import Paper, book_parts, same_form
from billing.group_payments.parts import Part
from billing.models import GroupPayment, StatementLine
from billing.payments.receipts import receipt_of
from billing.statements.booking import (
    check_line,
    check_similar,
    fact_of_line,
    keep_booking,
    lock_line,
)
from billing.statements.entered import entered_by_serial
from customers.contracts.locking import lock_accounts
from office.actors import Actor
from office.permissions import authorise
from office.refusals import Refused


@transaction.atomic
def split_statement_line(
    line: StatementLine,
    paper: Paper,
    parts: Sequence[Part],
    *,
    another: bool = False,
    by: Actor,
    at: datetime,
) -> GroupPayment:
    """Books the money of a line as a paper for several accounts, once.

    Refuses as `book_statement_line` does; a transfer that was entered under the line's serial is
    to be linked instead. The same form sent again returns what it booked.
    """
    authorise(by, "billing.book_statement_line", line.company)
    earlier = GroupPayment.objects.filter(form_key=paper.form_key, company=line.company).first()
    if earlier is not None and line.pk in earlier.parts.values_list(
        "statement_booking__line", flat=True
    ):
        return same_form(earlier, paper, parts)
    # The accounts come before the line, as in `book_statement_line`.
    lock_accounts(part.contract.account_id for part in parts)
    locked_line = lock_line(line)
    for part in parts:
        check_line(locked_line, part.contract.company_id)
    entered = entered_by_serial([locked_line]).get(locked_line.pk)
    if entered is not None:
        raise Refused(
            "entered_before",
            _("该流水已登记（收据 %(receipt)s），请在明细页关联，不要再入账。"),
            receipt=receipt_of(entered),
        )
    if not another:
        check_similar(locked_line)
    fact = fact_of_line(locked_line)
    group = book_parts(line.company, paper, parts, fact, by=by, at=at)
    first = group.parts.select_related("contract__account", "receipt", "group").get(
        transaction_id=group.transaction_id
    )
    keep_booking(locked_line, first, entered_before=False, reason=paper.payer_name, by=by, at=at)
    return group
