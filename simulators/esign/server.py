"""The server of the simulator: its orders live as long as the process."""

import base64
import json
import secrets
from datetime import UTC, datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_PAGE = """<!doctype html><html lang="zh-Hans"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>电子签署（模拟）</title>
<h1>电子签署（模拟）</h1><p>{title}</p><p>签署人 {signer}</p>
<p>文件摘要 <code>{digest}</code></p>{action}</html>"""
_BUTTON = '<form method="post"><button>确认签署</button></form>'


class EsignSimulator:
    """A service with one account; `serve` answers until the process ends."""

    def __init__(self, data: Path, *, port: int) -> None:
        self.orders: dict[str, dict[str, Any]] = {}
        self.key = secrets.token_urlsafe(24)
        self._private = Ed25519PrivateKey.generate()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        data.mkdir(parents=True, exist_ok=True)
        public = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        account = {
            "url": self.url,
            "key": self.key,
            "public_key": base64.b64encode(public).decode(),
        }
        self.service_file = data / "service.json"
        self.service_file.write_text(json.dumps(account), encoding="utf-8")

    def serve(self) -> None:
        """Answers requests until `stop` is called."""
        self._server.serve_forever(poll_interval=0.05)

    def stop(self) -> None:
        """Ends `serve`."""
        self._server.shutdown()
        self._server.server_close()

    def place(self, order: dict[str, Any]) -> dict[str, Any]:
        """Places an order and returns its receipt; a repeated key gets the first receipt again."""
        for reference, placed_order in self.orders.items():
            if placed_order["key"] == order["key"]:
                return self._receipt(reference)
        reference = secrets.token_hex(12)
        self.orders[reference] = {**order, "state": "open"}
        return self._receipt(reference)

    def look(self, reference: str) -> dict[str, Any]:
        """Returns the state of an order, with the seal once it is signed."""
        order = self.orders[reference]
        if order["state"] != "signed":
            return {"reference": reference, "state": order["state"]}
        message = "\n".join((reference, order["digest"], order["signer"], order["signed_at"]))
        seal = base64.b64encode(self._private.sign(message.encode())).decode()
        return {"reference": reference, "seal": seal, **order}

    def sign(self, reference: str) -> None:
        """Signs an order in the name of its signer."""
        self.orders[reference] |= {
            "state": "signed",
            "signed_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }

    def page(self, reference: str) -> str:
        """Returns the signer's page."""
        order = self.orders[reference]
        shown = {name: escape(order[name]) for name in ("title", "signer", "digest")}
        return _PAGE.format(
            **shown, action=_BUTTON if order["state"] == "open" else "<p>已签署。</p>"
        )

    def _receipt(self, reference: str) -> dict[str, Any]:
        return {"reference": reference, "page": f"{self.url}/sign/{reference}"}


def _handler(simulator: EsignSimulator) -> type[BaseHTTPRequestHandler]:
    """Returns the class that answers for this simulator."""

    class Handler(_Handler):
        service = simulator

    return Handler


class _Handler(BaseHTTPRequestHandler):
    """Routes requests: the signer's page for anybody, orders for who has the account's key."""

    service: EsignSimulator

    def do_GET(self) -> None:
        self._route("GET", self.path.strip("/").split("/"))

    def do_POST(self) -> None:
        self._route("POST", self.path.strip("/").split("/"))

    def _route(self, method: str, parts: list[str]) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            if parts[0] == "sign":
                self._sign(method, parts[1])
            elif self.headers.get("Authorization") != f"Bearer {self.service.key}":
                self._answer(401, "{}")
            elif method == "POST":
                self._answer(200, json.dumps(self.service.place(json.loads(body))))
            else:
                self._answer(200, json.dumps(self.service.look(parts[2])))
        except (KeyError, IndexError, ValueError):
            self._answer(404, "{}")

    def _sign(self, method: str, reference: str) -> None:
        """Shows the signer's page; a POST signs first."""
        if method == "POST":
            self.service.sign(reference)
        self._answer(200, self.service.page(reference), "text/html; charset=utf-8")

    def _answer(self, status: int, text: str, kind: str = "application/json") -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: object) -> None:
        """Keeps the screen quiet."""
