"""The client of WeChat Pay, which verifies every answer before reading it and stores nothing.

No request is retried, with one exception: WeChat Pay probes its merchants by answers with a wrong
signature on purpose; such a call is repeated once, with the same number and the same parameters.

An `Outcome` is `Accepted` with a value, `Rejected` by WeChat Pay, or `Unknown`: whether the order
was placed or closed must then be found out by a query.
"""

import json
import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Self, TypeVar

import httpx

from billing.wechatpay.bills import BillRefused, TradeBill, read_trade_bill
from billing.wechatpay.facts import Malformed, TransactionFact, read_object
from billing.wechatpay.merchant import Merchant
from billing.wechatpay.orders import Order, check_out_trade_no
from billing.wechatpay.outcomes import Accepted, Outcome, Rejected, Unknown, Why
from billing.wechatpay.refunds import RefundCalls
from billing.wechatpay.sealing import SealBroken, open_certificates
from billing.wechatpay.signing import authorization, pay_sign, request_message, sign
from billing.wechatpay.trust import WINDOW_SECONDS, Distrust, NotTrusted, Trust

T = TypeVar("T")
ORDERS = "/v3/pay/transactions"
ECHO = "/v3/security/echo"
# The answer with which WeChat Pay probes whether its merchants verify signatures.
PROBED = Unknown(Why.NOT_TRUSTED, Distrust.PROBE)
REFRESH_EVERY = timedelta(minutes=10)
# Failures before a byte of the request has left: nothing can have happened at WeChat Pay.
NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)


def _now() -> datetime:
    return datetime.now(UTC)


def _nonce() -> str:
    return secrets.token_hex(16).upper()


class WechatPay(RefundCalls):
    """The client of one merchant, shared between threads."""

    def __init__(
        self,
        merchant: Merchant,
        *,
        trust: Trust | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], datetime] = _now,
        nonce: Callable[[], str] = _nonce,
        timeout_seconds: int = 10,
    ) -> None:
        self.merchant = merchant
        self.trust = trust or Trust(merchant.trusted)
        self._clock = clock
        self._nonce = nonce
        self._refreshed_at: datetime | None = None
        self._http = httpx.Client(
            base_url=merchant.base_url,
            transport=transport,
            timeout=timeout_seconds,
            # Money goes to no other address: not by a redirect nor by a proxy of the environment.
            follow_redirects=False,
            trust_env=False,
            headers={
                "Accept": "application/json",
                # Signatures are over the bytes of the body as they are sent.
                "Accept-Encoding": "identity",
                "User-Agent": "heating-backoffice wechatpay/1",
            },
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close_connections()

    def close_connections(self) -> None:
        self._http.close()

    def place_native_order(self, order: Order) -> Outcome[str]:
        """Places an order to be scanned; the value is its `code_url`, valid for two hours."""
        return self._place("native", order.body(), "code_url")

    def place_jsapi_order(self, order: Order, openid: str) -> Outcome[str]:
        """Places an order for one payer; the value is its `prepay_id`, valid for two hours."""
        return self._place("jsapi", order.body() | {"payer": {"openid": openid}}, "prepay_id")

    def jsapi_parameters(self, prepay_id: str) -> dict[str, str]:
        """Returns the signed argument with which the page calls getBrandWCPayRequest.

        That the page is told "ok" proves no payment; the order must be queried.
        """
        package = f"prepay_id={prepay_id}"
        timestamp, nonce = str(int(self._clock().timestamp())), self._nonce()
        return {
            "appId": self.merchant.appid,
            "timeStamp": timestamp,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": pay_sign(
                self.merchant.private_key_pem, self.merchant.appid, timestamp, nonce, package
            ),
        }

    def query_by_out_trade_no(self, out_trade_no: str) -> Outcome[TransactionFact]:
        """Queries an order by our own number."""
        check_out_trade_no(out_trade_no)
        return self._query(
            f"{ORDERS}/out-trade-no/{out_trade_no}", lambda fact: fact.out_trade_no == out_trade_no
        )

    def query_by_transaction_id(self, transaction_id: str) -> Outcome[TransactionFact]:
        """Queries an order by its transaction id, which only paid orders have; only tests ask."""
        if not (transaction_id.isascii() and transaction_id.isalnum()):
            raise ValueError("a transaction id has only letters and digits")
        return self._query(
            f"{ORDERS}/id/{transaction_id}", lambda fact: fact.transaction_id == transaction_id
        )

    def close(self, out_trade_no: str) -> Outcome[None]:
        """Closes an unpaid order; it may be repeated.

        Rejected with ORDER_PAID means that the order was paid before: query and book it.
        """
        check_out_trade_no(out_trade_no)
        answer = self._call(
            "POST", f"{ORDERS}/out-trade-no/{out_trade_no}/close", {"mchid": self.merchant.mchid}
        )
        return Accepted(None) if isinstance(answer, Accepted) else answer

    def echo(self, message: str) -> Outcome[str]:
        """Tests signing and verification without money; the value is the text that WeChat Pay
        echoed.
        """
        return self._read(
            self._call("POST", ECHO, {"echo_message": message}, self._a_trusted_serial()),
            lambda body: _required(body, "echo_message"),
        )

    def clock_ahead(self) -> Outcome[int]:
        """Returns the seconds by which our clock is ahead of the time in a signed answer of WeChat
        Pay.
        """
        answer = self._send("POST", ECHO, b'{"echo_message":"clock"}', self._a_trusted_serial())
        if not isinstance(answer, Accepted):
            return answer
        ours = int(self._clock().timestamp())
        verified = self._verified(answer)
        if not isinstance(verified, Accepted):
            return verified
        return Accepted(ours - int(answer.value.headers["Wechatpay-Timestamp"]))

    def refresh_certificates(self) -> Outcome[dict[str, str]]:
        """Fetches the platform certificates, at most every ten minutes, and returns their PEMs."""
        now = self._clock()
        if self._refreshed_at is not None and now - self._refreshed_at < REFRESH_EVERY:
            return Unknown(
                Why.TOO_SOON, "the certificates were asked for less than ten minutes ago"
            )
        self._refreshed_at = now
        outcome = self._fetch_certificates()
        return self._fetch_certificates() if outcome == PROBED else outcome

    def download_trade_bill(self, day: date, bill_type: str = "ALL") -> Outcome[TradeBill]:
        """Fetches and verifies the bill of a day.

        Rejected with NO_STATEMENT_EXIST means a day without trade, with STATEMENT_CREATING: too
        early.
        """
        target = f"/v3/bill/tradebill?bill_date={day.isoformat()}&bill_type={bill_type}"
        announced = self._read(
            self._call("GET", target),
            lambda body: tuple(
                _required(body, name) for name in ("hash_type", "hash_value", "download_url")
            ),
        )
        if not isinstance(announced, Accepted):
            return announced
        hash_type, hash_value, download_url = announced.value
        if hash_type != "SHA1":
            return Unknown(Why.UNREADABLE, f"the bill is announced with {hash_type}")
        file = self._send("GET", download_url, b"")
        if not isinstance(file, Accepted):
            return file
        try:
            return Accepted(read_trade_bill(file.value.content, hash_value))
        except BillRefused as refused:
            return Unknown(Why.UNREADABLE, str(refused))

    def _fetch_certificates(self) -> Outcome[dict[str, str]]:
        """Fetches the list of certificates and learns them.

        The list may be signed with a certificate that is only in it. So it is opened first: the
        seal proves that it is WeChat Pay's, and then its signature is verified with what was found.
        """
        answer = self._send("GET", "/v3/certificates", b"")
        if not isinstance(answer, Accepted):
            return answer
        try:
            certificates = open_certificates(self.merchant.apiv3_key, answer.value.content)
            extended_trust = Trust({**self.merchant.trusted, **certificates})
            extended_trust.verify(answer.value.headers, answer.value.content, self._clock())
        except SealBroken as broken:
            return Unknown(Why.UNREADABLE, str(broken))
        except NotTrusted as refused:
            return Unknown(Why.NOT_TRUSTED, refused.why)
        except ValueError:
            return Unknown(Why.UNREADABLE, "the list has something that is no RSA certificate")
        self.trust.learn(certificates)
        return Accepted(certificates)

    def _place(self, trade_type: str, order: dict[str, object], wanted: str) -> Outcome[str]:
        """Places an order; the value is the member `wanted` of the answer."""
        merchant = self.merchant
        body = {
            "appid": merchant.appid,
            "mchid": merchant.mchid,
            "notify_url": merchant.notify_url,
        } | order
        return self._read(
            self._call("POST", f"{ORDERS}/{trade_type}", body),
            lambda answer: _required(answer, wanted),
        )

    def _query(
        self, path: str, is_ours: Callable[[TransactionFact], bool]
    ) -> Outcome[TransactionFact]:
        """Queries an order; an answer about another order or merchant is not believed."""
        answer = self._read(
            self._call("GET", f"{path}?mchid={self.merchant.mchid}"), TransactionFact.read
        )
        if isinstance(answer, Accepted) and not (
            is_ours(answer.value) and answer.value.mchid == self.merchant.mchid
        ):
            return Unknown(Why.OTHER_ORDER, "the answer speaks of another order")
        return answer

    def _read(self, answer: Outcome[bytes], reader: Callable[[bytes], T]) -> Outcome[T]:
        """Reads the body of a verified answer; one that cannot be read is Unknown."""
        if not isinstance(answer, Accepted):
            return answer
        try:
            return Accepted(reader(answer.value))
        except Malformed as broken:
            return Unknown(Why.UNREADABLE, str(broken))

    def _a_trusted_serial(self) -> str:
        """Returns the id of the key that must sign the answer, for requests that have to name
        one.
        """
        return self.merchant.answer_serial or next(iter(self.trust.serials), "")

    def _call(
        self,
        method: str,
        target: str,
        parameters: dict[str, object] | None = None,
        serial: str = "",
    ) -> Outcome[bytes]:
        """Sends a request, verifies the answer and returns its body; a probe is answered once more.

        The body is serialised once, since the signature is over these very bytes.
        """
        body = (
            b""
            if parameters is None
            else json.dumps(parameters, ensure_ascii=False, separators=(",", ":")).encode()
        )
        outcome = self._verified(self._send(method, target, body, serial))
        if outcome == PROBED:
            outcome = self._verified(self._send(method, target, body, serial))
        return outcome

    def _verified(self, answer: Outcome[httpx.Response]) -> Outcome[bytes]:
        """Verifies the signature of an answer and returns its body."""
        if not isinstance(answer, Accepted):
            return answer
        try:
            self.trust.verify(answer.value.headers, answer.value.content, self._clock())
        except NotTrusted as refused:
            return Unknown(Why.NOT_TRUSTED, refused.why)
        return Accepted(answer.value.content)

    def _send(
        self, method: str, target: str, body: bytes, serial: str = ""
    ) -> Outcome[httpx.Response]:
        """Signs and sends exactly these bytes.

        Accepted means an answer 200 or 204 that is not yet verified. A refusal of 400 to 499 is
        WeChat Pay's own and final, except 429; every other answer leaves open what has happened.
        """
        sent_at = int(self._clock().timestamp())
        try:
            answer = self._http.send(self._signed(method, target, body, str(sent_at), serial))
        except NEVER_SENT as failure:
            return Unknown(Why.NOT_SENT, type(failure).__name__)
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            return Unknown(Why.NO_ANSWER, type(failure).__name__)
        if answer.status_code in (200, 204):
            return Accepted(answer)
        code, message = _complaint(answer.content)
        if answer.status_code >= 500:
            return Unknown(Why.SERVER_ERROR, code)
        if answer.status_code == 429:
            return Unknown(Why.BUSY, code)
        if answer.status_code < 400:
            return Unknown(Why.UNEXPECTED_STATUS, str(answer.status_code))
        # A signature is refused also when our clock is wrong: then the refusal says by how much.
        drift = None
        if (answer.status_code, code) == (401, "SIGN_ERROR"):
            drift = _clock_drift(answer, sent_at)
        return Rejected(answer.status_code, code, message, drift)

    def _signed(
        self, method: str, target: str, body: bytes, timestamp: str, serial: str
    ) -> httpx.Request:
        """Returns the request with its signature over method, path, time, nonce and body."""
        merchant, nonce = self.merchant, self._nonce()
        request = self._http.build_request(method, target, content=body or None)
        # httpx may encode the path otherwise than it was given: what is sent must be signed.
        sent_path = request.url.raw_path.decode("ascii")
        signature = sign(
            merchant.private_key_pem, request_message(method, sent_path, timestamp, nonce, body)
        )
        request.headers["Authorization"] = authorization(
            merchant.mchid, merchant.serial, timestamp, nonce, signature
        )
        if body:
            request.headers["Content-Type"] = "application/json"
        if wanted := merchant.answer_serial or serial:
            request.headers["Wechatpay-Serial"] = wanted
        return request


def _required(body: bytes, name: str) -> str:
    """Returns a text of the answer; raises Malformed where it is missing or empty."""
    value = read_object(body).get(name)
    if not isinstance(value, str) or not value:
        raise Malformed(f"{name} is missing")
    return value


def _complaint(body: bytes) -> tuple[str, str]:
    """Returns code and message of a refusal; empty where the body is none of WeChat Pay's."""
    try:
        answer = read_object(body)
    except Malformed:
        return "", ""
    return str(answer.get("code", "")), str(answer.get("message", ""))


def _clock_drift(answer: httpx.Response, sent_at: int) -> int | None:
    """Returns by how many seconds our clock is ahead of the answer's Date header.

    Returns None below five minutes, which WeChat Pay tolerates, and without a readable header.
    """
    try:
        theirs = int(parsedate_to_datetime(answer.headers.get("Date", "")).timestamp())
    except ValueError:
        return None
    drift = sent_at - theirs
    return drift if abs(drift) >= WINDOW_SECONDS else None
