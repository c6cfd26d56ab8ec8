"""The screens of prices and seasons: drafted, published once, closed when a bill depends on
them.
"""

from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.models import Bill, HeatingSeason, PriceDocument, Tariff
from billing.prices.operations import publish_price_document
from billing.states import PRICE_DOCUMENT, PriceDocumentState
from office.admin.documents import documents_of
from office.admin.filters import CompanyFilter
from office.admin.records import RecordInline, ReferenceAdmin, Verb
from office.admin.upload_form import UploadForm
from office.models import Document
from office.operations.documents import Upload, attach_document
from office.requests import user_of


class TariffInline(RecordInline):
    model = Tariff
    fields = ["category", "unit", "area_basis", "amount", "vat_rate"]
    can_delete = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj, "change")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj, "delete")

    def _may(self, request: HttpRequest, document: PriceDocument | None, verb: str) -> bool:
        drafted = document is None or document.state == PriceDocumentState.DRAFT
        return drafted and user_of(request).has_perm(f"billing.{verb}_tariff")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        from office.admin.records import scoped_choices

        return super().formfield_for_foreignkey(
            db_field, request, **{**kwargs, **scoped_choices(db_field, request)}
        )


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
            lambda document, said, by, at: attach_document(
                document,
                Upload(said["file"].name, said["file"]),
                company=document.company,
                kind="price_document",
                title=said["title"],
                by=by,
                at=at,
            ),
            _("扫描件已上传。"),
            form=UploadForm,
        ),
        Verb(
            "publish_price_document",
            _("发布"),
            "billing.publish_price_document",
            lambda document, said, by, at: publish_price_document(document, by=by, at=at),
            _("热价文件已发布，自执行日期起生效。"),
            question=_("发布后文件和热价都不能再修改；如有错误，须另发新文件。"),
            look="button-primary",
        ),
    )

    def is_open(self, request: HttpRequest, found: PriceDocument) -> bool:
        """Returns whether the season may still be changed: until the first bill depends on it."""
        return found.state == PriceDocumentState.DRAFT

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

    def is_open(self, request: HttpRequest, found: HeatingSeason) -> bool:
        """Open until the first bill rests on it."""
        return not Bill.objects.filter(season=found).exists()
