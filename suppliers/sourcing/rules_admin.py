"""The dated rules of sourcing: contract terms by category, priority of excellent suppliers."""

from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy as _

from office.forms.percent_field import PercentField, percentage
from office.screens.reference import ReferenceAdmin
from suppliers.models import ContractTerm, PriorityRule


@admin.register(ContractTerm)
class ContractTermAdmin(ReferenceAdmin):
    list_display = ["category", "kind", "text", "starts", "ends", "source"]
    list_display_links = ["category", "kind"]
    list_select_related = ["category"]
    list_filter = ["kind"]
    fields = ["category", "kind", "text", "starts", "ends", "source"]


@admin.register(PriorityRule)
class PriorityRuleAdmin(ReferenceAdmin):
    list_display = ["percent", "starts", "ends", "source"]
    fields = ["share", "starts", "ends", "source"]
    formfield_overrides = ReferenceAdmin.formfield_overrides | {
        models.DecimalField: {"form_class": PercentField, "label": _("优先比例（%）")}
    }

    @admin.display(description=_("优先比例（%）"), ordering="share")
    def percent(self, rule: PriorityRule) -> str:
        return percentage(rule.share)
