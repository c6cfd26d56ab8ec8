"""The form of reference data: whose company a record is stays as it was when it was made."""

from typing import Any

from django.db.models import Model

from office.screens.shown_facts import FactsForm


def company_columns(model: type[Model]) -> tuple[str, ...]:
    """Returns the column that leads to the company of the model's records; none where they belong
    to no company.
    """
    first = str(getattr(model, "company_path", "company")).partition("__")[0]
    names = {field.name for field in model._meta.concrete_fields}  # noqa: SLF001
    return (first,) if first in names else ()


class ReferenceForm(FactsForm):
    """Shows the company of an existing record and ignores what the browser sends for it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            return
        for name in company_columns(type(self.instance)):
            # Disabled rather than left out: a column left out is not checked for uniqueness. Who
            # may only look has no such field.
            if name in self.fields:
                self.fields[name].disabled = True
