"""The address that WeChat Pay calls: verify, store, commit, answer 204, and only then book."""

import logging
from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from billing.models import ProviderEvent
from billing.wechat.inbox import report_wrong_apiv3_key, store_notification, try_event
from billing.wechat.merchants import trust_learnt_certificates, wechat_pay
from billing.wechat.wechat_calls import refresh_after_unknown_serial
from billing.wechatpay.client import WechatPay
from billing.wechatpay.facts import Malformed
from billing.wechatpay.notification import (
    MAX_BODY_BYTES,
    OpenedNotification,
    open_notification,
)
from billing.wechatpay.sealing import SealBroken
from billing.wechatpay.trust import Distrust, NotTrusted
from office.refusals import Refused

logger = logging.getLogger(__name__)

FAIL = {"code": "FAIL", "message": "失败"}


@csrf_exempt
def wechat_notify(request: HttpRequest) -> HttpResponse:
    """Answers 204 once the notification is stored; a request that proves nothing is only logged."""
    if request.method != "POST":
        return _fail(405)
    if _announced_length(request) > MAX_BODY_BYTES:
        return _fail(413)
    try:
        return _receive(request)
    except NotTrusted as refusal:
        logger.warning("the callback's signature cannot be trusted: %s", refusal)
        if refusal.why == Distrust.UNKNOWN_SERIAL:
            return UnknownSerialAnswer(refusal.status)
        return _fail(refusal.status)
    except Malformed as refusal:
        logger.warning("the callback cannot be read: %s", refusal)
        return _fail(refusal.status)
    except (UnreadablePostError, RawPostDataException):
        return _fail(400)
    except Refused as refusal:
        logger.error("the callback was refused: %s", refusal.code)
        return _fail(refusal.status)
    except Exception:
        logger.exception("the callback failed before it was stored")
        return _fail(500)


def _receive(request: HttpRequest) -> HttpResponse:
    """Verifies and stores the notification; raises an alarm when its content does not decrypt."""
    client, at, body = wechat_pay(), timezone.now(), request.body
    try:
        notification = _open(client, request, body, at)
    except SealBroken as broken:
        logger.error("the callback cannot be decrypted: %s", broken)
        report_wrong_apiv3_key(at=at)
        return _fail(broken.status)
    event, _ = store_notification(notification, headers=request.headers, body=body, at=at)
    return AcknowledgedEvent(event, at)


def _open(client: WechatPay, request: HttpRequest, body: bytes, at: datetime) -> OpenedNotification:
    """Verifies and decrypts the notification, if need be with newly learnt certificates."""
    key = client.merchant.apiv3_key
    try:
        return open_notification(client.trust, key, request.headers, body, at)
    except NotTrusted as refusal:
        # Another process may have learnt the certificate meanwhile.
        if refusal.why != Distrust.UNKNOWN_SERIAL or not trust_learnt_certificates(client):
            raise
    return open_notification(client.trust, key, request.headers, body, at)


class AcknowledgedEvent(HttpResponse):
    """The answer 204 for a stored event; it books the money after the answer has been sent."""

    status_code = 204

    def __init__(self, event: ProviderEvent, at: datetime) -> None:
        super().__init__()
        self._event = event
        self._at = at

    def close(self) -> None:
        """Books the event; the server calls this after it has sent the answer."""
        try:
            try_event(self._event, at=self._at)
        except Exception:
            # The event is stored; the task `process_waiting_events` tries it again.
            logger.exception("event %s stays in the inbox", self._event.pk)
        super().close()


class UnknownSerialAnswer(JsonResponse):
    """The answer to an unknown certificate; it downloads new ones after it has been sent.

    WeChat Pay sends a genuine notification again, which then verifies.
    """

    def __init__(self, status: int) -> None:
        super().__init__(FAIL, status=status)

    def close(self) -> None:
        """Downloads new certificates; the server calls this after it has sent the answer."""
        try:
            refresh_after_unknown_serial(at=timezone.now())
        except Exception:
            logger.exception("the platform certificates were not refreshed")
        super().close()


def _announced_length(request: HttpRequest) -> int:
    """Returns the length that the request announces; one that is no number counts as too long."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return MAX_BODY_BYTES + 1


def _fail(status: int) -> HttpResponse:
    return JsonResponse(FAIL, status=status)
