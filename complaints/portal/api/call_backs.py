"""`/api/v1/call-backs/answer`: the one-time link of a text message, without sign-in."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from complaints.call_backs.operations import answer_call_back
from complaints.portal.api import examples
from complaints.portal.api.serializers import LinkOpinionSerializer, ThanksSerializer
from complaints.portal.api.tickets import read_opinion, thanks
from customers.sign_in.authentication import address_of
from customers.sign_in.throttles import PerCustomer
from office.actors import Actor
from office.api.api_operations import described


class CallBackAnswerView(APIView):
    authentication_classes = []
    permission_classes = []
    throttle_classes = [PerCustomer]
    throttle_scope = "opinion"

    @described(
        "answer_call_back",
        _("凭短信链接评价一次；用过的和不存在的链接应答相同。"),
        request=LinkOpinionSerializer,
        request_example=examples.LINK_OPINION,
        answers=ThanksSerializer,
        example=examples.THANKS,
        problems={404: ["not_found"], 409: ["wrong_state"], 410: ["link_expired"]},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        serializer = LinkOpinionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        opinion = read_opinion(serializer.validated_data)
        by = Actor.customer("短信链接", origin=address_of(request))
        answer_call_back(serializer.validated_data["token"], opinion, by=by, at=timezone.now())
        return Response(thanks(opinion))
