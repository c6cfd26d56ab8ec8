"""The button that issues a supplier's link, and the page that shows it once."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office.requests import actor_of, user_of
from office.screens.records import RecordAdmin, Verb, attempt
from suppliers.own_page.operations import LINK_LIFE, issue_supplier_link

LINK_VERB = Verb(
    "issue_supplier_link",
    _("签发自助链接"),
    "suppliers.issue_supplier_link",
    lambda supplier, values, by, at: issue_supplier_link(supplier, by=by, at=at),
    "",
    question=_("将签发一个新链接，以前的链接随即作废。"),
    allowed=lambda supplier: supplier.merged_into_id is None,
)


class LinkDesk(RecordAdmin):
    """The part of the supplier's screen that shows a new link, which is kept nowhere."""

    def _view_of(self, verb: Verb) -> Callable[..., HttpResponse]:
        return self.link_view if verb is LINK_VERB else super()._view_of(verb)

    def link_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Issues a link by POST and shows it; GET leads back to the supplier."""
        supplier: Any = self.record(request, pk)
        if not LINK_VERB.open_to(user_of(request), supplier):
            raise PermissionDenied
        back = HttpResponseRedirect(self.record_url(supplier))
        if request.method != "POST":
            return back
        now = timezone.now()
        secret = attempt(
            request, lambda: issue_supplier_link(supplier, by=actor_of(request), at=now)
        )
        if secret is None:
            return back
        page = self.page(
            request,
            "suppliers/own_page/link.html",
            title=_("供应商自助链接"),
            supplier=supplier,
            link=f"{settings.PUBLIC_URL}{reverse('renew_papers', args=[secret])}",
            valid_until=now + LINK_LIFE,
            back=self.record_url(supplier),
        )
        page.headers["Cache-Control"] = "no-store"
        return page
