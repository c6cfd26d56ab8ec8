"""The data that the call centre's system sends about a call and receives about the caller."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from complaints.models import Ticket
from complaints.promises.due_words import before
from office.forms.day_field import OUT_OF_RANGE, is_plausible


class AwareDateTimeField(serializers.DateTimeField):
    """An instant with its UTC offset; an instant without an offset is refused, never guessed."""

    default_error_messages = {
        "naive": _("时间须带时区，例如 2026-01-12T09:00:00+08:00。"),
        "far_away": OUT_OF_RANGE,
    }

    def enforce_timezone(self, value: Any) -> Any:
        if value.tzinfo is None:
            self.fail("naive")
        if not is_plausible(value):
            self.fail("far_away")
        return super().enforce_timezone(value)


class CallSerializer(serializers.Serializer[Any]):
    number = serializers.CharField(max_length=20, help_text=_("主叫号码"))
    agent = serializers.CharField(max_length=150, help_text=_("坐席在本系统的用户名"))


class RingingCallSerializer(CallSerializer):
    call_id = serializers.RegexField(r"^[0-9A-Za-z._:-]{1,64}$", help_text=_("呼叫中心的通话编号"))
    rang_at = AwareDateTimeField(help_text=_("振铃时刻，须带时区"))


class PopTicketSerializer(serializers.Serializer[Ticket]):
    number = serializers.CharField()
    kind_text = serializers.CharField(source="get_kind_display")
    subject_text = serializers.CharField(source="get_subject_display")
    state_text = serializers.CharField(source="get_state_display")
    reported_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    due_text = serializers.SerializerMethodField()

    def get_due_text(self, ticket: Ticket) -> str:
        return before(ticket.due_at, self.context["at"]) if ticket.due_at else ""


class PopIncidentSerializer(serializers.Serializer[Any]):
    number = serializers.CharField()
    cause = serializers.CharField()
    planned = serializers.BooleanField()
    starts_at = serializers.DateTimeField()
    expected_end_at = serializers.DateTimeField(allow_null=True)


class PopAccountSerializer(serializers.Serializer[Any]):
    number = serializers.CharField(source="account.number")
    address = serializers.CharField(source="account.premise.address")
    customer = serializers.CharField(source="contract.customer.name", default="")
    former = serializers.BooleanField(help_text=_("合同已终止"))
    supply_state = serializers.CharField(source="account.get_supply_state_display")
    arrears_fen = serializers.IntegerField(
        allow_null=True, help_text=_("欠费；坐席无权查看账单时为 null")
    )
    tickets = PopTicketSerializer(many=True)
    incidents = PopIncidentSerializer(many=True)


class ScreenPopSerializer(serializers.Serializer[Any]):
    number = serializers.CharField(source="phone")
    accounts = PopAccountSerializer(many=True)
    tickets = PopTicketSerializer(many=True, help_text=_("该号码最近的来电工单"))
    more = serializers.BooleanField(help_text=_("户号太多，未全部列出"))
    intake_url = serializers.CharField(help_text=_("受理页面，已填来电号码"))
