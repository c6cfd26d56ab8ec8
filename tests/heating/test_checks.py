"""A production with a demo's settings does not start."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as real_settings

from heating.checks import refuse_unsafe_production


@pytest.fixture
def production(settings: Any) -> Any:
    """Settings without a fault, as docs/production.md asks for."""
    settings.PRODUCTION = True
    settings.DEBUG = False
    settings.DATABASE_URL = "postgresql://heating@db/heating"
    settings.BROKER_URL = "redis://queue/0"
    settings.CACHE_URL = "redis://queue/1"
    settings.ALLOWED_HOSTS = ["pay.example.com"]
    settings.PUBLIC_URL = "https://pay.example.com"
    settings.SECRET_KEY = "s" * 50
    settings.SEALING_KEYS = {"2026": "k" * 32}
    settings.SEALING_KEY_ID = settings.SEALING_DIGEST_KEY_ID = "2026"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    settings.STAFF_TWO_FACTORS = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.WECHATPAY = {
        "mchid": "1900000001",
        "appid": "wx0000000000000001",
        "serial": "AB01",
        "private_key_pem": "-",
        "apiv3_key": "a" * 32,
        "trusted": {"PUB_KEY_ID_01": "-"},
        "base_url": "https://api.mch.weixin.qq.com",
        "notify_url": "https://pay.example.com/notify/",
    }
    return settings


def ids() -> list[str | None]:
    return [message.id for message in refuse_unsafe_production()]


class TestRefuseUnsafeProduction:
    def test_a_whole_production_passes(self, production: Any) -> None:
        assert ids() == []

    def test_a_demo_passes(self, production: Any) -> None:
        production.PRODUCTION = False
        production.DEBUG = True
        assert ids() == []

    @pytest.mark.parametrize(
        ("name", "value", "expected"),
        [
            ("DEBUG", True, "heating.E001"),
            ("DATABASE_URL", "", "heating.E002"),
            ("BROKER_URL", "", "heating.E003"),
            ("CACHE_URL", "", "heating.E004"),
            ("ALLOWED_HOSTS", ["*"], "heating.E005"),
            ("ALLOWED_HOSTS", [], "heating.E005"),
            ("PUBLIC_URL", "http://pay.example.com", "heating.E006"),
            ("SECRET_KEY", real_settings.DEMO_SECRET_KEY, "heating.E010"),
            ("SECRET_KEY", "short", "heating.E010"),
            ("SEALING_KEYS", {"2026": "short"}, "heating.E011"),
            ("SEALING_DIGEST_KEY_ID", "2025", "heating.E012"),
            (
                "PASSWORD_HASHERS",
                ["django.contrib.auth.hashers.MD5PasswordHasher"],
                "heating.E013",
            ),
            ("STAFF_TWO_FACTORS", False, "heating.E014"),
            ("SESSION_COOKIE_SECURE", False, "heating.E020"),
            ("CSRF_COOKIE_SECURE", False, "heating.E021"),
            ("SECURE_SSL_REDIRECT", False, "heating.E022"),
            ("SECURE_HSTS_SECONDS", 0, "heating.E023"),
        ],
    )
    def test_each_unsafe_setting_has_its_id(
        self, production: Any, name: str, value: Any, expected: str
    ) -> None:
        setattr(production, name, value)
        assert ids() == [expected]

    def test_evaluated_scripts_are_refused(self, production: Any) -> None:
        policy = deepcopy(production.CONTENT_SECURITY_POLICY)
        policy["DIRECTIVES"]["script-src"].append("'unsafe-eval'")
        production.CONTENT_SECURITY_POLICY = policy
        assert ids() == ["heating.E024"]

    @pytest.mark.parametrize(
        "change",
        [
            {"base_url": "http://127.0.0.1:8100"},
            {"serial": "53494D554C41544F5201"},
            {"trusted": {}},
            {"apiv3_key": "short"},
        ],
    )
    def test_the_simulator_and_broken_merchants_are_refused(
        self, production: Any, change: dict[str, Any]
    ) -> None:
        production.WECHATPAY = {**production.WECHATPAY, **change}
        assert ids() == ["heating.E030"]

    def test_a_missing_merchant_file_is_refused(self, production: Any, tmp_path: Path) -> None:
        from django.utils.functional import SimpleLazyObject

        from heating.merchant_file import read_merchant

        missing = tmp_path / "merchant.json"
        production.WECHATPAY = SimpleLazyObject(lambda: read_merchant(missing, "https://a/"))
        assert ids() == ["heating.E030"]
