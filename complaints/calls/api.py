"""`/api/v1/call-centre/`: the call centre's system reports calls and looks up callers."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from complaints.calls import examples
from complaints.calls.operations import record_ringing, show_screen_pop
from complaints.calls.serializers import (
    CallSerializer,
    RingingCallSerializer,
    ScreenPopSerializer,
)
from office.api.api_operations import described
from office.tokens.machine_sign_in import (
    MachineAuthentication,
    PerMachine,
    machine_actor,
    machine_of,
)


class _CallCentreView(APIView):
    authentication_classes = [MachineAuthentication]
    throttle_classes = [PerMachine]
    throttle_scope = "call-centre"


class ScreenPopView(_CallCentreView):
    @described(
        "show_screen_pop",
        _("按主叫号码查户号、欠费、近期工单和停热；不超出坐席本人可见的范围，查询留痕。"),
        request=CallSerializer,
        request_example=examples.CALL,
        answers=ScreenPopSerializer,
        example=examples.POP,
        problems={404: ["not_found"]},
    )
    def post(self, request: Request) -> Response:
        serializer = CallSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response(_pop(request, **serializer.validated_data))


class RingingCallsView(_CallCentreView):
    @described(
        "record_ringing",
        _("来电振铃；应答即弹屏内容。同一通话编号重发不重复登记。"),
        request=RingingCallSerializer,
        request_example=examples.RINGING,
        answers=ScreenPopSerializer,
        status=201,
        example=examples.POP,
        problems={404: ["not_found"], 422: ["time_ahead"]},
    )
    def post(self, request: Request) -> Response:
        serializer = RingingCallSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        call = record_ringing(
            machine_of(request),
            **serializer.validated_data,
            by=machine_actor(request),
            at=timezone.now(),
        )
        return Response(_pop(request, call.number, call.agent.get_username()), status=201)


def _pop(request: Request, number: str, agent: str) -> dict[str, Any]:
    at = timezone.now()
    pop = show_screen_pop(machine_of(request), number, agent, by=machine_actor(request), at=at)
    query = urlencode({"phone": pop.phone})
    content = {
        "phone": pop.phone,
        "accounts": pop.accounts,
        "tickets": pop.tickets,
        "more": pop.more,
        "intake_url": f"{settings.PUBLIC_URL}{reverse('admin:open_ticket')}?{query}",
    }
    return dict(ScreenPopSerializer(content, context={"at": at}).data)
