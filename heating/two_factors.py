"""The page on which staff enrol an authenticator, before they see any other page."""

from base64 import b32encode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django_otp import login as remember_device
from django_otp.plugins.otp_totp.models import TOTPDevice

from heating.sign_in import code_field
from office.actors import Actor
from office.models import User
from office.outcomes import carry_out
from office.pdf.qr import qr_svg
from office.staff.authenticators import device_of
from office.staff.two_factors import confirm_device, enrol_device

# The session key of the secret to enrol; each session gets a secret of its own.
SHOWN = "shown_device"


class ConfirmDeviceForm(forms.Form):
    code = code_field(required=True)


def person_to_enrol(request: HttpRequest) -> User | None:
    """Returns the person who has signed in with a password and has no authenticator yet."""
    user = request.user
    if not settings.STAFF_TWO_FACTORS or not isinstance(user, User):
        return None
    return user if user.is_active and user.is_staff and device_of(user) is None else None


@never_cache
def enrol(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Shows the secret of this session and takes the code that confirms it."""
    person = person_to_enrol(request)
    if person is None:
        return redirect("admin:index")
    if request.method == "POST" and "leave" in request.POST:
        logout(request)
        return redirect("admin:login")
    by = Actor.staff(person, origin=str(request.META.get("REMOTE_ADDR", "")))
    device = _device(request, person, by)
    form = ConfirmDeviceForm(request.POST if request.method == "POST" else None)
    outcome = carry_out(
        form, lambda values: confirm_device(device, values["code"], by=by, at=timezone.now())
    )
    if outcome.result is not None:
        # A new session key: whoever knew the key before this sign-in was complete gains nothing.
        request.session.cycle_key()
        request.session.pop(SHOWN, None)
        remember_device(request, outcome.result)
        messages.success(request, _("身份验证器已绑定。以后每次登录都要输入动态码。"))
        return _onward(request)
    if outcome.refusal is not None:
        form.add_error("code", outcome.refusal.sentence)
    secret = b32encode(device.bin_key).decode()
    context = {
        **site.each_context(request),
        "title": _("绑定身份验证器"),
        "form": form,
        "qr": qr_svg(device.config_url),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "next": request.GET.get("next", ""),
    }
    return TemplateResponse(request, "heating/enrol_device.html", context)


def _device(request: HttpRequest, person: User, by: Actor) -> TOTPDevice:
    shown = request.session.get(SHOWN)
    waiting = TOTPDevice.objects.filter(pk=shown, user=person, confirmed=False).first()
    if waiting is not None:
        return waiting
    device: TOTPDevice = enrol_device(person, by=by, at=timezone.now())
    request.session[SHOWN] = device.pk
    return device


def _onward(request: HttpRequest) -> HttpResponseRedirect:
    wanted = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    ):
        wanted = reverse("admin:index")
    return HttpResponseRedirect(wanted)
