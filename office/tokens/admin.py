"""The screens of machine tokens: issued with a secret that is shown once, and revoked."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office.lists.filters import CompanyFilter
from office.models import Company, MachineToken
from office.requests import actor_of, user_of
from office.screens.records import RecordAdmin, Verb, attempt
from office.tokens.machine_tokens import issue_machine_token, revoke_machine_token


class IssueMachineTokenForm(forms.Form):
    company = forms.ModelChoiceField(label=_("公司"), queryset=Company.objects.none())
    name = forms.CharField(label=_("用途"), max_length=60, help_text=_("例如：呼叫中心"))
    days = forms.IntegerField(label=_("有效天数"), min_value=1, max_value=730, initial=365)


@admin.register(MachineToken)
class MachineTokenAdmin(RecordAdmin):
    list_display = ["name", "company", "issued_by", "issued_at", "expires_at", "revoked_at"]
    list_select_related = ["company", "issued_by"]
    list_filter = [CompanyFilter]
    fields = ["name", "company", "issued_by", "issued_at", "expires_at", "revoked_at"]
    verbs = (
        Verb(
            "revoke_machine_token",
            _("吊销"),
            "office.revoke_machine_token",
            lambda token, values, by, at: revoke_machine_token(token, by=by, at=at),
            _("令牌已吊销，立即失效。"),
            question=_("吊销后使用它的系统将立即无法登录。确定吗？"),
            allowed=lambda token: token.revoked_at is None,
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return user_of(request).has_perm("office.issue_machine_token")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Asks which system the token is for, then shows the secret once."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = IssueMachineTokenForm(request.POST or None)
        user = user_of(request)
        companies = Company.objects.all()
        if not user.sees_every_company:
            companies = companies.filter(pk__in=user.company_ids)
        form.fields["company"].queryset = companies  # type: ignore[attr-defined]
        issued = None
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            issued = attempt(
                request,
                lambda: issue_machine_token(
                    values["company"],
                    values["name"],
                    life=timedelta(days=values["days"]),
                    by=actor_of(request),
                    at=timezone.now(),
                ),
            )
        page = self.page(
            request,
            "office/issue_machine_token.html",
            title=_("签发机器令牌"),
            form=form,
            token=issued[0] if issued else None,
            secret=issued[1] if issued else "",
        )
        page["Cache-Control"] = "no-store"
        return page
