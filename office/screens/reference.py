"""The screens of reference data, the only records whose form in the admin writes."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from office.forms.day_field import DayField
from office.journal import record as write_journal
from office.models import Company
from office.outcomes import outcome_of
from office.refusals import Refused
from office.requests import actor_of, user_of
from office.screens.records import RecordAdmin
from office.screens.reference_form import ReferenceForm
from office.screens.shown_facts import lock_facts


class ReferenceAdmin(RecordAdmin):
    """A screen of reference data that is edited directly; every change is recorded in the journal.

    Columns that a workflow owns stay read-only, whatever the form contains. A form of one's own
    derives from `ReferenceForm`. What somebody else changed since the form was shown is not
    overwritten (`office/screens/shown_facts.py`).
    """

    form = ReferenceForm
    change_form_before_template = "office/_shown_facts.html"
    formfield_overrides = {
        models.DateField: {"form_class": DayField, "input_formats": ["%Y-%m-%d", "%Y/%m/%d"]}
    }

    def is_open(self, request: HttpRequest, record: Any) -> bool:
        """Returns whether the record can still be edited; a closed form is read-only."""
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return user_of(request).has_perm(f"{self.opts.app_label}.add_{self.opts.model_name}")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        name = f"{self.opts.app_label}.change_{self.opts.model_name}"
        return user_of(request).has_perm(name) and (obj is None or self.is_open(request, obj))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        def shown() -> HttpResponse:
            return super(ReferenceAdmin, self).changeform_view(
                request, object_id, form_url, extra_context
            )

        request.saves_facts = request.method == "POST"  # type: ignore[attr-defined]
        outcome = outcome_of(shown)
        if outcome.result is not None:
            return outcome.result
        # What was typed is shown again with the refusal as a fault of the form, and not saved.
        request.saves_facts = False  # type: ignore[attr-defined]
        request.refusal = outcome.refusal  # type: ignore[attr-defined]
        page = shown()
        page.status_code = outcome.status
        return page

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[Any]:
        """Returns the form; after a refusal one whose fault is the refusal's sentence."""
        form_class: type[Any] = super().get_form(request, obj, change=change, **kwargs)
        refusal: Refused | None = getattr(request, "refusal", None)
        if refusal is None:
            return form_class
        sentence = refusal.sentence

        class RefusedForm(form_class):
            def full_clean(self) -> None:
                super().full_clean()
                if self.is_bound:
                    self.add_error(None, sentence)

        return RefusedForm

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        record = super().get_object(request, object_id, from_field)
        if record is None or not getattr(request, "saves_facts", False):
            return record
        lock_facts(record)
        return super().get_object(request, object_id, from_field)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        owned = (self.workflow.column,) if self.workflow else ()
        return (*super().get_readonly_fields(request, obj), *owned)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        write_journal(
            f"{'change' if change else 'add'}_{self.opts.model_name}",
            obj,
            by=actor_of(request),
            at=timezone.now(),
            company=obj if isinstance(obj, Company) else None,
            fields=sorted(form.changed_data),
        )
