"""The second factor of staff: an authenticator on the phone that shows six digits every 30
seconds.
"""

from datetime import datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from office import journal
from office.actors import Actor
from office.models import User
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from office.staff.authenticators import device_of
from office.staff.staff_reach import check_reach

DEVICE_NAME = "身份验证器"


@transaction.atomic
def enrol_device(person: User, *, by: Actor, at: datetime) -> TOTPDevice:
    """Creates a new secret for the person themselves, unusable until it is confirmed.

    An earlier unconfirmed secret is deleted, because somebody else may have seen it.
    """
    _hold(person, by)
    TOTPDevice.objects.filter(user=person, confirmed=False).delete()
    device = TOTPDevice.objects.create(user=person, name=DEVICE_NAME, confirmed=False)
    journal.record("enrol_device", person, by=by, at=at)
    return device


def confirm_device(device: TOTPDevice, code: str, *, by: Actor, at: datetime) -> TOTPDevice:
    """Confirms the secret by a code; from now on every sign-in asks for one.

    A wrong code is counted in the transaction that ends before the refusal, which would roll the
    count back; each makes the next wait twice as long.
    """
    with transaction.atomic():
        _hold(device.user, by)
        unconfirmed_device = TOTPDevice.objects.filter(pk=device.pk, confirmed=False).first()
        if unconfirmed_device is None:
            raise Refused("device_gone", _("这个二维码已失效，请刷新页面后重新扫描。"))
        fits = unconfirmed_device.verify_token(code.replace(" ", ""))
        if fits:
            unconfirmed_device.confirmed = True
            unconfirmed_device.save(update_fields=["confirmed"])
            journal.record("confirm_device", unconfirmed_device.user, by=by, at=at)
    if not fits:
        raise Invalid(
            "code_wrong",
            _("动态码不正确或输入过于频繁，请核对手机时间，稍候再输入当前显示的 6 位数字。"),
        )
    return unconfirmed_device


@transaction.atomic
def reset_two_factors(person: User, *, reason: str, by: Actor, at: datetime) -> int:
    """Deletes a lost authenticator and ends the person's sessions; returns how many ended.

    At the next sign-in the password leads to a new enrolment. Nobody resets their own.
    """
    authorise(by, "office.reset_two_factors")
    if by.user is not None and by.user.pk == person.pk:
        raise Refused("own_device", _("不能重置自己的身份验证器，请由另一位安全管理员办理。"))
    check_reach(by, person)
    if not reason.strip():
        raise Invalid("reason_missing", _("请填写重置原因。"))
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    if device_of(person) is None:
        raise Refused(
            "no_device", _("%(person)s还没有绑定身份验证器，无需重置。"), person=person.display_name
        )
    TOTPDevice.objects.filter(user=person).delete()
    ended = _end_sessions(person, at)
    journal.record(
        "reset_two_factors", person, by=by, at=at, reason=reason.strip()[:200], ended=ended
    )
    return ended


def _hold(person: User, by: Actor) -> None:
    """Locks the person, who enrols for themselves and has no authenticator yet."""
    if by.user is None or by.user.pk != person.pk or not person.is_active:
        raise NotAllowed()
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    if device_of(person) is not None:
        raise Refused("already_enrolled", _("您已绑定身份验证器；如需更换，请联系安全管理员重置。"))


def _end_sessions(person: User, at: datetime) -> int:
    theirs = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=at)
        if session.get_decoded().get(SESSION_KEY) == str(person.pk)
    ]
    return Session.objects.filter(pk__in=theirs).delete()[0]
