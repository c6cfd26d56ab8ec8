"""Passphrases of officers: what makes one strong enough, and how it locks a private key."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from office.refusals import Invalid
from whistleblowing.keys.sealing import Cost, KeyPair, derive_key, lock, new_salt
from whistleblowing.models import Officer

SHORTEST_PASSPHRASE = 12


def check_passphrase(passphrase: str) -> None:
    """Refuses a passphrase that is too short or of too few different characters. A step."""
    if len(passphrase) < SHORTEST_PASSPHRASE or len(set(passphrase)) < 6:
        raise Invalid(
            "passphrase_weak",
            _("口令至少 %(least)s 个字符，且不能只由几个字符重复组成。"),
            least=SHORTEST_PASSPHRASE,
        )


def lock_by_passphrase(officer: Officer, private_key: bytes, passphrase: str) -> None:
    """Locks the private key by a passphrase with a new salt; the caller saves. A step."""
    cost = passphrase_cost()
    officer.salt, officer.operations, officer.memory = new_salt(), cost.operations, cost.memory
    officer.locked_private_key = lock(derive_key(passphrase, officer.salt, cost), private_key)
    officer.failed_unlocks, officer.blocked_until = 0, None


def passphrase_cost() -> Cost:
    """Returns what a passphrase costs to try, by the settings."""
    return Cost(*settings.WHISTLEBLOWING_ARGON2)


def public_half(private_key: bytes) -> bytes:
    """Returns the public key of a private key."""
    return KeyPair.of_seed(private_key).public
