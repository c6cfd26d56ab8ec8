"""The screen of rating rules: drafting, publishing, and what a rule would give for a year."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office import journal
from office.calendar import business_date
from office.forms.typed_numbers import read_number
from office.requests import actor_of, user_of
from office.screens.form_page import form_page
from office.screens.records import RecordAdmin, Verb
from suppliers.models import RatingRule
from suppliers.rating.forms import RatingRuleForm
from suppliers.rating.operations import draft_rating_rule, publish_rating_rule
from suppliers.rating.simulation import simulate
from suppliers.rating_states import RATING_RULE

MOST_SIMULATED = 200
# So many years back a rule can be tried out.
SIMULATED_YEARS = 5


@admin.register(RatingRule)
class RatingRuleAdmin(RecordAdmin):
    workflow = RATING_RULE
    record_page = "suppliers/rating/rating_rule.html"
    list_display = ["title", "from_year", "state", "drafted_by", "published_at"]
    list_select_related = ["drafted_by"]
    list_filter = ["state"]
    verbs = (
        Verb(
            "publish_rating_rule",
            _("发布"),
            "suppliers.publish_rating_rule",
            lambda rule, values, by, at: publish_rating_rule(rule, by=by, at=at),
            _("评审规则已发布。"),
            question=_("发布后规则不能修改，只能另立新规则；以往年度的评审不变。"),
            look="button-primary",
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return user_of(request).has_perm("suppliers.draft_rating_rule")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Drafts a rule."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = RatingRuleForm(request.POST if request.method == "POST" else None)
        return form_page(
            self,
            request,
            form,
            lambda values: draft_rating_rule(
                RatingRuleForm.facts(values), by=actor_of(request), at=timezone.now()
            ),
            "suppliers/rating/draft_rating_rule.html",
            title=_("起草评审规则"),
        )

    def record_context(self, request: HttpRequest, record: RatingRule) -> dict[str, Any]:
        now = timezone.now()
        # The last year that has ended: its record is whole.
        last_year = business_date(now).year - 1
        years = list(range(last_year, last_year - SIMULATED_YEARS, -1))
        chosen = read_number(request.GET.get("year"))
        year = chosen if chosen in years else last_year
        # The figures are the whole group's.
        sees_all = user_of(request).sees_every_company
        simulation = simulate(record, year, as_of=now) if sees_all else None
        return {
            "title": record.title,
            "lines": record.lines.all(),
            "year": year,
            "years": years,
            "simulation": simulation,
            "simulated": simulation.rows[:MOST_SIMULATED] if simulation else [],
            "timeline": journal.timeline(record)[:30],
        }
