"""The form by which a file is attached to a record, and what it does."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from office.actors import Actor
from office.documents.operations import ACCEPT, Upload, attach_document
from office.models import Document


class UploadForm(forms.Form):
    """A file and its title; the title may be left empty."""

    title = forms.CharField(label=_("标题"), max_length=120, required=False)
    file = forms.FileField(
        label=_("文件"),
        help_text=_("PDF、JPG、PNG、XLSX、DOCX，不超过 20 MB"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )


def attach_upload(
    record: Any, values: Mapping[str, Any], by: Actor, at: datetime, *, kind: str = ""
) -> Document:
    """Attaches the file of an `UploadForm` to a record of a company, for the record's `Verb`.

    The kind is the form's own field where the screen does not name it.
    """
    return attach_document(
        record,
        Upload(values["file"].name, values["file"]),
        company=record.company,
        kind=kind or values["kind"],
        title=values["title"],
        by=by,
        at=at,
    )
