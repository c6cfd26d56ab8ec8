"""The card terminal that stands at a till: the one of the last slip entered there."""

from billing.models import Method, Payment, Shift


def last_terminal(shift: Shift | None) -> dict[str, str]:
    """Returns merchant and terminal number of the last card slip at the till of this shift; nothing
    before the first slip, or without a shift.
    """
    if shift is None:
        return {}
    shifts = Shift.objects.filter(company=shift.company_id, till=shift.till)
    slips = Payment.objects.filter(shift__in=shifts, method=Method.CARD).order_by("-pk")
    slip_key = slips.values_list("transaction_id", flat=True).first()
    if slip_key is None:
        return {}
    # As `card_fact` joins them; `check_slip` lets no hyphen into a number.
    merchant_number, terminal, *_others = slip_key.split("-")
    return {"merchant_no": merchant_number, "terminal": terminal}
