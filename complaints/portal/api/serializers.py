"""The data that customers and the call centre send and receive about tickets."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from complaints.classes import Subject, TicketKind
from complaints.models import Satisfaction, Ticket
from complaints.portal.own_steps import OwnTicket, Stage, Step, promise_of, stage_of
from complaints.portal.own_tickets import OwnIncident


class NewTicketSerializer(serializers.Serializer[Any]):
    account = serializers.IntegerField(min_value=1, max_value=2**53, help_text=_("您名下的户号 id"))
    kind = serializers.ChoiceField(choices=TicketKind.choices)
    subject = serializers.ChoiceField(
        choices=Subject.choices, help_text=_("每种 kind 可用的事项见 /ticket-kinds")
    )
    summary = serializers.CharField(max_length=500, help_text=_("发生了什么，在哪里"))


class TicketKindSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=TicketKind.choices)
    text = serializers.CharField()
    subjects = serializers.SerializerMethodField()

    @extend_schema_field(
        serializers.ListSerializer(child=serializers.DictField(child=serializers.CharField()))
    )
    def get_subjects(self, row: dict[str, Any]) -> list[dict[str, str]]:
        return [{"subject": s.value, "text": str(s.label)} for s in row["subjects"]]


class StepSerializer(serializers.Serializer[Step]):
    at = serializers.DateTimeField()
    code = serializers.CharField(
        help_text="received paused resumed done redo promised handed_over answered assigned "
        "accepted departed arrived visited note verdict opinion"
    )
    text = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)


class OwnIncidentSerializer(serializers.Serializer[OwnIncident]):
    number = serializers.CharField(source="incident.number")
    planned = serializers.BooleanField(
        source="incident.planned", help_text=_("计划停热，否则为故障")
    )
    starts_at = serializers.DateTimeField(source="incident.starts_at")
    expected_end_at = serializers.DateTimeField(
        source="incident.expected_end_at", allow_null=True, help_text=_("预计恢复")
    )
    text = serializers.CharField(allow_blank=True, help_text=_("最近一次通知"))
    accounts = serializers.SerializerMethodField()

    def get_accounts(self, own: OwnIncident) -> list[str]:
        """您受影响的户号。"""
        return [account.number for account in own.accounts]


class BriefTicketSerializer(serializers.Serializer[Ticket]):
    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=TicketKind.choices)
    kind_text = serializers.CharField(source="get_kind_display")
    subject = serializers.ChoiceField(choices=Subject.choices)
    subject_text = serializers.CharField(source="get_subject_display")
    summary = serializers.CharField()
    account_number = serializers.CharField(source="account.number")
    address = serializers.CharField(source="account.premise.address")
    reported_at = serializers.DateTimeField()
    stage = serializers.SerializerMethodField()
    stage_text = serializers.SerializerMethodField()
    promise = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=Stage.choices))
    def get_stage(self, ticket: Ticket) -> str:
        return stage_of(ticket).value

    def get_stage_text(self, ticket: Ticket) -> str:
        return str(stage_of(ticket).label)

    def get_promise(self, ticket: Ticket) -> str:
        """可直接显示的承诺；已办结的为空。"""
        return promise_of(ticket, self.context["at"])


class TicketPageSerializer(serializers.Serializer[Any]):
    tickets = BriefTicketSerializer(many=True)
    next_page = serializers.IntegerField(allow_null=True)


class OwnTicketSerializer(serializers.Serializer[OwnTicket]):
    ticket = BriefTicketSerializer()
    due_at = serializers.DateTimeField(allow_null=True, help_text=_("承诺时刻；已办结的为 null"))
    photos = serializers.IntegerField(help_text=_("您上传的照片数"))
    incidents = OwnIncidentSerializer(many=True, help_text=_("影响该户的停热"))
    asks_opinion = serializers.BooleanField(help_text=_("可以评价"))
    asks_solved = serializers.BooleanField(help_text=_("可以确认是否解决"))
    steps = StepSerializer(many=True)


class NoteSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=500)


class AddedNoteSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    at = serializers.DateTimeField()


class PhotoSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(
        max_length=200,
        allow_empty_file=True,
        help_text=_("JPG 或 PNG，不超过 20 MB，每张工单最多 9 张"),
    )


class KeptPhotoSerializer(serializers.Serializer[Any]):
    sha256 = serializers.CharField()
    size = serializers.IntegerField()


class OpinionSerializer(serializers.Serializer[Any]):
    satisfaction = serializers.ChoiceField(choices=Satisfaction.choices)
    remark = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class LinkOpinionSerializer(OpinionSerializer):
    token = serializers.CharField(max_length=200, help_text=_("短信链接最后一段"))


class VerdictSerializer(serializers.Serializer[Any]):
    solved = serializers.BooleanField(help_text=_("false：未解决，重新处理"))
    remark = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class ThanksSerializer(serializers.Serializer[Any]):
    satisfaction = serializers.ChoiceField(choices=Satisfaction.choices)
    revisit = serializers.BooleanField(help_text=_("将重新处理"))
