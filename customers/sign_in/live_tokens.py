"""Queries on the sign-ins that are valid now."""

from datetime import datetime

from customers.models import Customer, CustomerToken, WechatIdentity
from office.tokens.digest import token_digest


def find_token(secret: str, *, at: datetime) -> CustomerToken | None:
    """Returns the sign-in of a token, or None when it is unknown, expired or signed out."""
    token = CustomerToken.objects.filter(token_digest=token_digest(secret)).first()
    return token if token is not None and token.valid_at(at) else None


def openid_of(token: CustomerToken) -> str:
    """Returns the openid of this sign-in; an empty text when it came by phone alone."""
    if not token.openid_digest:
        return ""
    identity = WechatIdentity.objects.filter(openid_digest=token.openid_digest).first()
    return identity.openid if identity else ""


def is_on_file(phone: str) -> bool:
    """Returns whether a customer has this phone."""
    return Customer.objects.filter(phone=phone).exists()
