"""Web, worker, beat and the WeChat Pay simulator together, for the demo and for development."""

import logging
import os
import socket
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from heating.embedded.attached import servers
from heating.embedded.server import ServerFailed
from heating.supervisor import Child, supervise

logger = logging.getLogger(__name__)

LOGS = settings.LOCAL_DIR / "log"


class Command(BaseCommand):
    help = "Run web, worker, beat and simulator until Ctrl-C; what dies is started again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        port: int = options["port"]
        _refuse_taken_port(port, "--port (make demo PORT=…)")
        os.environ.setdefault("PUBLIC_URL", f"http://127.0.0.1:{port}")
        # Before the work of a minute, which a taken port would make useless.
        children = [*_simulator(), _web(port), _worker(), _beat()]
        self.prepare()
        LOGS.mkdir(parents=True, exist_ok=True)
        supervise(children, _Watch(port, self._say_that_it_runs))
        self.stdout.write("\n已全部停止。 Everything has stopped.")

    def prepare(self) -> None:
        """What is done before anything is started."""
        call_command("migrate", verbosity=0)

    def welcome(self, port: int) -> str:
        """What is said once the site answers."""
        return (
            f"正在运行 http://127.0.0.1:{port}/admin/ ，按 Ctrl-C 结束。"
            f"\nRunning at http://127.0.0.1:{port}/admin/ – press Ctrl-C to stop."
        )

    def _say_that_it_runs(self, port: int) -> None:
        self.stdout.write(f"\n{self.welcome(port)}\n")
        self.stdout.flush()


class _Watch:
    """Looked at every second: keeps the servers up, and says once that the site answers."""

    def __init__(self, port: int, announce: Callable[[int], None]) -> None:
        self._port = port
        self._announce: Callable[[int], None] | None = announce

    def __call__(self) -> None:
        _look_after_servers()
        if self._announce is not None and _answers(self._port):
            self._announce(self._port)
            self._announce = None


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _web(port: int) -> Child:
    options = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"]
    return _module("web", "gunicorn", "heating.wsgi", *options, "--log-level", "warning")


def _worker() -> Child:
    options = ["--concurrency", "2", "--without-gossip", "--without-mingle"]
    return _celery("worker", *options)


def _beat() -> Child:
    return _celery("beat", "--pidfile=")


def _celery(part: str, *options: str) -> Child:
    # The demo's tasks come from nobody but ourselves, so root may run them.
    command = [sys.executable, "-W", "ignore:You're running the worker", "-m", "celery", "--quiet"]
    # What it prints, the sign-in codes of the demo, stays on the screen.
    command += ["-A", "heating", part, *options, "--loglevel", "WARNING"]
    return Child(part, command, log=LOGS / f"{part}.log")


def _simulator() -> list[Child]:
    """The simulator, unless payments are meant to go elsewhere."""
    if settings.WECHATPAY_MERCHANT_FILE.parent != settings.SIMULATOR_DIR:
        return []
    setting = "SIMULATOR_PORT (make demo SIMULATOR_PORT=…)"
    _refuse_taken_port(settings.SIMULATOR_PORT, setting)
    options = ["--port", str(settings.SIMULATOR_PORT), "--data", str(settings.SIMULATOR_DIR)]
    return [_module("simulator", "simulators.wechatpay", *options)]


def _module(name: str, *command: str) -> Child:
    return Child(name, [sys.executable, "-m", *command], log=LOGS / f"{name}.log", quiet=True)


def _refuse_taken_port(port: int, setting: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"端口 {port} 已被占用，请用 {setting} 换一个。 "
                f"Port {port} is taken; choose another by {setting}."
            ) from error


def _look_after_servers() -> None:
    """Bring back a database or queue that was killed under us."""
    for server in servers():
        try:
            server.ensure_running()
        except ServerFailed:
            logger.exception("an embedded server does not start")
