"""The base of screens whose records are made by one form and one operation and never edited."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from office.action_names import action_name
from office.models import User
from office.requests import user_of
from office.screens.form_page import form_page
from office.screens.records import RecordAdmin


class FormAdmin(RecordAdmin):
    """Records that are made by one form and one operation, answered where it was asked."""

    permission = ""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return user_of(request).has_perm(self.permission)

    def make(self, form: Any, request: HttpRequest) -> Any:
        """Calls the operation with what the form says."""
        raise NotImplementedError

    def make_form(self, user: User, *args: Any) -> forms.Form:
        """Returns the form for this person."""
        raise NotImplementedError

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        sent = [request.POST] if request.method == "POST" else []
        form = self.make_form(user_of(request), *sent)
        # A link from another page names what it is about.
        named = {name: request.GET[name] for name in form.fields if name in request.GET}
        form.initial = {**form.initial, **named}
        return form_page(
            self,
            request,
            form,
            lambda answers: self.make(form, request),
            title=action_name(self.permission.partition(".")[2]),
        )
