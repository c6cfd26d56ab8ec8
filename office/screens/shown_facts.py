"""Forms that show the facts of a record: nobody overwrites unseen what another person changed.

The page sends back a short hash of each value that it showed. When the form is saved, the record's
row is locked and its present values are compared with them: a field that has changed meanwhile
refuses, and says what is on file now. The form that is shown again carries the new hashes, so that
the second editor can decide. A form that lacks a hash was made by no page of ours or by one of an
earlier version: it is refused until the page is opened anew.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from office.forms.form_keys import EXPIRED

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Any]
else:
    _ModelForm = forms.ModelForm

# The name of the hidden input; `templates/office/_shown_facts.html` writes it.
SHOWN_FACTS = "shown_facts"


class FactsForm(_ModelForm):
    """A form of a record's columns that refuses to overwrite what changed since it was shown."""

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.instance.pk is not None:
            refuse_overwriting(self)

    @property
    def shown_facts(self) -> str:
        """The hashes of the values that the form shows."""
        return shown_facts(self)


def shown_facts(form: forms.BaseForm) -> str:
    """Returns the hashes of the values that the form shows, by the names of its fields.

    A form that was sent without them gets none: what its person has seen is not known.
    """
    if form.is_bound and _lacks_hashes(form):
        return ""
    return ",".join(f"{bound.name}:{_hash(_values(bound))}" for bound in _facts(form))


def refuse_overwriting(form: forms.BaseForm) -> None:
    """Adds an error to each field whose value on file is not the one that the page showed.

    The form is bound, and its initial values are the record's under its lock. A field in which
    just the present value was typed is left alone. A form that lacks a hash is refused as a whole.
    """
    if _lacks_hashes(form):
        form.add_error(None, forms.ValidationError(EXPIRED, code="form_expired"))
        return
    shown = _sent_hashes(form)
    for bound in list(_facts(form)):
        present = _values(bound)
        if shown[bound.name] == _hash(present):
            continue
        if bound.field.has_changed(bound.initial, bound.data):
            form.add_error(
                bound.name,
                forms.ValidationError(
                    _(
                        "这一项刚被他人改为“%(value)s”，本次没有保存。请核对；再次提交即以您的为准。"
                    ),
                    params={"value": _text(bound, present)},
                ),
            )


def lock_facts(record: Model) -> None:
    """A step of saving a form of facts: locks the record's row until the transaction ends."""
    # Of two people who save at once the second waits, and compares with what the first wrote.
    type(record)._base_manager.select_for_update(of=("self",), no_key=True).get(pk=record.pk)  # noqa: SLF001


def _sent_hashes(form: forms.BaseForm) -> dict[str, str]:
    sent = str(form.data.get(form.add_prefix(SHOWN_FACTS), ""))
    return dict(part.partition(":")[::2] for part in sent.split(","))


def _lacks_hashes(form: forms.BaseForm) -> bool:
    shown = _sent_hashes(form)
    return any(bound.name not in shown for bound in _facts(form))


def _facts(form: forms.BaseForm) -> Iterator[forms.BoundField]:
    """Returns the fields that show a value and can change it."""
    for bound in form:
        if not (
            bound.is_hidden or bound.field.disabled or isinstance(bound.field, forms.FileField)
        ):
            yield bound


def _values(bound: forms.BoundField) -> list[str]:
    """Returns the values that the field shows, as texts; those of several choices in order."""
    prepared: Any = bound.field.prepare_value(bound.initial)
    if isinstance(prepared, list | tuple | set):
        return sorted(str(bound.field.prepare_value(value)) for value in prepared)
    return [] if prepared is None or prepared == "" else [str(prepared)]


def _hash(values: list[str]) -> str:
    return sha256("\0".join(values).encode()).hexdigest()[:12]


def _text(bound: forms.BoundField, values: list[str]) -> str:
    """Returns the values as a person reads them: choices by their labels."""
    choices: Any = getattr(bound.field, "choices", ())
    labels = {str(key): str(label) for key, label in choices} if choices else {}
    return "、".join(labels.get(value, value) for value in values) or str(_("（空）"))
