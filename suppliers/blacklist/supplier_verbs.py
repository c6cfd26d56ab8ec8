"""The buttons of the blacklist on a supplier's page, and what the page says about it."""

from typing import Any

from django import forms
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office.screens.records import Verb
from suppliers.blacklist.appeals import clear_match
from suppliers.blacklist.forms import BanForm, ClearanceForm, uploads
from suppliers.blacklist.gate import Bar, bars_of_suppliers, in_force_at, suspected_suppliers
from suppliers.blacklist.operations import propose_ban
from suppliers.models import Ban, Supplier


def bars_on(supplier: Supplier) -> list[Bar]:
    """Returns what bars the supplier at this moment."""
    return bars_of_suppliers([supplier.pk], timezone.now()).get(supplier.pk, [])


def _is_suspected(supplier: Supplier) -> bool:
    return any(bar.subject is not None for bar in bars_on(supplier))


class _BanVerb(Verb):
    """The button whose form names the people and accounts of the supplier."""

    def empty_form(self, record: Supplier) -> forms.Form:
        return BanForm.of(record)


class _ClearVerb(Verb):
    """The button whose form offers what the supplier has in common with the blacklist."""

    def empty_form(self, record: Supplier) -> forms.Form:
        form = ClearanceForm(auto_id="clear_match_%s")
        form.offer(record, timezone.now())
        return form


BLACKLIST_VERBS = (
    _BanVerb(
        "propose_ban",
        _("提出列入黑名单"),
        "suppliers.propose_ban",
        lambda supplier, values, by, at: propose_ban(
            supplier, BanForm.facts(values), papers=uploads(values["paper"]), by=by, at=at
        ),
        _("已提出，等待采购审核。"),
        form=BanForm,
        allowed=lambda supplier: supplier.merged_into_id is None,
    ),
    _ClearVerb(
        "clear_match",
        _("核实：不是黑名单人员"),
        "suppliers.clear_match",
        lambda supplier, values, by, at: clear_match(
            values["subject"], supplier, reason=values["reason"], by=by, at=at
        ),
        _("已核实，可以办理新业务。"),
        form=ClearanceForm,
        allowed=_is_suspected,
    ),
)


class BlacklistFilter(SimpleListFilter):
    """Filters the suppliers that are on the blacklist now, and those that look like it."""

    title = _("黑名单")
    parameter_name = "blacklist"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("banned", _("已列入")), ("suspected", _("疑似，待核实"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        if self.value() == "banned":
            banned = Ban.objects.filter(in_force_at(now)).values("supplier")
            return queryset.filter(pk__in=banned)
        if self.value() == "suspected":
            return queryset.filter(pk__in=suspected_suppliers(now).order_by().values("pk"))
        return queryset
