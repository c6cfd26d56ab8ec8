"""Access to the repairer's pages: staff with both factors who may accept assignments."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie

from office.models import User
from office.refusals import NotAllowed
from office.requests import user_of

MAY = "complaints.accept_assignment"
View = Callable[..., HttpResponse]


def repairers_page(view: View) -> View:
    """Redirects to the staff's sign-in and back; scripts get 401 instead."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = _signed_in(request)
        if user is None:
            return _sign_in(request)
        if not user.has_perm(MAY):
            return _refuse(request)
        return view(request, *args, **kwargs)

    return never_cache(ensure_csrf_cookie(guarded))


def _signed_in(request: HttpRequest) -> User | None:
    try:
        user = user_of(request)
    except NotAllowed:
        return None
    return user if user.is_staff else None


def _refuse(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        raise PermissionDenied
    no = NotAllowed()
    return JsonResponse({"code": no.code, "sentence": no.sentence}, status=no.status)


def _sign_in(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        sentence = _("登录已过期，请重新登录；未发送的内容都留在手机里。")
        return JsonResponse({"code": "signed_out", "sentence": sentence}, status=401)
    return redirect_to_login(request.get_full_path(), reverse("admin:login"))
