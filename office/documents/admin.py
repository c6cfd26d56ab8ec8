"""The screens of documents: searched by title, downloaded as attachments by those who may see
them.
"""

from io import BytesIO
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office.calendar import business_date
from office.documents.document_kinds import KINDS, kind_name, retention_of
from office.documents.operations import open_document
from office.language import Text
from office.lists.filters import CompanyFilter
from office.models import AccessOutcome, Document, DocumentAccess, User
from office.requests import actor_of, user_of
from office.screens.records import RecordAdmin

MOST_SHOWN = 50


class KindFilter(admin.SimpleListFilter):
    """Filters by the kind of document, under its name."""

    title = _("种类")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return [(kind, str(name)) for kind, name in KINDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        kind = self.value()
        return queryset.filter(kind=kind) if kind in KINDS else queryset


@admin.register(Document)
class DocumentAdmin(RecordAdmin):
    list_display = ["title", "kind_named", "company", "size", "uploaded_by", "uploaded_at"]
    list_select_related = ["company", "uploaded_by"]
    list_filter = [CompanyFilter, KindFilter]
    search_fields = ["title__startswith", "=sha256"]
    search_help_text = _("标题开头或完整的 SHA-256")
    fields = [
        "title",
        "kind_named",
        "company",
        "content_type",
        "size",
        "digest",
        "record_type",
        "record_id",
        "uploaded_by",
        "uploaded_at",
        "kept_until_text",
    ]
    readonly_fields = ["kind_named", "digest", "kept_until_text"]
    change_form_outer_after_template = "office/document_open.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return permitted(super().get_queryset(request), user_of(request))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.open_view)
        return [path("<int:pk>/open/", view, name="office_document_open"), *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Shows the document, with the list of its downloads for those who supervise access."""
        document: Document = self.record(request, object_id)
        sees_accesses = user_of(request).has_perm("office.view_documentaccess")
        context = {
            "retention": retention_of(document.kind, business_date(document.uploaded_at)),
            "sees_accesses": sees_accesses,
            "accesses": document.accesses.select_related("by")[:MOST_SHOWN]
            if sees_accesses
            else [],
        }
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **context}
        )

    def open_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Sends the file as an attachment whose type the browser must not guess.

        The access is recorded before the first byte leaves; an altered file is not sent.
        """
        document: Document = self.record(request, pk)
        opened = open_document(document, by=actor_of(request), at=timezone.now())
        if opened.access.outcome != AccessOutcome.OPENED:
            page = self.page(
                request, "office/document_damaged.html", document=document, access=opened.access
            )
            page.status_code = 409
            return page
        return handed_out(document, opened.content)

    @admin.display(description=_("种类"), ordering="kind")
    def kind_named(self, document: Document) -> Text:
        return kind_name(document.kind)

    @admin.display(description="SHA-256")
    def digest(self, document: Document) -> str:
        return document.sha256

    @admin.display(description=_("保存至"), ordering="kept_until")
    def kept_until_text(self, document: Document) -> Text:
        return f"{document.kept_until}" if document.kept_until else _("永久")


@admin.register(DocumentAccess)
class DocumentAccessAdmin(RecordAdmin):
    list_display = ["at", "document", "reader_name", "outcome", "origin", "company"]
    list_select_related = ["document__company", "by"]
    list_filter = [CompanyFilter, "outcome"]
    search_fields = ["=by__username", "document__title__startswith"]
    search_help_text = _("员工用户名，或档案标题开头")
    ordering = ["-pk"]
    fields = ["at", "document", "reader_name", "outcome", "origin"]
    readonly_fields = ["reader_name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        open_to = permitted(Document.objects.all(), user_of(request))
        return super().get_queryset(request).filter(document__in=open_to)

    @admin.display(description=_("调阅人"))
    def reader_name(self, access: DocumentAccess) -> str:
        return access.by.display_name if access.by else access.actor

    @admin.display(description=_("公司"))
    def company(self, access: DocumentAccess) -> str:
        return access.document.company.short_name


def handed_out(document: Document, content: bytes) -> FileResponse:
    """Returns the verified bytes as a download under the document's own name."""
    suffix = str(document.file.name).rpartition(".")[2]
    titled = document.title.endswith(f".{suffix}")
    answer = FileResponse(
        BytesIO(content),
        as_attachment=True,
        filename=document.title if titled else f"{document.title}.{suffix}",
        content_type=document.content_type,
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def permitted(documents: QuerySet[Document], user: User) -> QuerySet[Document]:
    """Leaves out documents of records the user may not see, and those that ask for more rights."""
    permissions = user.get_all_permissions()
    return documents.filter(
        permission__in=["", *sorted(permissions)], record_type__in=_readable(permissions)
    )


def _readable(permissions: set[str]) -> list[ContentType]:
    viewed = (name.partition(".view_") for name in permissions)
    models = (apps.all_models[app].get(model) for app, _view, model in viewed)
    return list(ContentType.objects.get_for_models(*filter(None, models)).values())


def documents_of(target: Model, user: User) -> QuerySet[Document]:
    """Returns the documents of a record that the user may open, newest first."""
    rows = Document.objects.visible_to(user).filter(
        record_type=ContentType.objects.get_for_model(target), record_id=target.pk
    )
    return permitted(rows, user).select_related("uploaded_by").order_by("-uploaded_at")
