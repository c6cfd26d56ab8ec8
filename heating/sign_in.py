"""The sign-in of staff: a password and, where STAFF_TWO_FACTORS requires it, six digits of a
phone.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import user_login_failed
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.forms import AuthenticationForm
from unfold.widgets import BASE_INPUT_CLASSES


def code_field(*, required: bool) -> forms.CharField:
    """Returns a field of six digits that phones and password managers can fill in."""
    return forms.CharField(
        label=_("动态码"),
        required=required,
        max_length=7,
        widget=forms.TextInput(
            {
                "class": " ".join(BASE_INPUT_CLASSES),
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
            }
        ),
    )


class SignInForm(AuthenticationForm):
    """The form with password and code in one step, so that an error does not reveal which was
    wrong.

    A person without an authenticator leaves the code empty and is redirected to the enrolment.
    """

    code = code_field(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if settings.STAFF_TWO_FACTORS:
            self.fields["code"].help_text = _("身份验证器上的 6 位数字；首次登录留空。")
            self.error_messages: dict[str, Any] = {
                **AuthenticationForm.error_messages,
                "invalid_login": _("用户名、密码或动态码不正确，请核对后重试。"),
            }
        else:
            del self.fields["code"]

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        super().confirm_login_allowed(user)
        if not settings.STAFF_TWO_FACTORS:
            return
        with transaction.atomic():
            # Locked, so that one code opens one session.
            device = (
                TOTPDevice.objects.select_for_update(of=("self",))
                .filter(user=user, confirmed=True)
                .first()
            )
            code = self.cleaned_data.get("code", "").replace(" ", "")
            proved = device is None or device.verify_token(code)
        if not proved:
            # Counts like a wrong password: after five of either the account is locked.
            user_login_failed.send(
                sender=__name__,
                credentials={"username": user.get_username()},
                request=self.request,
            )
            raise self.get_invalid_login_error()
        # django-otp writes it into the session once the sign-in is complete.
        user.otp_device = device  # type: ignore[attr-defined]


def locked_out(
    request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """Returns the page, a 429, for somebody who tries to sign in to a locked account."""
    duration = settings.AXES_COOLOFF_TIME
    context = {
        "failures": settings.AXES_FAILURE_LIMIT,
        "minutes": int(duration.total_seconds() // 60),
    }
    return render(request, "heating/locked_out.html", context, status=429)
