"""The HTTP server: reads a request, lets the responsible module answer it, writes the answer."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from simulators.wechatpay import oauth, payer
from simulators.wechatpay.callbacks import Courier
from simulators.wechatpay.control import answer_control
from simulators.wechatpay.exchange import Answer, Request, json_answer, refusal_answer
from simulators.wechatpay.gateway import answer_v3
from simulators.wechatpay.keys import load_or_make_keys, write_merchant_file
from simulators.wechatpay.store import Store
from simulators.wechatpay.world import Refusal, World

MAX_BODY_BYTES = 1024 * 1024


def answer(world: World, courier: Courier, request: Request) -> Answer:
    """Passes the request to the module that its path belongs to."""
    path = request.path
    try:
        if path.startswith("/v3/"):
            return answer_v3(world, request)
        if path.startswith("/_"):
            return answer_control(world, courier, request)
        return _page(world, request)
    except Refusal as refusal:
        return refusal_answer(refusal)


def _page(world: World, request: Request) -> Answer:
    path = request.path
    if path == "/":
        return Answer(302, headers={"Location": "/payer/"})
    if path == "/payer/":
        return payer.payer_list(world)
    if path.startswith("/payer/"):
        return payer.payer_sheet(world, request, path.removeprefix("/payer/"))
    if path.startswith("/pages/"):
        return payer.page_file(path.removeprefix("/pages/"))
    if path == "/jsapi-bridge.js":
        return payer.bridge_script(world)
    if path == "/jsapi/pay":
        return payer.jsapi_sheet(world, request)
    if path == "/connect/oauth2/authorize":
        openid, cookie_header = payer.payer_openid(request)
        location = oauth.authorize(world, request.query, openid)
        return Answer(302, headers={"Location": location} | cookie_header)
    if path == "/sns/oauth2/access_token":
        return json_answer(200, oauth.access_token(world, request.query))
    raise Refusal(404, "RESOURCE_NOT_EXISTS", "没有这个页面")


class Listener(ThreadingHTTPServer):
    """The listening socket; `simulator` is set before the first request is served."""

    daemon_threads = True
    simulator: "Simulator"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Listener

    def do_GET(self) -> None:
        self._exchange()

    def do_POST(self) -> None:
        self._exchange()

    def do_DELETE(self) -> None:
        self._exchange()

    def _exchange(self) -> None:
        length = self.headers.get("Content-Length", "0")
        # The body stays unread: the connection cannot be used for another request.
        if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
            self.close_connection = True
            self._send(json_answer(413, {"code": "PARAM_ERROR", "message": "请求体过大"}))
            return
        headers = {name.title(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, self.rfile.read(int(length)))
        simulator = self.server.simulator
        self._send(answer(simulator.world, simulator.courier, request))

    def _send(self, response: Answer) -> None:
        if response.dropped:
            self.close_connection = True
            return
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status != 204:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        now = self.server.simulator.world.now()
        return super().date_time_string(now if timestamp is None else timestamp)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        if not self.server.simulator.quiet:
            super().log_request(code, size)


class Simulator:
    """A running simulator; `port` 0 takes a free one, `url` is the address it listens on."""

    def __init__(
        self,
        directory: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        public_url: str = "",
        merchant_name: str = "城市供热有限公司",
        notify_allow: frozenset[str] = frozenset({"127.0.0.1", "localhost"}),
        time_scale: float = 1.0,
        web_codes: bool = False,
        quiet: bool = True,
    ) -> None:
        keys = load_or_make_keys(directory)
        self.quiet = quiet
        self._server = Listener((host, port), Handler)
        self._server.simulator = self
        self.url = public_url.rstrip("/") or f"http://{host}:{self._server.server_port}"
        self.world = World(
            keys=keys,
            store=Store(directory / "simulator.sqlite3"),
            public_url=self.url,
            merchant_name=merchant_name,
            notify_allow=notify_allow,
            time_scale=time_scale,
            web_codes=web_codes,
        )
        self.courier = Courier(self.world)
        self.merchant_file = write_merchant_file(keys, directory, self.url)
        self._thread = Thread(
            target=self._server.serve_forever, args=(0.05,), name="simulator", daemon=True
        )

    def start(self) -> None:
        self.courier.start()
        self._thread.start()

    def wait(self) -> None:
        self._thread.join()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.courier.stop()
        self.world.store.close()
