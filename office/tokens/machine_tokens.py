"""Operations of machine tokens: opaque, shown once, revocable."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.models import Company, MachineToken
from office.permissions import authorise
from office.refusals import Invalid, Refused
from office.tokens.digest import token_digest

LONGEST_LIFE = timedelta(days=730)


@transaction.atomic
def issue_machine_token(
    company: Company, name: str, *, life: timedelta, by: Actor, at: datetime
) -> tuple[MachineToken, str]:
    """Creates a token and returns it with its secret, which is shown once and never stored."""
    authorise(by, "office.issue_machine_token", company)
    if not name.strip():
        raise Invalid("name_missing", _("请写明令牌给哪个系统使用。"))
    if not timedelta() < life <= LONGEST_LIFE:
        raise Invalid("life_wrong", _("有效期应在 1 至 730 天之间。"))
    secret = secrets.token_urlsafe(32)
    token = MachineToken.objects.create(
        company=company,
        name=name.strip(),
        token_digest=token_digest(secret),
        issued_by=by.user,
        issued_at=at,
        expires_at=at + life,
    )
    journal.record("issue_machine_token", token, by=by, at=at, name=token.name)
    return token, secret


@transaction.atomic
def revoke_machine_token(token: MachineToken, *, by: Actor, at: datetime) -> MachineToken:
    """Revokes the token; from the next request on it authenticates nobody."""
    authorise(by, "office.revoke_machine_token", token.company)
    locked_token = MachineToken.objects.select_for_update(of=("self",)).get(pk=token.pk)
    if locked_token.revoked_at is not None:
        raise Refused("already_revoked", _("这个令牌已经吊销。"))
    locked_token.revoked_at = at
    locked_token.save(update_fields=["revoked_at"])
    journal.record("revoke_machine_token", locked_token, by=by, at=at, name=locked_token.name)
    return locked_token
