"""The screen of the journal, read only."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from office.action_names import action_name
from office.admin.filters import CompanyFilter
from office.admin.records import RecordAdmin
from office.models import JournalEntry


@admin.register(JournalEntry)
class JournalEntryAdmin(RecordAdmin):
    list_display = ["at", "actor", "said", "what", "record_id", "company", "origin"]
    list_select_related = ["record_type", "company"]
    list_filter = [CompanyFilter, "at"]
    search_fields = ["=action", "=actor"]
    search_help_text = _("动作或经办人的全名")
    fields = ["at", "actor", "said", "action", "what", "record_id", "company", "origin", "facts"]
    readonly_fields = ["said", "what"]

    @admin.display(description=_("动作"), ordering="action")
    def said(self, entry: JournalEntry) -> str:
        return action_name(entry.action)

    @admin.display(description=_("对象类型"))
    def what(self, entry: JournalEntry) -> str:
        return entry.record_type.name
