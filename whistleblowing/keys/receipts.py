"""Receipts: sixteen digits, shown once, that become a key pair and are kept nowhere."""

import secrets
import unicodedata

from whistleblowing.keys.sealing import Cost, KeyPair, derive_key
from whistleblowing.models import ReceiptSalt, Report

DIGITS = 16


def new_receipt() -> str:
    """Returns a random receipt; ten thousand million million are possible."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def in_groups(receipt: str) -> str:
    """Returns a receipt as people copy it: "1234 5678 9012 3456"."""
    return " ".join(receipt[at : at + 4] for at in range(0, DIGITS, 4))


def read_receipt(typed: str) -> str:
    """Returns the digits of what was typed: full-width ones too, spaces and dashes left out."""
    narrow = unicodedata.normalize("NFKC", typed)
    return "".join(letter for letter in narrow if letter.isascii() and letter.isdigit())


def key_of_receipt(receipt: str) -> KeyPair:
    """Returns the key pair of a receipt; the same work for a right, a wrong and an empty one."""
    row = ReceiptSalt.objects.get()
    return KeyPair.of_seed(derive_key(receipt, bytes(row.salt), Cost(row.operations, row.memory)))


def report_of(receipt_key: KeyPair) -> Report | None:
    """Returns the report of a receipt's key pair; None where no receipt gives it."""
    return Report.objects.filter(receipt_key=receipt_key.public).first()
