"""The form of the supplier's own page: up to three papers, and the pledge."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from office.documents.operations import Upload
from office.forms.day_field import DayField
from suppliers.models import PaperType
from suppliers.own_page.operations import HandedIn
from suppliers.papers.operations import PaperFacts

PLACES = (1, 2, 3)
# The pledge is signed below; checks are made by the house itself.
RENEWED = [
    (paper_type.value, paper_type.label)
    for paper_type in PaperType
    if paper_type
    not in (PaperType.INTEGRITY_PLEDGE, PaperType.DISHONESTY_CHECK, PaperType.COURT_CHECK)
]
_NEEDED = ("valid_from", "scan")


class RenewalForm(forms.Form):
    """Papers in three places, of which empty ones are passed over, and who signs the pledge."""

    pledged_by = forms.CharField(label=_("签署人姓名和职务"), max_length=60, required=False)
    pledge = forms.BooleanField(label=_("我已阅读并代表本企业签署廉政责任书"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for place in PLACES:
            self.fields[f"paper_type_{place}"] = forms.ChoiceField(
                label=_("证照"), choices=[("", "—"), *RENEWED], required=False
            )
            self.fields[f"number_{place}"] = forms.CharField(
                label=_("编号"), max_length=60, required=False
            )
            self.fields[f"issuer_{place}"] = forms.CharField(
                label=_("发证机关"), max_length=80, required=False
            )
            self.fields[f"valid_from_{place}"] = DayField(label=_("有效期自"), required=False)
            self.fields[f"valid_until_{place}"] = DayField(
                label=_("有效期至"), required=False, help_text=_("长期有效的不填")
            )
            self.fields[f"scan_{place}"] = forms.FileField(
                label=_("扫描件"),
                required=False,
                help_text=_("PDF、JPG、PNG，不超过 20 MB"),
                widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for place in PLACES:
            if not values.get(f"paper_type_{place}"):
                continue
            for name in _NEEDED:
                if not values.get(f"{name}_{place}") and f"{name}_{place}" not in self.errors:
                    self.add_error(f"{name}_{place}", _("请填写。"))
        if values.get("pledge") and not values.get("pledged_by", "").strip():
            self.add_error("pledged_by", _("请填写签署人。"))
        return values

    def places(self) -> list[list[forms.BoundField]]:
        """Returns the fields of each place."""
        names = ("paper_type", "number", "issuer", "valid_from", "valid_until", "scan")
        return [[self[f"{name}_{place}"] for name in names] for place in PLACES]

    @staticmethod
    def papers(values: Any) -> list[HandedIn]:
        """Returns the papers of cleaned values."""
        return [
            HandedIn(
                PaperFacts(
                    PaperType(values[f"paper_type_{place}"]),
                    valid_from=values[f"valid_from_{place}"],
                    valid_until=values[f"valid_until_{place}"],
                    number=values[f"number_{place}"],
                    issuer=values[f"issuer_{place}"],
                ),
                Upload(values[f"scan_{place}"].name, values[f"scan_{place}"]),
            )
            for place in PLACES
            if values[f"paper_type_{place}"]
        ]

    @staticmethod
    def signer(values: Any) -> str:
        """Returns who signs the pledge; empty without the tick."""
        return str(values["pledged_by"]) if values["pledge"] else ""
