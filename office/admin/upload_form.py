"""The form by which a file is attached to a record."""

from django import forms
from django.utils.translation import gettext_lazy as _

from office.operations.documents import ACCEPT


class UploadForm(forms.Form):
    """A file and its title; the title may be left empty."""

    title = forms.CharField(label=_("标题"), max_length=120, required=False)
    file = forms.FileField(
        label=_("文件"),
        help_text=_("PDF、JPG、PNG、XLSX、DOCX，不超过 20 MB"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )
