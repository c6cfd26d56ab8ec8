"""The screens of supply lists: upload, preview, correction and import."""

from django.contrib import admin

from office.screens.list_intake import ListIntakeAdmin, import_verb
from suppliers.models import ListKind, SupplyList
from suppliers.supply_lists.columns import COLUMNS, NAME_KEYS
from suppliers.supply_lists.operations import queue_supply_list


@admin.register(SupplyList)
class SupplyListAdmin(ListIntakeAdmin):
    kinds = ListKind
    columns = COLUMNS
    name_keys = NAME_KEYS
    operation = "import_supply_list"
    queue = staticmethod(queue_supply_list)
    verbs = (import_verb("suppliers.import_supply_list", ListKind, queue_supply_list),)
