"""The screen of the journal for auditors: who did what to which record, in readable words."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.contrib.contenttypes.models import ContentType
from django.db.models import ForeignKey, Model, Q, QuerySet
from django.db.models.functions import Concat
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from office.action_names import action_name, action_names
from office.fact_names import facts_of, facts_text
from office.forms.typed_numbers import read_number
from office.lists.filters import CompanyFilter
from office.lists.visible_choices import visible_choices
from office.models import JournalEntry, User
from office.requests import user_of
from office.screens.records import RecordAdmin
from office.screens.reference import ReferenceAdmin

_LONGEST_SEARCH = 80
_MOST_WORDS = 5


@dataclass(frozen=True)
class NamedRecord:
    """A record of the journal as its reader may see it: its name, and its page where there is
    one for them.
    """

    name: str
    url: str = ""


class PersonFilter(SimpleListFilter):
    """Filters by the member of staff who did it."""

    title = _("经办")
    parameter_name = "person"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        staff = visible_choices(User, user_of(request)).order_by("last_name", "username")
        return [(person.pk, person.display_name) for person in staff]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        key = read_number(self.value())
        return queryset if key is None else queryset.filter(by=key)


class VerbFilter(SimpleListFilter):
    """Filters by the operation."""

    title = _("动作")
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return sorted(_verbs(model_admin.admin_site).items(), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(action=self.value()) if self.value() else queryset


class RecordKindFilter(SimpleListFilter):
    """Filters by the kind of record."""

    title = _("对象类型")
    parameter_name = "record_kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        models = list(model_admin.admin_site._registry)  # noqa: SLF001
        types = ContentType.objects.get_for_models(*models)
        pairs = [(kind.pk, str(model._meta.verbose_name)) for model, kind in types.items()]  # noqa: SLF001
        return sorted(pairs, key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        key = read_number(self.value())
        return queryset if key is None else queryset.filter(record_type=key)


class RecordFilter(SimpleListFilter):
    """Filters by one record, whose page or whose line in the journal leads here."""

    title = _("对象")
    parameter_name = "record"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        key = request.GET.get(self.parameter_name, "")
        kind, _dot, number = key.partition(".")
        type_id, record_id = read_number(kind), read_number(number)
        if type_id is None or record_id is None:
            return []
        of_record = JournalEntry.objects.visible_to(user_of(request)).filter(
            record_type=type_id, record_id=record_id
        )
        entries = list(of_record.select_related("record_type")[:1])
        names = named_records(entries, request, model_admin.admin_site)
        return [(key, names[entry.record_type_id, entry.record_id].name) for entry in entries]

    def has_output(self) -> bool:
        return bool(self.value())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        kind, _dot, number = (self.value() or "").partition(".")
        pair = read_number(kind), read_number(number)
        if None in pair:
            return queryset
        return queryset.filter(record_type=pair[0], record_id=pair[1])


@admin.register(JournalEntry)
class JournalEntryAdmin(RecordAdmin):
    list_display = ["at", "person", "verb", "record_link", "fact_text", "company", "origin"]
    list_select_related = ["record_type", "company", "by"]
    list_filter = [CompanyFilter, PersonFilter, VerbFilter, RecordKindFilter, RecordFilter, "at"]
    search_fields = ["action"]
    search_help_text = _("经办人姓名、动作，如 张三 收款")
    ordering = ["-pk"]
    sortable_by = ()
    fields = ["at", "person", "verb", "record_link", "fact_lines", "company", "origin"]
    readonly_fields = ["person", "verb", "record_link", "fact_lines"]

    @admin.display(description=_("经办"))
    def person(self, entry: JournalEntry) -> str:
        return entry.by.display_name if entry.by else entry.actor

    @admin.display(description=_("动作"))
    def verb(self, entry: JournalEntry) -> str:
        return action_name(entry.action)

    @admin.display(description=_("对象"))
    def record_link(self, entry: Any) -> SafeString | str:
        named: NamedRecord = entry.named
        if not named.url:
            return named.name
        return format_html('<a class="plain-link" href="{}">{}</a>', named.url, named.name)

    @admin.display(description=_("内容"))
    def fact_text(self, entry: JournalEntry) -> str:
        return facts_text(entry)

    @admin.display(description=_("内容"))
    def fact_lines(self, entry: JournalEntry) -> SafeString | str:
        return format_html_join("", "<p>{}：{}</p>", facts_of(entry)) or "—"

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        return ["at"]

    def prepare_rows(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Gives each entry the name of its record; one query for each kind of record."""
        names = named_records(rows, request, self.admin_site)
        for entry in rows:
            entry.named = names[entry.record_type_id, entry.record_id]

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        entry = super().get_object(request, object_id, from_field)
        if entry is not None:
            self.prepare_rows(request, [entry])
        return entry

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Finds the entries for which each word is part of a person's name or of an operation's."""
        for word in search_term.replace("\x00", "")[:_LONGEST_SEARCH].split()[:_MOST_WORDS]:
            queryset = queryset.filter(_by_word(word, _verbs(self.admin_site)))
        return queryset, False


def _verbs(site: Any) -> dict[str, str]:
    """Returns what may stand in the journal: operations, and edits on screens that are forms."""
    screens = site._registry.items()  # noqa: SLF001
    return action_names(model for model, screen in screens if isinstance(screen, ReferenceAdmin))


def _by_word(word: str, verbs: Mapping[str, str]) -> Q:
    full_name = Concat("last_name", "first_name")
    staff = User.objects.annotate(full_name=full_name).filter(
        Q(full_name__icontains=word) | Q(username__iexact=word)
    )
    actions = [action for action, name in verbs.items() if word.casefold() in name.casefold()]
    # The keys and not a subquery: entries are read by their index on the person.
    people = list(staff.values_list("pk", flat=True))
    return Q(action__in=[*actions, word]) | Q(by__in=people) | Q(actor=word)


def named_records(
    entries: Iterable[JournalEntry], request: HttpRequest, site: Any
) -> dict[tuple[int, int], NamedRecord]:
    """Returns the records of the entries by their kind and key, one query for each kind.

    A record that the reader may not see, or that is gone, keeps its kind and number.
    """
    keys: dict[ContentType, set[int]] = defaultdict(set)
    for entry in entries:
        keys[entry.record_type].add(entry.record_id)
    names: dict[tuple[int, int], NamedRecord] = {}
    for kind, numbers in keys.items():
        model = kind.model_class()
        rows = {} if model is None else _visible_rows(model, numbers, user_of(request))
        screen = None if model is None else site._registry.get(model)  # noqa: SLF001
        has_page = screen is not None and screen.has_view_permission(request)
        for number in numbers:
            row = rows.get(number)
            name = f"{kind.name} {row if row is not None else f'#{number}'}"
            page = f"admin:{kind.app_label}_{kind.model}_change"
            url = reverse(page, args=[number]) if has_page and row is not None else ""
            names[kind.pk, number] = NamedRecord(name, url)
    return names


def _visible_rows(model: type[Model], keys: set[int], user: User) -> dict[int, Model]:
    # The name of a record may be that of a record that it belongs to: those come along.
    relations = [
        field.name
        for field in model._meta.concrete_fields  # noqa: SLF001
        if isinstance(field, ForeignKey)
    ]
    rows = visible_choices(model, user).filter(pk__in=keys).select_related(*relations)
    return {row.pk: row for row in rows}
