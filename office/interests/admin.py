"""The screen of declarations of interest: everybody sees their own."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office.interests.forms import EndInterestForm, EnterInterestForm, InterestForm
from office.interests.operations import declare_interest, end_interest, enter_interest
from office.models import InterestDeclaration, User
from office.organisation.admin import InForceFilter
from office.requests import actor_of
from office.screens.form_records import FormAdmin
from office.screens.records import Verb


@admin.register(InterestDeclaration)
class InterestDeclarationAdmin(FormAdmin):
    permission = "office.declare_interest"
    list_display = ["declarant", "scene", "related", "party", "first_day", "last_day"]
    list_select_related = ["declarant", "related"]
    list_filter = [InForceFilter, "scene"]
    fields = [
        *("declarant", "scene", "related", "party", "detail", "first_day", "last_day"),
        *("end_reason", "declared_at", "entered_by"),
    ]
    verbs = (
        Verb(
            "end_interest",
            _("终止"),
            "office.end_interest",
            lambda declaration, values, by, at: end_interest(
                declaration, last_day=values["last_day"], reason=values["reason"], by=by, at=at
            ),
            _("申报已终止。"),
            form=EndInterestForm,
            allowed=lambda declaration: declaration.last_day is None,
        ),
    )

    def make_form(self, user: User, *args: Any) -> forms.Form:
        if user.has_perm("office.enter_interest"):
            return EnterInterestForm(*args)
        return InterestForm(*args)

    def make(self, form: InterestForm, request: HttpRequest) -> InterestDeclaration:
        by, at = actor_of(request), timezone.now()
        declarant = form.cleaned_data.get("declarant")
        if declarant is not None:
            return enter_interest(declarant, form.facts, by=by, at=at)
        return declare_interest(form.facts, by=by, at=at)
