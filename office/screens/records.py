"""The base of every admin screen: records are read, and changed only by operations behind buttons.

A form of the admin writes nothing unless its class is a `ReferenceAdmin` (`reference.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.paginator import InfinitePaginator

from office.actors import Actor
from office.language import Text
from office.lists.filters import RecordList
from office.lists.list_export import exported_list
from office.lists.visible_choices import scoped_choices
from office.models import User
from office.outcomes import Outcome, carry_out, outcome_of
from office.requests import actor_of, user_of
from office.screens.shown_facts import lock_facts, refuse_overwriting, shown_facts
from office.tables.changes import changes_with_parts
from office.tables.history import is_kept
from office.workflow import Workflow

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin, TabularInline

    _Admin = ModelAdmin[Any]
    _Inline = TabularInline[Any, Any]
else:
    from unfold.admin import ModelAdmin as _Admin
    from unfold.admin import TabularInline as _Inline

T = TypeVar("T")


@dataclass(frozen=True)
class Verb:
    """An operation offered as a button on a record's page.

    `name` is the operation's name and `do` calls it with the form's values; a `form`
    is shown first, a `question` must be confirmed by a second click.
    """

    name: str
    label: Text
    permission: str
    do: Callable[[Any, Mapping[str, Any], Actor, datetime], object]
    done: Text
    form: type[forms.Form] | None = None
    question: Text = ""
    look: str = ""
    allowed: Callable[[Any], bool] = lambda record: True
    # The form shows what is on file: what somebody else changed meanwhile is not overwritten.
    shows_facts: bool = False

    def shown_to(self, user: User, record: Any) -> bool:
        """Returns whether the user gets the button, if the state of the record allows it."""
        return user.has_perm(self.permission)

    def open_to(self, user: User, record: Any) -> bool:
        """Returns whether the user may call the operation, which may still refuse."""
        return user.has_perm(self.permission)

    def empty_form(self, record: Any) -> forms.Form | None:
        """Returns the form as it is first shown with this record."""
        return self.form() if self.form else None

    def sent_form(self, record: Any, data: Any, files: Any) -> forms.Form:
        """Returns the form as it was sent, which takes only the choices that are shown."""
        form = self.empty_form(record)
        if form is None:
            return self.form(data, files) if self.form else forms.Form({})
        form.data, form.files, form.is_bound = data, files, True
        return form

    def late_form(self, record: Any, data: Any, files: Any) -> forms.Form:
        """Returns the sent form where the state forbids the verb: the operation refuses."""
        return self.form(data, files) if self.form else forms.Form({})

    def form_again(self, record: Any, form: forms.Form) -> forms.Form:
        """Returns the refused form as the page in its present state shows it again."""
        return form


@dataclass(frozen=True)
class Button:
    """A verb that this user may carry out on this record now."""

    verb: Verb
    url: str
    form: forms.Form | None
    # The form as it was sent and refused, with what was typed, or a link to this verb: it is open.
    is_open: bool = False

    @property
    def shown_facts(self) -> str:
        """The hashes of the facts that the form shows; empty where it shows none."""
        return shown_facts(self.form) if self.form and self.verb.shows_facts else ""


def attempt(request: HttpRequest, operation: Callable[[], T], done: Text = "") -> T | None:
    """Runs an operation; a refusal becomes a message on the screen, and None is returned."""
    outcome = outcome_of(operation)
    if outcome.refusal is not None:
        messages.error(request, outcome.refusal.sentence)
    elif done:
        messages.success(request, str(done))
    return outcome.result


class RecordAdmin(_Admin):
    """A screen of records of the user's companies: no form adds, edits or deletes them."""

    list_per_page = 50
    show_full_result_count = False
    # `?_facets` would count the rows of every choice of every filter.
    show_facets = admin.ShowFacets.NEVER
    # Never asks how many rows there are; `RecordList.figures` counts up to a limit.
    paginator = InfinitePaginator
    # A longer list shows no count and no totals.
    most_counted = 50_000
    actions = None
    # The template that is shown instead of a form; empty where the form is shown.
    record_page = ""
    workflow: Workflow | None = None
    verbs: tuple[Verb, ...] = ()
    change_list_template = "office/record_list.html"
    change_form_outer_before_template = "office/record_buttons.html"
    change_form_outer_after_template = "office/record_changes.html"

    class Media:
        css = {"all": ["heating/desk.css"]}
        js = ["heating/desk.js"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.visible_to(user_of(request)) if hasattr(rows, "visible_to") else rows

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RecordList]:
        return RecordList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "POST" and "export_list" in request.POST:
            return exported_list(self, request)
        return super().changelist_view(request, extra_context)

    def prepare_rows(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Loads, for all rows of a page at once, what the columns need besides the row."""

    def totals_of(self, rows: models.QuerySet[Any]) -> Mapping[str, int]:
        """Returns the totals in fen of amounts that `prepare_rows` loads, by their names."""
        return {}

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        # Django takes an empty `_to_field` in the address for the name of a column.
        return super().get_object(request, object_id, from_field or None)

    def record(self, request: HttpRequest, pk: object) -> Any:
        """Returns the record.

        Raises PermissionDenied where the user may not view such records at all, and Http404
        alike for a record that does not exist and one out of the user's scope.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        record = self.get_object(request, str(pk))
        if record is None:
            raise Http404
        return record

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.record_page:
            extra_context = {
                **(extra_context or {}),
                **self._verb_context(request, object_id),
                **self._change_context(request, object_id),
            }
            return super().change_view(request, object_id, form_url, extra_context)
        record = self.record(request, object_id)
        return self.show(request, record)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        self.record(request, object_id)
        return super().history_view(request, object_id, extra_context)

    def show(self, request: HttpRequest, record: Any, **context: Any) -> HttpResponse:
        """Renders the page of one record."""
        return self.page(
            request,
            self.record_page,
            original=record,
            record=record,
            buttons=self.buttons(request, record),
            **{**self.record_context(request, record), **context},
        )

    def record_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        """Returns what the page of this record shows besides the record itself."""
        return {}

    def page(self, request: HttpRequest, template: str, **context: Any) -> TemplateResponse:
        """Renders a page inside the admin's frame."""
        request.current_app = self.admin_site.name
        frame = self.admin_site.each_context(request)
        return TemplateResponse(
            request,
            template,
            {**frame, "opts": self.opts, "title": self.opts.verbose_name} | context,
        )

    def buttons(self, request: HttpRequest, record: Any) -> list[Button]:
        """Returns the verbs that this user may carry out on the record now."""
        user = user_of(request)
        sent_verb, sent_form = getattr(request, "refused_form", (None, None))
        return [
            Button(
                verb,
                self._verb_url(verb, record),
                sent_form if verb is sent_verb else verb.empty_form(record),
                is_open=verb is sent_verb or verb.name == request.GET.get("verb"),
            )
            for verb in self.verbs
            if self._possible(verb, record) and verb.shown_to(user, record)
        ]

    def _possible(self, verb: Verb, record: Any) -> bool:
        """Returns whether the record's state and the verb itself allow the verb now."""
        if self.workflow is not None:
            state = getattr(record, self.workflow.column)
            open_verbs = {move.verb for move in self.workflow.moves_from(state)}
            if verb.name in {move.verb for move in self.workflow.moves} - open_verbs:
                return False
        return verb.allowed(record)

    def _verb_context(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        if not self.verbs:
            return {}
        record = self.record(request, object_id)
        return {"buttons": self.buttons(request, record)}

    def _change_context(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        """Returns the earlier values of the record and of the rows shown with it."""
        part_models = [inline.model for inline in self.inlines if is_kept(inline.model)]
        if not part_models and not is_kept(self.model):
            return {}
        record = self.record(request, object_id)
        return {"changes": changes_with_parts(record, part_models, self.read_change)}

    def read_change(self, column: str, text: str) -> str:
        """Returns an earlier value as the screen may show it, masked where the column is."""
        return text

    def _verb_url(self, verb: Verb, record: Any) -> str:
        return reverse(f"admin:{self._url_name(verb.name)}", args=[record.pk])

    def _url_name(self, name: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<int:pk>/{verb.name}/",
                self.admin_site.admin_view(self._view_of(verb)),
                name=self._url_name(verb.name),
            )
            for verb in self.verbs
        ]
        return [*own, *super().get_urls()]

    def _view_of(self, verb: Verb) -> Callable[..., HttpResponse]:
        """Returns the view of a verb's button: POST carries it out, GET leads back."""

        def view(request: HttpRequest, pk: int) -> HttpResponse:
            record = self.record(request, pk)
            if not verb.open_to(user_of(request), record):
                raise PermissionDenied
            back = HttpResponseRedirect(self.record_url(record))
            if request.method != "POST":
                return back
            attempted = outcome_of(lambda: self._carry_out(request, record, verb))
            if attempted.result is None:
                messages.error(request, attempted.sentence(forms.Form()))
                return back
            form, outcome = attempted.result
            if outcome.refusal is None and not form.errors:
                messages.success(request, str(verb.done))
                return back
            messages.error(request, outcome.sentence(form))
            if verb.form is None:
                return back
            answer = self._shown_again(request, record, verb, form)
            answer.status_code = outcome.status
            return answer

        view.__name__ = verb.name
        return view

    def _carry_out(
        self, request: HttpRequest, record: Any, verb: Verb
    ) -> tuple[forms.Form, Outcome[object]]:
        """A step of the view of a verb, in a transaction of its own where the form shows facts:
        returns the form as it was sent and what the verb came to with its values.
        """

        def operation(values: Mapping[str, Any]) -> object:
            return verb.do(record, values, actor_of(request), timezone.now())

        if not verb.shows_facts:
            form = self._sent_form(request, record, verb)
            return form, carry_out(form, operation)
        with transaction.atomic():
            lock_facts(record)
            form = self._sent_form(request, self.record(request, record.pk), verb)
            refuse_overwriting(form)
            return form, carry_out(form, operation)

    def _sent_form(self, request: HttpRequest, record: Any, verb: Verb) -> forms.Form:
        possible = verb.form is not None and self._possible(verb, record)
        return (verb.sent_form if possible else verb.late_form)(record, request.POST, request.FILES)

    def _shown_again(
        self, request: HttpRequest, record: Any, verb: Verb, form: forms.Form
    ) -> HttpResponse:
        """Returns the record's page with the refused form open and filled in as it was sent."""
        present_record = self.record(request, record.pk)
        request.refused_form = (verb, verb.form_again(present_record, form))  # type: ignore[attr-defined]
        if self.record_page:
            return self.show(request, present_record)
        # The page is only shown: Django would take what was sent for its own form.
        request.method = "GET"
        answer = self.change_view(request, str(record.pk))
        return answer.render() if isinstance(answer, TemplateResponse) else answer

    def record_url(self, record: Any) -> str:
        return reverse(f"admin:{self._url_name('change')}", args=[record.pk])

    # Django answers an unknown id with a redirect; unknown and not-yours are both 404 here.
    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponseRedirect:
        raise Http404

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(
            db_field, request, **{**kwargs, **scoped_choices(db_field, request)}
        )

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(
            db_field, request, **{**kwargs, **scoped_choices(db_field, request)}
        )


class RecordInline(_Inline):
    """Rows that belong to a record, read only."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
