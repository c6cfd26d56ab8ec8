"""A form that is sent twice drafts one refund."""

from typing import Any, TypeVar

from billing.models import AdvanceRefund, RefundToSource
from office.forms.form_keys import form_used_elsewhere

Refund = TypeVar("Refund", AdvanceRefund, RefundToSource)


def drafted_before(model: type[Refund], form_key: str | None, **facts: Any) -> Refund | None:
    """Returns the refund that a form with this key drafted; None without a key and at first.

    `facts` are what the form asks for: refuses a key that came with others before. The caller has
    locked the payer, so that the same form cannot be carried out at this moment.
    """
    if not form_key:
        return None
    refund = model.objects.filter(form_key=form_key).first()
    if refund is not None and any(getattr(refund, name) != fact for name, fact in facts.items()):
        raise form_used_elsewhere()
    return refund
