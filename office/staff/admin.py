"""The screens of staff: the system administrator edits people, the security administrator roles."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.functions import Concat
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from office import journal
from office.action_names import action_name
from office.language import in_readers_language, listed
from office.lists.filters import VisibleRecordsFilter
from office.lists.list_columns import flag
from office.models import User
from office.requests import actor_of, user_of
from office.screens.records import RecordAdmin, Verb
from office.screens.reference import ReferenceAdmin
from office.screens.shown_facts import FactsForm
from office.staff.authenticators import device_of
from office.staff.sign_in_locks import is_locked
from office.staff.staff_reach import keeps_sign_in_of
from office.staff.two_factors import reset_two_factors
from office.staff.unlocking import unlock_sign_in

if TYPE_CHECKING:
    _DjangoUserAdmin = DjangoUserAdmin[User]
else:
    _DjangoUserAdmin = DjangoUserAdmin

ROLE_FIELDS = ("groups", "group_wide")
PERSON_FIELDS = ("username", "last_name", "first_name", "phone", "companies", "is_active")


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=200)


class StaffChangeForm(FactsForm, UserChangeForm):
    """Leads to the page that sets the password only who may open it."""

    may_set_password = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.may_set_password:
            self.fields["password"].help_text = _(
                "本人可在右上角菜单中修改密码；忘记密码的，由系统管理员重新设置。"
                "系统管理员、安全管理员和审计的密码，其他管理员不能设置，由运维人员在服务器上重新设置。"
            )


class StaffCreationForm(UserCreationForm):
    """Creates a colleague: always staff, never a superuser, without a role at first."""

    class Meta:
        model = User
        fields = ("username",)

    def save(self, commit: bool = True) -> User:
        self.instance.is_staff = True
        user: User = super().save(commit=commit)
        return user


class RoleFilter(VisibleRecordsFilter):
    """Filters by role, under the role's name in the reader's language."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        choices = super().field_choices(field, request, model_admin)
        return [(pk, in_readers_language(str(name))) for pk, name in choices]


@admin.register(User)
class UserAdmin(ReferenceAdmin, _DjangoUserAdmin):
    form = StaffChangeForm
    add_form = StaffCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = [
        "username",
        "display_name",
        "roles",
        flag("group_wide", _("全集团")),
        "is_active",
        "last_login",
    ]
    list_filter = ["is_active", ("groups", RoleFilter)]
    search_fields = ["username__startswith", "^full_name", "phone__startswith"]
    search_help_text = _("用户名、姓名或手机号的开头")
    ordering = ["username"]
    filter_horizontal = ()
    fieldsets = (
        (_("人员"), {"fields": ("username", "password", "last_name", "first_name", "phone")}),
        (_("岗位"), {"fields": ("companies", "group_wide", "groups", "is_active")}),
        (_("登录"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "fields": (
                    "username",
                    "last_name",
                    "first_name",
                    "phone",
                    "companies",
                    "usable_password",
                    "password1",
                    "password2",
                )
            },
        ),
    )

    verbs = (
        Verb(
            "reset_two_factors",
            _("重置身份验证器"),
            "office.reset_two_factors",
            lambda person, values, by, at: reset_two_factors(
                person, reason=values["reason"], by=by, at=at
            ),
            _("身份验证器已重置，其登录已全部退出；下次登录时重新绑定。"),
            form=ReasonForm,
            question=_("请先当面或电话核实本人身份。"),
            allowed=lambda person: device_of(person) is not None,
        ),
        Verb(
            "unlock_sign_in",
            _("解除登录锁定"),
            "office.unlock_sign_in",
            lambda person, values, by, at: unlock_sign_in(
                person, reason=values["reason"], by=by, at=at
            ),
            _("登录锁定已解除，本人可以立即重新登录；失败记录保留。"),
            form=ReasonForm,
            question=_("请先当面或电话核实本人身份。"),
            allowed=lambda person: is_locked(person, timezone.now()),
        ),
    )

    @admin.display(description=_("姓名"))
    def display_name(self, user: User) -> str:
        return user.display_name

    @admin.display(description=pgettext_lazy("plural", "角色"))
    def roles(self, user: User) -> str:
        return listed(group.name for group in user.groups.all())

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "groups":
            field.label_from_instance = lambda group: in_readers_language(group.name)
        return field

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        people: QuerySet[Any] = super().get_queryset(request).prefetch_related("groups")
        rows: QuerySet[Any] = people.annotate(full_name=Concat("last_name", "first_name"))
        user = user_of(request)
        if user.sees_every_company:
            return rows
        return rows.filter(companies__in=user.company_ids).distinct()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user = user_of(request)
        return (obj is None or self.is_open(request, obj)) and (
            user.has_perm("office.change_user") or user.has_perm("office.assign_roles")
        )

    def is_open(self, request: HttpRequest, person: User) -> bool:
        """Says who may edit whom: superusers only superusers, colleagues elsewhere only the group's
        staff.
        """
        user = user_of(request)
        if person.is_superuser:
            return user.is_superuser
        return user.sees_every_company or set(person.company_ids) <= set(user.company_ids)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Shows roles that cannot be chosen under their names in the reader's language."""
        sets = super().get_fieldsets(request, obj)
        if obj is None or "groups" not in self.get_readonly_fields(request, obj):
            return sets
        return [
            (
                title,
                {**options, "fields": ["roles" if f == "groups" else f for f in options["fields"]]},
            )
            for title, options in sets
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        user = user_of(request)
        closed: tuple[str, ...] = ("last_login", "date_joined", "roles")
        # Nobody grants a role to themselves.
        if not user.has_perm("office.assign_roles") or obj is None or obj == user:
            closed += ROLE_FIELDS
        if obj is not None and not keeps_sign_in_of(user, obj):
            closed += PERSON_FIELDS
        return closed

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        if obj is None:
            return form
        allowed = keeps_sign_in_of(user_of(request), obj) and self.is_open(request, obj)
        return type(form.__name__, (form,), {"may_set_password": allowed})

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002
        form_url: str = "",
    ) -> HttpResponse:
        # Who only grants roles may not sign in as somebody else, nor one administrator as another.
        if not user_of(request).has_perm("office.change_user"):
            raise PermissionDenied
        if not keeps_sign_in_of(user_of(request), self.record(request, id)):
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if set(ROLE_FIELDS) & set(form.changed_data):
            journal.record(
                "assign_roles",
                form.instance,
                by=actor_of(request),
                at=timezone.now(),
                roles=sorted(form.instance.groups.values_list("name", flat=True)),
                group_wide=form.instance.group_wide,
            )


if admin.site.is_registered(Group):
    admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(RecordAdmin):
    """Shows the permissions of a role, which are defined in `heating/roles/` and edited only
    there.
    """

    list_display = ["title"]
    fields = ["title", "may"]
    readonly_fields = ["title", "may"]

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Group | None:
        role: Group | None = super().get_object(request, object_id, from_field)
        if role is not None:
            role.name = in_readers_language(role.name)
        return role

    @admin.display(description=_("角色"), ordering="name")
    def title(self, role: Group) -> str:
        return in_readers_language(role.name)

    @admin.display(description=_("权限"))
    def may(self, role: Group) -> str:
        rows = role.permissions.select_related("content_type").order_by(
            "content_type__app_label", "content_type__model", "codename"
        )
        return format_html_join("", "<div>{}</div>", ((action_name(row.codename),) for row in rows))
