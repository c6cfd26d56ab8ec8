"""A form field that names a supplier by its credit code."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from office.refusals import Refused
from suppliers.models import Supplier
from suppliers.registry.facts import checked_credit_code


class SupplierField(forms.CharField):
    """Reads a credit code, however it is typed, and returns the supplier; nobody confuses a code
    with another firm's.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"label": _("供应商统一社会信用代码"), "max_length": 40, **options})

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            code = checked_credit_code(text)
        except Refused as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal
        supplier = Supplier.objects.filter(credit_code=code).first()
        if supplier is None:
            raise forms.ValidationError(_("没有这个统一社会信用代码的供应商。"))
        return supplier
