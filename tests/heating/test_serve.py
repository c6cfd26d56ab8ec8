"""What keeps the demo from running is said before anything is loaded."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from office.models import User


@pytest.fixture
def used_port() -> Iterator[int]:
    """A port somebody else listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


@pytest.fixture
def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(autouse=True)
def public_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the command would set is not left behind."""
    monkeypatch.setenv("PUBLIC_URL", "http://127.0.0.1")


@pytest.mark.django_db
class TestPorts:
    def test_the_sites_own(self, used_port: int) -> None:
        with pytest.raises(CommandError, match=f"端口 {used_port} 已被占用，请用 --port"):
            call_command("demo", port=used_port)
        assert not User.objects.exists()

    def test_the_simulators(self, used_port: int, free: int, settings: Any) -> None:
        settings.SIMULATOR_PORT = used_port
        settings.WECHATPAY_MERCHANT_FILE = settings.SIMULATOR_DIR / "merchant.json"
        with pytest.raises(CommandError, match=f"端口 {used_port} 已被占用，请用 SIMULATOR_PORT"):
            call_command("demo", port=free)
        assert not User.objects.exists()
