"""Pages of the admin site that belong to no table."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse

from office.models import User
from office.requests import user_of


def desk_page(request: HttpRequest, template: str, **context: Any) -> TemplateResponse:
    """Renders the template inside the admin's frame."""
    request.current_app = admin.site.name
    return TemplateResponse(request, template, {**admin.site.each_context(request), **context})


def require_any(request: HttpRequest, *permissions: str) -> User:
    """Returns the signed-in user; raises PermissionDenied unless they have one of the
    permissions.
    """
    user = user_of(request)
    if not any(user.has_perm(name) for name in permissions):
        raise PermissionDenied
    return user
