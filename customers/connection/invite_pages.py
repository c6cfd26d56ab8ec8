"""The page on which the convener of a joint review invites experts."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.connection.review_forms import InviteForm
from customers.connection.reviews import invite_reviewers
from customers.models import Connection
from office.outcomes import carry_out
from office.requests import actor_of, user_of
from office.screens.records import RecordAdmin


def invite_page(screen: RecordAdmin, request: HttpRequest, connection: Connection) -> HttpResponse:
    """Shows the form; once it is posted, the links of outside experts, which are kept nowhere."""
    if not user_of(request).has_perm("customers.convene_review"):
        raise PermissionDenied
    form = InviteForm(request.POST if request.method == "POST" else None)
    form.offer(connection)
    outcome = carry_out(
        form,
        lambda values: invite_reviewers(
            connection,
            list(values["users"]),
            values["outside"],
            by=actor_of(request),
            at=timezone.now(),
        ),
    )
    links = [
        (reviewer, request.build_absolute_uri(reverse("give_outside_opinion", args=[secret])))
        for reviewer, secret in (outcome.result or {}).items()
    ]
    page = screen.page(
        request,
        "customers/connection/invite_reviewers.html",
        title=_("邀请会审"),
        connection=connection,
        form=form,
        refusal=outcome.refusal,
        invited=outcome.result is not None,
        links=links,
    )
    page.status_code = outcome.status if form.is_bound and outcome.result is None else 200
    page["Cache-Control"] = "no-store"
    return page
