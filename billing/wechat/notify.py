"""Where WeChat Pay calls back: verify → keep → commit → 204, and only then work on it."""

import logging
from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from billing.models import ProviderEvent
from billing.wechat.inbox import (
    process_event,
    report_wrong_apiv3_key,
    store_notification,
)
from billing.wechat.merchants import believe_learnt, wechat_pay
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
    """204 says: kept for ever. Anything not proven to be WeChat Pay's leaves no trace but a log."""
    if request.method != "POST":
        return _fail(405)
    if _announced_length(request) > MAX_BODY_BYTES:
        return _fail(413)
    try:
        return _receive(request)
    except NotTrusted as refusal:
        logger.warning("callback not believed: %s", refusal)
        if refusal.why == Distrust.UNKNOWN_SERIAL:
            return UnknownSerial(refusal.status)
        return _fail(refusal.status)
    except Malformed as refusal:
        logger.warning("callback not readable: %s", refusal)
        return _fail(refusal.status)
    except (UnreadablePostError, RawPostDataException):
        return _fail(400)
    except Refused as refusal:
        logger.error("callback not taken: %s", refusal.code)
        return _fail(refusal.status)
    except Exception:
        logger.exception("callback failed before it was kept")
        return _fail(500)


def _receive(request: HttpRequest) -> HttpResponse:
    line, at, body = wechat_pay(), timezone.now(), request.body
    try:
        opened = _open(line, request, body, at)
    except SealBroken as broken:
        logger.error("callback does not open: %s", broken)
        report_wrong_apiv3_key(at=at)
        return _fail(broken.status)
    event, _ = store_notification(opened, headers=request.headers, body=body, at=at)
    return Kept(event, at)


def _open(line: WechatPay, request: HttpRequest, body: bytes, at: datetime) -> OpenedNotification:
    key = line.merchant.apiv3_key
    try:
        return open_notification(line.trust, key, request.headers, body, at)
    except NotTrusted as refusal:
        # Another process may have learnt the certificate meanwhile.
        if refusal.why != Distrust.UNKNOWN_SERIAL or not believe_learnt(line):
            raise
    return open_notification(line.trust, key, request.headers, body, at)


class Kept(HttpResponse):
    """204 for an event that is committed; the money is booked once the answer is on its way."""

    status_code = 204

    def __init__(self, event: ProviderEvent, at: datetime) -> None:
        super().__init__()
        self._event = event
        self._at = at

    def close(self) -> None:
        """Called by the server after the answer has been sent."""
        try:
            process_event(self._event, at=self._at)
        except Exception:
            # It is kept, and the inbox's own task comes back to it.
            logger.exception("event %s stays in the inbox", self._event.pk)
        super().close()


class UnknownSerial(JsonResponse):
    """Not believed yet; new certificates are asked for once the answer is on its way.

    WeChat Pay sends a genuine callback again.
    """

    def __init__(self, status: int) -> None:
        super().__init__(FAIL, status=status)

    def close(self) -> None:
        """Called by the server after the answer has been sent."""
        try:
            refresh_after_unknown_serial(at=timezone.now())
        except Exception:
            logger.exception("platform certificates not refreshed")
        super().close()


def _announced_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return MAX_BODY_BYTES + 1


def _fail(status: int) -> HttpResponse:
    return JsonResponse(FAIL, status=status)
