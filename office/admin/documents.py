"""Documents: found by their title, handed out as attachments to who may see them."""

from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import FileResponse, HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from office.admin.filters import CompanyFilter
from office.admin.records import RecordAdmin
from office.models import Document, User
from office.requests import user_of


@admin.register(Document)
class DocumentAdmin(RecordAdmin):
    list_display = ["title", "kind", "company", "size", "uploaded_by", "uploaded_at"]
    list_select_related = ["company", "uploaded_by"]
    list_filter = [CompanyFilter, "kind"]
    search_fields = ["title__startswith", "=sha256"]
    search_help_text = _("标题开头或完整的 SHA-256")
    fields = [
        "title",
        "kind",
        "company",
        "content_type",
        "size",
        "sha256",
        "record_type",
        "record_id",
        "uploaded_by",
        "uploaded_at",
    ]
    change_form_outer_after_template = "office/document_open.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return permitted(super().get_queryset(request), user_of(request))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.open_view)
        return [path("<int:pk>/open/", view, name="office_document_open"), *super().get_urls()]

    def open_view(self, request: HttpRequest, pk: int) -> FileResponse:
        """The file itself, always as an attachment and never guessed at by the browser."""
        document: Document = self.record(request, pk)
        if document.permission and not user_of(request).has_perm(document.permission):
            raise PermissionDenied
        suffix = str(document.file.name).rpartition(".")[2]
        name = (
            document.title
            if document.title.endswith(f".{suffix}")
            else f"{document.title}.{suffix}"
        )
        answer = FileResponse(
            document.file.open("rb"),
            as_attachment=True,
            filename=name,
            content_type=document.content_type,
        )
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Cache-Control"] = "private, no-store"
        return answer


def permitted(documents: QuerySet[Document], user: User) -> QuerySet[Document]:
    """Without those that ask for a permission the person has not."""
    held = sorted(user.get_all_permissions())
    return documents.filter(permission__in=["", *held])


def documents_of(target: Model, user: User) -> QuerySet[Document]:
    """What is kept with a record and this person may open, newest first."""
    rows = Document.objects.visible_to(user).filter(
        record_type=ContentType.objects.get_for_model(target), record_id=target.pk
    )
    return permitted(rows, user).select_related("uploaded_by").order_by("-uploaded_at")
