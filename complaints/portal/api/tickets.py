"""`/api/v1/tickets`: customers report, follow, add notes and give verdicts."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from complaints.call_backs.operations import Opinion, answer_own_call_back
from complaints.classes import SUBJECTS, Channel, Subject, TicketKind
from complaints.models import Satisfaction, Ticket
from complaints.portal.api import examples
from complaints.portal.api.serializers import (
    AddedNoteSerializer,
    KeptPhotoSerializer,
    NewTicketSerializer,
    NoteSerializer,
    OpinionSerializer,
    OwnIncidentSerializer,
    OwnTicketSerializer,
    PhotoSerializer,
    ThanksSerializer,
    TicketKindSerializer,
    TicketPageSerializer,
    VerdictSerializer,
)
from complaints.portal.operations import (
    OwnReport,
    add_own_note,
    add_own_photo,
    judge_solution,
    open_own_ticket,
)
from complaints.portal.own_steps import follow
from complaints.portal.own_tickets import (
    PAGE,
    own_incidents,
    own_ticket,
    own_tickets,
    reportable_accounts,
)
from customers.models import CustomerToken
from customers.sign_in.authentication import actor_of, signed_in
from customers.sign_in.throttles import PerCustomer
from office.api.api_operations import described
from office.api.idempotency import key_parameter, read_idempotency_key
from office.api.paging import PageQuerySerializer
from office.documents.operations import Upload

KEY_HEADER = key_parameter(_("每次新的内容取一个新值；重发同一请求得到同一工单。"))


class _PerVerb(APIView):
    """A request limit that counts reading and writing separately."""

    throttle_classes = [PerCustomer]
    read_scope = "read"
    write_scope = "add"

    def get_throttles(self):  # type: ignore[no-untyped-def]
        reads = self.request.method in ("GET", "HEAD")
        self.throttle_scope = self.read_scope if reads else self.write_scope
        return super().get_throttles()


class TicketKindsView(APIView):
    throttle_classes = [PerCustomer]
    throttle_scope = "read"

    @described(
        "list_ticket_kinds",
        _("可报告的类型，以及每种类型的事项。"),
        answers=TicketKindSerializer(many=True),
        example=examples.KINDS,
    )
    def get(self, request: Request) -> Response:
        rows = [
            {"kind": kind.value, "text": str(kind.label), "subjects": SUBJECTS[kind]}
            for kind in TicketKind
        ]
        return Response(TicketKindSerializer(rows, many=True).data)


class TicketsView(_PerVerb):
    write_scope = "report"

    @described(
        "list_tickets",
        _("我的工单，新的在前。"),
        answers=TicketPageSerializer,
        example=examples.TICKETS,
        parameters=[PageQuerySerializer],
    )
    def get(self, request: Request) -> Response:
        serializer = PageQuerySerializer(data=request.query_params)
        serializer.is_valid(raise_exception=True)
        page = serializer.validated_data["page"]
        start = (page - 1) * PAGE
        own = list(own_tickets(signed_in(request))[start : start + PAGE + 1])
        content = {"tickets": own[:PAGE], "next_page": page + 1 if len(own) > PAGE else None}
        return Response(TicketPageSerializer(content, context={"at": timezone.now()}).data)

    @described(
        "open_own_ticket",
        _("就自己名下的户号报修、咨询、投诉或申请服务；报修一律先按小修受理，由客服核实后改判。"),
        request=NewTicketSerializer,
        request_example=examples.NEW_TICKET,
        answers=OwnTicketSerializer,
        status=201,
        example=examples.OWN_TICKET,
        problems={
            400: ["idempotency_key_missing"],
            404: ["not_found"],
            409: ["no_current_contract", "no_promise_rule"],
            422: ["idempotency_key_reused", "subject_wrong", "summary_missing"],
            429: ["too_many_reports"],
        },
        parameters=[KEY_HEADER],
    )
    def post(self, request: Request) -> Response:
        key = read_idempotency_key(request)
        serializer = NewTicketSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values = serializer.validated_data
        report = OwnReport(
            values["account"],
            TicketKind(values["kind"]),
            Subject(values["subject"]),
            values["summary"],
            channel_of(signed_in(request)),
        )
        at = timezone.now()
        ticket = open_own_ticket(signed_in(request), report, key=key, by=actor_of(request), at=at)
        return Response(_answer_with(ticket, signed_in(request)), status=201)


class TicketView(APIView):
    throttle_classes = [PerCustomer]
    throttle_scope = "read"

    @described(
        "show_own_ticket",
        _("一张工单：承诺、步骤、受影响的停热。"),
        answers=OwnTicketSerializer,
        example=examples.OWN_TICKET,
    )
    def get(self, request: Request, number: str) -> Response:
        return Response(_answer_with(own_ticket(signed_in(request), number), signed_in(request)))


class TicketNotesView(_PerVerb):
    @described(
        "add_own_note",
        _("补充说明。"),
        request=NoteSerializer,
        request_example=examples.NOTE,
        answers=AddedNoteSerializer,
        status=201,
        example=examples.ADDED_NOTE,
        problems={
            400: ["idempotency_key_missing"],
            422: ["idempotency_key_reused", "note_missing"],
            429: ["too_many_notes"],
        },
        parameters=[KEY_HEADER],
    )
    def post(self, request: Request, number: str) -> Response:
        key = read_idempotency_key(request)
        serializer = NoteSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        note = add_own_note(
            signed_in(request),
            number,
            serializer.validated_data["text"],
            key=key,
            by=actor_of(request),
            at=timezone.now(),
        )
        return Response(AddedNoteSerializer(note).data, status=201)


class TicketPhotosView(_PerVerb):
    parser_classes = [MultiPartParser]

    @described(
        "add_own_photo",
        _("上传一张照片；同一照片重传只保存一次。"),
        request={"multipart/form-data": PhotoSerializer},
        request_example=examples.PHOTO,
        answers=KeptPhotoSerializer,
        status=201,
        example=examples.KEPT_PHOTO,
        problems={
            409: ["too_many_photos"],
            422: ["file_kind", "file_empty", "file_too_large", "file_disguised"],
        },
    )
    def post(self, request: Request, number: str) -> Response:
        serializer = PhotoSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        file = serializer.validated_data["file"]
        document = add_own_photo(
            signed_in(request),
            number,
            Upload(file.name, file),
            by=actor_of(request),
            at=timezone.now(),
        )
        return Response(KeptPhotoSerializer(document).data, status=201)


class TicketVerdictView(_PerVerb):
    @described(
        "judge_solution",
        _("办结后确认是否已解决；未解决的按原时限重新处理。"),
        request=VerdictSerializer,
        request_example=examples.VERDICT,
        answers=OwnTicketSerializer,
        example=examples.DONE_TICKET,
        problems={409: ["cannot_judge", "wrong_state"]},
    )
    def post(self, request: Request, number: str) -> Response:
        serializer = VerdictSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        ticket = judge_solution(
            signed_in(request),
            number,
            solved=serializer.validated_data["solved"],
            remark=serializer.validated_data["remark"],
            by=actor_of(request),
            at=timezone.now(),
        )
        return Response(_answer_with(ticket, signed_in(request)))


class TicketOpinionView(_PerVerb):
    @described(
        "answer_own_call_back",
        _("评价自己的已办结工单；不满意的会重新处理。"),
        request=OpinionSerializer,
        request_example=examples.OPINION,
        answers=ThanksSerializer,
        example=examples.THANKS,
        problems={409: ["nothing_asked", "wrong_state"]},
    )
    def post(self, request: Request, number: str) -> Response:
        serializer = OpinionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        ticket = own_ticket(signed_in(request), number)
        opinion = read_opinion(serializer.validated_data)
        answer_own_call_back(ticket, opinion, by=actor_of(request), at=timezone.now())
        return Response(thanks(opinion))


class IncidentsView(APIView):
    throttle_classes = [PerCustomer]
    throttle_scope = "read"

    @described(
        "list_own_incidents",
        _("影响我的户号的停热：进行中的和已公告的。"),
        answers=OwnIncidentSerializer(many=True),
        example=examples.INCIDENTS,
    )
    def get(self, request: Request) -> Response:
        accounts = reportable_accounts(signed_in(request), timezone.now())
        return Response([OwnIncidentSerializer(own).data for own in own_incidents(accounts)])


def channel_of(token: CustomerToken) -> Channel:
    """Returns the channel by the customer's sign-in: WeChat or web."""
    return Channel.WECHAT if token.openid_digest else Channel.WEB


def read_opinion(values: dict[str, Any]) -> Opinion:
    """Returns the opinion from validated values."""
    return Opinion(Satisfaction(values["satisfaction"]), values["remark"])


def thanks(opinion: Opinion) -> dict[str, Any]:
    """Returns the answer to an opinion, whichever way it arrived."""
    bad = opinion.satisfaction is Satisfaction.DISSATISFIED
    content = {"satisfaction": opinion.satisfaction.value, "revisit": bad}
    return dict(ThanksSerializer(content).data)


def _answer_with(ticket: Ticket, token: CustomerToken) -> dict[str, Any]:
    """Returns the ticket as its customer sees it now."""
    at = timezone.now()
    fresh = own_ticket(token, ticket.number)
    return dict(OwnTicketSerializer(follow(fresh, at=at), context={"at": at}).data)
