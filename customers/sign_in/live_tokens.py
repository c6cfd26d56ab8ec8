"""Who is signed in."""

from datetime import datetime

from customers.models import Customer, CustomerToken, WechatIdentity
from office.tokens import token_digest


def find_token(secret: str, *, at: datetime) -> CustomerToken | None:
    """The sign-in a token stands for, while it is valid."""
    found = CustomerToken.objects.filter(token_digest=token_digest(secret)).first()
    return found if found is not None and found.valid_at(at) else None


def openid_of(token: CustomerToken) -> str:
    """The openid this sign-in came through; empty when it came by phone alone."""
    if not token.openid_digest:
        return ""
    identity = WechatIdentity.objects.filter(openid_digest=token.openid_digest).first()
    return identity.openid if identity else ""


def is_on_file(phone: str) -> bool:
    """Whether a customer has this phone."""
    return Customer.objects.filter(phone=phone).exists()
