"""The checks that stop an unsafe production from starting; each has an id and says what to do."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from billing.wechatpay.merchant import Merchant, production_faults

LEAST_SECRET_LENGTH = 50
LEAST_KEY_LENGTH = 32


@register(Tags.security)
def refuse_unsafe_production(**kwargs: Any) -> list[CheckMessage]:
    """Reports settings that only a demo may have; in a demo it reports nothing."""
    return list(_faults()) if settings.PRODUCTION else []


def _faults() -> Iterator[Error]:
    yield from _server_faults()
    yield from _secret_faults()
    yield from _browser_faults()
    yield from _payment_faults()


def _server_faults() -> Iterator[Error]:
    if settings.DEBUG:
        yield Error("DEBUG shows settings and data to visitors.", "Unset DEBUG.", id="heating.E001")
    if not settings.DATABASE_URL:
        yield Error(
            "The embedded PostgreSQL is for the demo.",
            "Set DATABASE_URL to a PostgreSQL 15 or later.",
            id="heating.E002",
        )
    if not settings.BROKER_URL:
        yield Error(
            "The embedded Redis is for the demo.",
            "Set CELERY_BROKER_URL to a Redis or RabbitMQ.",
            id="heating.E003",
        )
    if not settings.CACHE_URL:
        yield Error(
            "Without a shared cache every process counts rate limits for itself.",
            "Set CACHE_URL to a Redis database of its own.",
            id="heating.E004",
        )
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "Any host name is answered to.",
            "Set ALLOWED_HOSTS to the public names.",
            id="heating.E005",
        )
    if not settings.PUBLIC_URL.startswith("https://"):
        yield Error(
            "PUBLIC_URL, printed on receipts and given to WeChat Pay, is not https.",
            "Set PUBLIC_URL to the public https address.",
            id="heating.E006",
        )


def _secret_faults() -> Iterator[Error]:
    key = settings.SECRET_KEY
    if key == settings.DEMO_SECRET_KEY or len(key) < LEAST_SECRET_LENGTH:
        yield Error(
            "SECRET_KEY is the demo's or short.",
            "Set SECRET_KEY_FILE to a file with 50 random characters or more.",
            id="heating.E010",
        )
    if any(len(sealing) < LEAST_KEY_LENGTH for sealing in settings.SEALING_KEYS.values()):
        yield Error(
            "A key that seals personal data is the demo's or short.",
            "Set SEALING_KEYS_FILE to a file with id:secret, each secret 32 characters or more.",
            id="heating.E011",
        )
    if not {settings.SEALING_KEY_ID, settings.SEALING_DIGEST_KEY_ID} <= set(settings.SEALING_KEYS):
        yield Error(
            "SEALING_KEY_ID or SEALING_DIGEST_KEY_ID names no key of SEALING_KEYS.",
            "Name one of its ids.",
            id="heating.E012",
        )
    if "django.contrib.auth.hashers.MD5PasswordHasher" in settings.PASSWORD_HASHERS:
        yield Error(
            "Passwords are hashed for tests.", "Restore PASSWORD_HASHERS.", id="heating.E013"
        )
    if not settings.STAFF_TWO_FACTORS:
        yield Error(
            "Staff sign in with a password alone.", "Unset STAFF_TWO_FACTORS.", id="heating.E014"
        )


def _browser_faults() -> Iterator[Error]:
    for name, identity in (
        ("SESSION_COOKIE_SECURE", "heating.E020"),
        ("CSRF_COOKIE_SECURE", "heating.E021"),
        ("SECURE_SSL_REDIRECT", "heating.E022"),
        ("SECURE_HSTS_SECONDS", "heating.E023"),
    ):
        if not getattr(settings, name):
            yield Error(f"{name} is off.", "Keep the value of heating/settings.py.", id=identity)
    scripts = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["script-src"]
    if scripts != ["'self'"]:
        yield Error(
            "Scripts from elsewhere, inline or evaluated, are allowed.",
            "Keep script-src at 'self'.",
            id="heating.E024",
        )


def _payment_faults() -> Iterator[Error]:
    try:
        faults = production_faults(Merchant(**settings.WECHATPAY))
    except (OSError, KeyError, TypeError, ValueError) as error:
        faults = [f"{settings.WECHATPAY_MERCHANT_FILE} cannot be used: {error!r}"]
    for fault in faults:
        yield Error(
            f"WeChat Pay: {fault}.",
            "Correct the file that WECHATPAY_MERCHANT_FILE names, or PUBLIC_URL.",
            id="heating.E030",
        )
