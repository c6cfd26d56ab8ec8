"""The sign-in of customers: by a code sent to their registered phone, or by a WeChat bound to
it.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.models import CustomerToken, OneTimeCode, WechatIdentity
from customers.models.sign_in import OPENID
from office import journal
from office.actors import Actor
from office.identity import check_mobile
from office.locks.advisory_locks import AdvisoryLock, lock_until_commit
from office.refusals import Invalid, Refused
from office.sealing import digest, seal
from office.tokens.digest import token_digest

CODE_LIFE = timedelta(minutes=5)
CODE_ATTEMPTS = 5
TOKEN_LIFE = timedelta(days=30)
# The most codes that one phone gets within each period.
CODE_LIMITS = ((timedelta(minutes=1), 1), (timedelta(hours=1), 5), (timedelta(days=1), 10))
# The purpose of the digest: no digest of another table equals one of a code.
_CODE = "customers.one_time_code"


@transaction.atomic
def send_sign_in_code(phone: str, *, by: Actor, at: datetime) -> tuple[OneTimeCode, str]:
    """Makes a code for a phone, registered or not, so that the answer does not reveal which it is.

    Returns the row and the code in clear for the message; the clear code is never stored. No
    permission: anybody may ask for a code, within the limits per phone. No line in the journal:
    nobody is signed in yet, and the row itself stores phone and time.
    """
    mobile = _mobile(phone)
    _lock_phone(mobile)
    _check_limits(mobile, at)
    code = f"{secrets.randbelow(1_000_000):06d}"
    row = OneTimeCode.objects.create(
        phone=mobile,
        code_digest=digest(f"{mobile}:{code}", _CODE),
        sent_at=at,
        expires_at=at + CODE_LIFE,
    )
    return row, code


def sign_in(
    phone: str, code: str, *, openid: str = "", by: Actor, at: datetime
) -> tuple[CustomerToken, str]:
    """Exchanges a code for a token, which is returned once and stored only as a digest.

    A given openid is bound to the phone. A wrong code is counted in a transaction of its own, so
    that the refusal does not roll back the count. No permission: the code proves the phone.
    """
    mobile = _mobile(phone)
    if not _redeem(mobile, code, at):
        raise Invalid("code_wrong", _("验证码不正确或已过期，请核对后重试，或重新获取。"))
    with transaction.atomic():
        if openid:
            bind_wechat(openid, mobile, by=by, at=at)
        return _issue_token(mobile, digest(openid, OPENID) if openid else "", by=by, at=at)


@transaction.atomic
def sign_in_by_wechat(openid: str, *, by: Actor, at: datetime) -> tuple[CustomerToken, str]:
    """Signs in the WeChat user who has bound a phone before; refuses when none is bound.

    No permission: WeChat has proved the openid to the caller.
    """
    identity = WechatIdentity.objects.filter(openid_digest=digest(openid, OPENID)).first()
    if identity is None:
        raise Refused("wechat_not_bound", _("这个微信还没有绑定手机号，请先用手机验证码登录一次。"))
    return _issue_token(identity.phone, identity.openid_digest, by=by, at=at)


@transaction.atomic
def bind_wechat(openid: str, phone: str, *, by: Actor, at: datetime) -> WechatIdentity:
    """Binds a WeChat user to a phone that was just proved; it replaces an earlier phone.

    No permission: the caller has proved both the openid and the phone.
    """
    identity, _ = WechatIdentity.objects.update_or_create(
        openid_digest=digest(openid, OPENID),
        defaults={"openid_sealed": seal(openid, OPENID), "phone": phone, "bound_at": at},
    )
    journal.record("bind_wechat", identity, by=by, at=at)
    return identity


@transaction.atomic
def sign_out(token: CustomerToken, *, by: Actor, at: datetime) -> CustomerToken:
    """Locks the token and revokes it; a token that is already revoked stays as it is.

    No permission: whoever holds the token may give it up.
    """
    locked_token = CustomerToken.objects.select_for_update(of=("self",)).get(pk=token.pk)
    if locked_token.revoked_at is None:
        locked_token.revoked_at = at
        locked_token.save(update_fields=["revoked_at"])
        journal.record("sign_out", locked_token, by=by, at=at)
    return locked_token


@transaction.atomic
def forget_sign_ins(*, by: Actor, at: datetime) -> int:
    """Deletes codes older than two days and tokens that expired a month ago; returns how many.

    No permission: a daily job runs it in the system's name. No line in the journal: the rows are
    worthless by then, and their sign-ins stay recorded.
    """
    codes, _ = OneTimeCode.objects.filter(sent_at__lt=at - timedelta(days=2)).delete()
    tokens, _ = CustomerToken.objects.filter(expires_at__lt=at - TOKEN_LIFE).delete()
    return codes + tokens


def _mobile(phone: str) -> str:
    """Returns the number in one spelling; raises Invalid for what is no mobile number."""
    try:
        return check_mobile(phone)
    except ValueError:
        raise Invalid("phone_wrong", _("请填写 11 位手机号。")) from None


def _lock_phone(mobile: str) -> None:
    """Locks the phone number until the transaction ends.

    It is an advisory lock, since a first code has no row to lock; without it two simultaneous
    requests would both pass the limit.
    """
    lock_until_commit(AdvisoryLock.SIGN_IN, mobile)


def _check_limits(mobile: str, at: datetime) -> None:
    """Refuses another code while any limit is reached, and says in how many seconds it is free."""
    longest = max(span for span, _most in CODE_LIMITS)
    moments = list(
        OneTimeCode.objects.filter(phone=mobile, sent_at__gt=at - longest)
        .order_by("-sent_at")
        .values_list("sent_at", flat=True)
    )
    for span, most in CODE_LIMITS:
        within = [moment for moment in moments if moment > at - span]
        if len(within) >= most:
            # The newest come first: one is free again when the last of these leaves the period.
            free_at = within[most - 1] + span
            wait = int((free_at - at).total_seconds()) + 1
            sentence = _("获取验证码过于频繁，请 %(retry_after)s 秒后再试。")
            raise Refused("too_many_codes", sentence, status=429, retry_after=wait)


@transaction.atomic
def _redeem(mobile: str, code: str, at: datetime) -> bool:
    """Counts the attempt and returns whether it was the phone's last code; a code works once.

    It is a transaction of its own: the count stays when the sign-in is refused.
    """
    # Under the lock simultaneous guesses are counted one after another: none escapes the limit.
    locked_code = (
        OneTimeCode.objects.select_for_update(of=("self",))
        .filter(phone=mobile)
        .order_by("-pk")
        .first()
    )
    if (
        locked_code is None
        or locked_code.used_at
        or at >= locked_code.expires_at
        or locked_code.attempts >= CODE_ATTEMPTS
    ):
        return False
    locked_code.attempts += 1
    # Takes as long for a code that is nearly right as for one that is all wrong.
    is_right = secrets.compare_digest(locked_code.code_digest, digest(f"{mobile}:{code}", _CODE))
    if is_right:
        locked_code.used_at = at
    locked_code.save(update_fields=["attempts", "used_at"])
    return is_right


def _issue_token(
    phone: str, openid_digest: str, *, by: Actor, at: datetime
) -> tuple[CustomerToken, str]:
    """Creates a token for the phone and returns it with its secret, which is stored nowhere."""
    secret = secrets.token_urlsafe(32)
    token = CustomerToken.objects.create(
        token_digest=token_digest(secret),
        phone=phone,
        openid_digest=openid_digest,
        created_at=at,
        expires_at=at + TOKEN_LIFE,
    )
    journal.record("sign_in", token, by=by, at=at, through="wechat" if openid_digest else "phone")
    return token, secret
