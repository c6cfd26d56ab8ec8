"""The screens of messages to customers: those sent, and those that need a person."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.messages.operations import resend_message
from customers.models import Message
from customers.states import MESSAGE, UNSENT
from office.identity import mask_phone
from office.lists.filters import CompanyFilter
from office.screens.records import RecordAdmin, Verb

# jsonb does not preserve the order of keys.
_IN_ORDER = ("number", "what", "due", "text")


class UnsentFilter(SimpleListFilter):
    """The filter for messages that need a person; it counts the same ones as the front page."""

    title = _("须处理")
    parameter_name = "unsent"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return [("yes", str(_("发送失败或不明")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(state__in=UNSENT) if self.value() == "yes" else queryset


@admin.register(Message)
class MessageAdmin(RecordAdmin):
    list_display = ["created_at", "masked_phone", "words", "state", "attempts", "sent_at", "error"]
    list_display_links = ["created_at", "masked_phone"]
    list_filter = [CompanyFilter, UnsentFilter, "state", "bulk"]
    search_fields = ["=phone", "cause__startswith"]
    search_help_text = _("完整手机号，或事由开头")
    ordering = ["-pk"]
    fields = [
        "masked_phone",
        "cause",
        "words",
        "state",
        "attempts",
        "company",
        "created_at",
        "next_try_at",
        "expires_at",
        "claimed_at",
        "sent_at",
        "error",
    ]
    readonly_fields = ["masked_phone", "words"]
    workflow = MESSAGE
    verbs = (
        Verb(
            "resend_message",
            _("重新发送"),
            "customers.resend_message",
            lambda message, values, by, at: resend_message(message, by=by, at=at),
            _("短信将在一分钟内重新发送。"),
            question=_("用户可能已经收到过这条短信。仍要重新发送吗？"),
        ),
    )

    @admin.display(description=_("手机"))
    def masked_phone(self, message: Message) -> str:
        return mask_phone(message.phone)

    @admin.display(description=_("内容"))
    def words(self, message: Message) -> str:
        values: dict[str, Any] = message.values
        return "；".join(str(values[name]) for name in _IN_ORDER if values.get(name))
