"""The screens of the supply record: lists of entries, entering, and corrections by new entries."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office import journal
from office.language import Text
from office.lists.filters import CompanyFilter
from office.lists.list_columns import MoneyColumn
from office.money import yuan_text
from office.requests import actor_of, user_of
from office.screens.form_page import form_page
from office.screens.records import RecordAdmin, Verb
from suppliers.models import (
    AfterSalesCase,
    Delivery,
    Evaluation,
    SupplyEntry,
    SupplyOrder,
    WageDeduction,
)
from suppliers.supply_record.forms import (
    CaseForm,
    CloseCaseForm,
    DeductionForm,
    DeliveryForm,
    EnterDeliveryForm,
    EntryForm,
    EntryReasonForm,
    EvaluationForm,
    OrderForm,
    correcting,
    delivery_from,
    entering,
    facts_from,
)
from suppliers.supply_record.operations import (
    close_case,
    correct_entry,
    deduct_wages,
    enter_delivery,
    enter_order,
    lift_breach,
    open_case,
    record_breach,
    record_evaluation,
    withdraw_entry,
)
from suppliers.watch.filters import year_filter


class StandingFilter(SimpleListFilter):
    """A filter by whether entries count; unless chosen otherwise it shows those that do."""

    title = _("是否有效")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return [("replaced", str(_("已更正或撤销"))), ("all", str(_("全部")))]

    def choices(self, changelist: Any) -> Any:
        shown = list(super().choices(changelist))
        shown[0]["display"] = _("有效")
        return shown

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "replaced":
            return queryset.filter(Q(replaced_by__isnull=False) | Q(withdrawn=True))
        counting = queryset.filter(replaced_by__isnull=True, withdrawn=False)
        return queryset if self.value() == "all" else counting


class CorrectVerb(Verb):
    """The button whose form shows what is on file."""

    def empty_form(self, record: Any) -> forms.Form | None:
        form = self.form
        return form.of(record) if form is not None and issubclass(form, EntryForm) else None


def stands(entry: SupplyEntry) -> bool:
    """Returns whether the entry counts: nothing replaces it and it was not withdrawn."""
    return not entry.withdrawn and not hasattr(entry, "replaced_by")


def correction_verbs(form: type[EntryForm]) -> tuple[Verb, ...]:
    """Returns the buttons by which entries of one kind are corrected and withdrawn."""

    def correct(entry: Any, values: Any, by: Any, at: Any) -> object:
        own = {"number": entry.number}
        own |= {"order": entry.order} if isinstance(entry, Delivery) else {"company": entry.company}
        facts = facts_from(form, values, **own)
        return correct_entry(entry, facts, reason=values["reason"], by=by, at=at)

    return (
        CorrectVerb(
            "correct_entry",
            _("更正"),
            "suppliers.correct_entry",
            correct,
            _("已更正；原记录保留，可在变更过程中查看。"),
            form=correcting(form),
            allowed=stands,
        ),
        Verb(
            "withdraw_entry",
            _("撤销"),
            "suppliers.correct_entry",
            lambda entry, values, by, at: withdraw_entry(
                entry, reason=values["reason"], by=by, at=at
            ),
            _("已撤销，不再计入评审。"),
            form=EntryReasonForm,
            look="button-danger",
            allowed=stands,
        ),
    )


class EntryAdmin(RecordAdmin):
    """A screen of entries of one kind. `enter_form` and `enter` are how a new one is entered."""

    record_page = "suppliers/supply_record/entry.html"
    list_select_related = ["company", "supplier", "replaced_by"]
    list_display_links = ["number"]
    search_fields = ["number__exact", "supplier__name"]
    search_help_text = _("完整的编号，或供应商名称的一部分")
    # The columns that the page of an entry shows.
    shown: tuple[str, ...] = ()
    enter_form: type[EntryForm] | None = None
    enter_permission = ""
    enter: Callable[..., Any]
    enter_title: Text = ""

    @admin.display(description=_("状态"))
    def standing(self, entry: SupplyEntry) -> str:
        if entry.withdrawn:
            return str(_("已撤销"))
        return str(_("有效")) if stands(entry) else str(_("已更正"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(self.enter_form) and user_of(request).has_perm(self.enter_permission)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Enters a new entry."""
        base = self.enter_form
        if base is None or not self.has_add_permission(request):
            raise PermissionDenied
        posted = (request.POST,) if request.method == "POST" else ()
        return form_page(
            self,
            request,
            entering(base, user_of(request))(*posted),
            lambda values: type(self).enter(
                facts_from(base, values, company=values["company"], number=values["number"]),
                by=actor_of(request),
                at=timezone.now(),
            ),
            title=self.enter_title,
        )

    def record_context(self, request: HttpRequest, record: SupplyEntry) -> dict[str, Any]:
        first = (record.original or record).pk
        chain = list(
            self.get_queryset(request)
            .filter(Q(pk=first) | Q(original=first))
            .select_related("entered_by", "replaced_by")
            .order_by("-pk")
        )
        return {
            "title": f"{self.opts.verbose_name} {record.number}",
            "standing": self.standing(record),
            "later_page": self.record_url(chain[0]),
            "facts": [(self._name_of(name), self._text_of(record, name)) for name in self.shown],
            "chain": [(entry, self.standing(entry)) for entry in chain],
            "deliveries": self.deliveries_of(request, record),
            "timeline": journal.timeline(record, [entry for entry in chain if entry != record])[
                :30
            ],
        }

    def deliveries_of(self, request: HttpRequest, record: Any) -> list[Delivery] | None:
        """Returns the deliveries that the page lists; None for entries that have none."""
        return None

    def _name_of(self, name: str) -> str:
        field: Any = self.opts.get_field(name)
        text = str(field.verbose_name)
        return text.replace(str(_("（分）")), str(_("（元）")))

    def _text_of(self, entry: Any, name: str) -> str:
        value = getattr(entry, name)
        if value is None or value == "":
            return "—"
        if isinstance(value, bool):
            return str(_("是")) if value else str(_("否"))
        return yuan_text(value) if name.endswith("_fen") else str(value)


@admin.register(SupplyOrder)
class SupplyOrderAdmin(EntryAdmin):
    list_display = [
        "number",
        "supplier",
        "item",
        "ordered_on",
        "promised_on",
        "breached",
        "company",
    ]
    list_filter = [StandingFilter, CompanyFilter, "breached", "ordered_on"]
    shown = (
        *("category", "item", "unit", "quantity", "unit_price_fen", "lowest_price_fen"),
        *("ordered_on", "promised_on", "breached"),
    )
    enter_form = OrderForm
    enter_permission = "suppliers.enter_order"
    enter = enter_order
    enter_title = _("登记采购订单")
    verbs = (
        Verb(
            "enter_delivery",
            _("登记到货"),
            "suppliers.enter_delivery",
            lambda order, values, by, at: enter_delivery(
                delivery_from(values, order),
                by=by,
                at=at,
            ),
            _("到货已登记。"),
            form=EnterDeliveryForm,
            look="button-primary",
            allowed=stands,
        ),
        Verb(
            "record_breach",
            _("登记违约"),
            "suppliers.record_breach",
            lambda order, values, by, at: record_breach(order, **values, by=by, at=at),
            _("违约已登记，计入履约评分。"),
            form=EntryReasonForm,
            allowed=lambda order: stands(order) and not order.breached,
        ),
        Verb(
            "lift_breach",
            _("取消违约"),
            "suppliers.correct_entry",
            lambda order, values, by, at: lift_breach(order, **values, by=by, at=at),
            _("违约登记已取消。"),
            form=EntryReasonForm,
            allowed=lambda order: stands(order) and order.breached,
        ),
        *correction_verbs(OrderForm),
    )

    def deliveries_of(self, request: HttpRequest, record: Any) -> list[Delivery] | None:
        return list(
            Delivery.objects.visible_to(user_of(request))
            .standing()
            .filter(order=record.original_id or record.pk)
            .order_by("promised_on", "pk")[:100]
        )


@admin.register(Delivery)
class DeliveryAdmin(EntryAdmin):
    list_display = [
        "number",
        "supplier",
        "promised_on",
        "actual_on",
        "received",
        "accepted",
    ]
    list_select_related = ["company", "supplier", "replaced_by", "order"]
    list_filter = [StandingFilter, CompanyFilter, "promised_on"]
    shown = ("order", "promised_on", "actual_on", "received", "accepted")
    verbs = correction_verbs(DeliveryForm)


@admin.register(AfterSalesCase)
class AfterSalesCaseAdmin(EntryAdmin):
    list_display = ["number", "supplier", "subject", "opened_on", "due_on", "closed_on", "company"]
    list_filter = [StandingFilter, CompanyFilter, "due_on"]
    shown = ("subject", "opened_on", "due_on", "closed_on")
    enter_form = CaseForm
    enter_permission = "suppliers.open_case"
    enter = open_case
    enter_title = _("登记售后事项")
    verbs = (
        Verb(
            "close_case",
            _("办结"),
            "suppliers.close_case",
            lambda case, values, by, at: close_case(case, **values, by=by, at=at),
            _("售后事项已办结。"),
            form=CloseCaseForm,
            look="button-primary",
            allowed=lambda case: stands(case) and case.closed_on is None,
        ),
        *correction_verbs(CaseForm),
    )


@admin.register(Evaluation)
class EvaluationAdmin(EntryAdmin):
    list_display = ["number", "supplier", "work", "accepted_on", "score", "company"]
    list_filter = [StandingFilter, CompanyFilter, "accepted_on"]
    shown = ("work", "accepted_on", "score", "remark")
    enter_form = EvaluationForm
    enter_permission = "suppliers.record_evaluation"
    enter = record_evaluation
    enter_title = _("登记施工验收评价")
    verbs = correction_verbs(EvaluationForm)


@admin.register(WageDeduction)
class WageDeductionAdmin(EntryAdmin):
    list_display = ["number", "supplier", "work", "breached_on", "amount", "company"]
    list_filter = [StandingFilter, CompanyFilter, year_filter("breached_on")]
    shown = ("work", "breached_on", "amount_fen", "facts")
    enter_form = DeductionForm
    enter_permission = "suppliers.deduct_wages"
    enter = deduct_wages
    enter_title = _("登记欠薪扣款")
    verbs = correction_verbs(DeductionForm)

    amount = MoneyColumn("amount_fen", _("扣款（元）"), admin_order_field="amount_fen")
