"""The journal, to be read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from office.admin.filters import CompanyFilter
from office.admin.records import RecordAdmin
from office.models import JournalEntry


@admin.register(JournalEntry)
class JournalEntryAdmin(RecordAdmin):
    list_display = ["at", "actor", "action", "record_type", "record_id", "company", "origin"]
    list_select_related = ["record_type", "company"]
    list_filter = [CompanyFilter, ("at", admin.DateFieldListFilter)]
    search_fields = ["=action", "=actor"]
    search_help_text = _("动作或经办人的全名")
    fields = ["at", "actor", "action", "record_type", "record_id", "company", "origin", "facts"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def history_view(self, *args: Any, **kwargs: Any) -> Any:
        return super().history_view(*args, **kwargs)
