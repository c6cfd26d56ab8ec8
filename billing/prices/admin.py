"""The screens of prices and seasons: drafted, published once, closed when a bill depends on
them.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.models import Bill, HeatingSeason, PriceDocument, Tariff
from billing.prices.operations import publish_price_document
from billing.states import PRICE_DOCUMENT, PriceDocumentState
from customers.models import TariffCategory
from office.documents.admin import documents_of
from office.documents.upload_form import UploadForm, attach_upload
from office.forms.percent_field import PercentField, percentage
from office.language import Text
from office.lists.filters import CompanyFilter
from office.lists.visible_choices import visible_choices
from office.models import Document
from office.requests import user_of
from office.screens.records import RecordInline, Verb
from office.screens.reference import ReferenceAdmin
from office.screens.shown_facts import FactsForm

if TYPE_CHECKING:
    BaseInlineFormSet = forms.BaseInlineFormSet[Tariff, PriceDocument, Any]
else:
    BaseInlineFormSet = forms.BaseInlineFormSet


def as_percentage(label: Text, help_text: Text) -> dict[str, Any]:
    """Returns the arguments that make a column of a ratio a field of a percentage."""
    return {"form_class": PercentField, "label": label, "help_text": help_text}


class TariffFormSet(BaseInlineFormSet):
    """The prices of a document, whose categories belong to the document's company."""

    def clean(self) -> None:
        super().clean()
        # A new document has its company from the form above; without one that form is refused.
        company = self.instance.company_id
        for form in self.forms:
            category = form.cleaned_data.get("category") if hasattr(form, "cleaned_data") else None
            if category is not None and company not in (None, category.company_id):
                form.add_error(
                    "category",
                    _("热价类别“%(category)s”属于其他公司，请选择本公司的类别。")
                    % {"category": category.name},
                )


class TariffInline(RecordInline):
    model = Tariff
    form = FactsForm
    formset = TariffFormSet
    can_delete = True

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        typed = self.has_change_permission(request, obj)
        rate = "vat_rate" if typed else "vat_percent"
        return ["category", "unit", "area_basis", "amount", rate]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if self.has_change_permission(request, obj) else ["vat_percent"]

    @admin.display(description=_("增值税率 %"))
    def vat_percent(self, tariff: Tariff) -> str:
        return percentage(tariff.vat_rate)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj, "change")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj, "delete")

    def _may(self, request: HttpRequest, document: PriceDocument | None, verb: str) -> bool:
        drafted = document is None or document.state == PriceDocumentState.DRAFT
        return drafted and user_of(request).has_perm(f"billing.{verb}_tariff")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "vat_rate":
            kwargs |= as_percentage(_("增值税率 %"), _("按百分数填写，9 即 9%；0 为免税"))
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Offers the categories of the document's company; while it has none yet, those of the
        user's companies, each under the company's name.
        """
        formset: Any = super().get_formset(request, obj, **kwargs)
        if field := formset.form.base_fields.get("category"):
            rows = visible_choices(TariffCategory, user_of(request)).select_related("company")
            field.queryset = rows.filter(company=obj.company_id) if obj else rows
            if obj is None and len(user_of(request).visible_companies) > 1:
                field.label_from_instance = category_and_company
        return formset


def category_and_company(category: TariffCategory) -> str:
    """Returns the category with its company: two companies have categories of the same name."""
    return f"{category.company.short_name} · {category.name}"


@admin.register(PriceDocument)
class PriceDocumentAdmin(ReferenceAdmin):
    workflow = PRICE_DOCUMENT
    list_display = ["number", "title", "company", "issuer", "effective_from", "state"]
    list_display_links = ["number", "title"]
    list_select_related = ["company"]
    list_filter = [CompanyFilter, "state"]
    search_fields = ["number", "title"]
    inlines = [TariffInline]
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "company",
                    "state",
                    "number",
                    "title",
                    "issuer",
                    "issued_on",
                    "effective_from",
                )
            },
        ),
        (_("报停"), {"fields": ("stop_heat_ratio",)}),
        (
            _("超高加收"),
            {
                "fields": (
                    "base_height",
                    "height_step",
                    "percent_per_step",
                    "height_rounding",
                    "height_cap_percent",
                )
            },
        ),
    )
    change_form_outer_before_template = "billing/prices/price_document_head.html"
    verbs = (
        Verb(
            "attach_document",
            _("上传扫描件"),
            "office.attach_document",
            partial(attach_upload, kind="price_document"),
            _("扫描件已上传。"),
            form=UploadForm,
        ),
        Verb(
            "publish_price_document",
            _("发布"),
            "billing.publish_price_document",
            lambda document, answers, by, at: publish_price_document(document, by=by, at=at),
            _("热价文件已发布，自执行日期起生效。"),
            question=_("发布后文件和热价都不能再修改；如有错误，须另发新文件。"),
            look="button-primary",
        ),
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "stop_heat_ratio":
            kwargs |= as_percentage(_("报停基本费比例 %"), _("按百分数填写，30 即 30%"))
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Shows the share as a percentage where it can no longer be typed."""
        head, _stop, height = super().get_fieldsets(request, obj)
        ratio = "stop_heat_ratio" if self.may_type(request, obj) else "stop_heat_percent"
        return (head, (_("报停"), {"fields": (ratio,)}), height)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        shown = () if self.may_type(request, obj) else ("stop_heat_percent",)
        return (*super().get_readonly_fields(request, obj), *shown)

    def may_type(self, request: HttpRequest, document: PriceDocument | None) -> bool:
        if document is None:
            return self.has_add_permission(request)
        return self.has_change_permission(request, document)

    @admin.display(description=_("报停基本费比例 %"))
    def stop_heat_percent(self, document: PriceDocument) -> str:
        ratio = document.stop_heat_ratio
        return "" if ratio is None else percentage(ratio)

    def is_open(self, request: HttpRequest, document: PriceDocument) -> bool:
        """Returns whether the document may still be changed: until it is published."""
        return document.state == PriceDocumentState.DRAFT

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        price_document = self.record(request, object_id)
        scans = documents_of(price_document, user_of(request))
        documents = Document.objects.filter(
            record_type=ContentType.objects.get_for_model(price_document),
            record_id=price_document.pk,
        )
        context = {"scans": scans, "scan_missing": not documents.exists()}
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **context}
        )


@admin.register(HeatingSeason)
class HeatingSeasonAdmin(ReferenceAdmin):
    list_display = ["label", "company", "starts", "ends", "billable_months", "due_on"]
    list_select_related = ["company"]
    list_filter = [CompanyFilter]
    search_fields = ["label"]

    def is_open(self, request: HttpRequest, season: HeatingSeason) -> bool:
        """Returns whether the season may still be changed: until its first bill is written."""
        return not Bill.objects.filter(season=season).exists()
