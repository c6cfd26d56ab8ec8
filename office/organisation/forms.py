"""The forms by which the organisation chart is kept."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from office.forms.company_choice import EmployerField
from office.forms.day_field import DayField
from office.models import Department, Post, Rank, User


class DepartmentField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One department that is open, shown with its company and the department above it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Department.objects.none(), **{"label": _("部门"), **options})

    def offer(self, user: User) -> None:
        """Offers the open departments of the person's companies."""
        self.queryset = (
            Department.objects.visible_to(user)
            .filter(last_day__isnull=True)
            .select_related("company", "parent")
        )

    def label_from_instance(self, obj: Any) -> str:
        above = f"{obj.parent.name} / " if obj.parent else ""
        return f"{obj.company.short_name}　{above}{obj.name}"


class PostField(forms.CharField):
    """Reads the code of a post and returns the post; None for an empty field."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"label": _("岗位编码"), "max_length": 20, **options})

    def clean(self, value: Any) -> Any:
        code = super().clean(value).strip().upper()
        if not code:
            return None
        post = Post.objects.filter(code=code).first()
        if post is None:
            raise forms.ValidationError(_("没有这个编码的岗位。"))
        return post


class UsernameField(forms.CharField):
    """Reads a user name and returns the user; None for an empty field."""

    def clean(self, value: Any) -> Any:
        name = super().clean(value).strip()
        if not name:
            return None
        user = User.objects.filter(username=name).first()
        if user is None:
            raise forms.ValidationError(_("没有这个登录名的用户。"))
        return user


class OpenDepartmentForm(forms.Form):
    company = EmployerField()
    parent = DepartmentField(label=_("上级部门"), required=False, empty_label=_("（直属公司）"))
    name = forms.CharField(label=_("部门名称"), max_length=60)
    first_day = DayField(label=_("设立日期"))

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        for name in ("company", "parent"):
            field: Any = self.fields[name]
            field.offer(user)


class SetPostForm(forms.Form):
    code = forms.CharField(
        label=_("岗位编码"),
        max_length=20,
        help_text=_("已有的编码：原设置在生效日期前一天截止，任职不变"),
    )
    name = forms.CharField(label=_("岗位名称"), max_length=60)
    department = DepartmentField()
    rank = forms.TypedChoiceField(
        label=_("职级"), choices=Rank, coerce=lambda text: Rank(int(text))
    )
    superior = PostField(label=_("上级岗位编码"), required=False)
    first_day = DayField(label=_("生效日期"))

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        department: Any = self.fields["department"]
        department.offer(user)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        return code.strip().upper()


class EnterPersonForm(forms.Form):
    company = EmployerField()
    number = forms.CharField(label=_("工号"), max_length=20)
    name = forms.CharField(label=_("姓名"), max_length=40)
    user = UsernameField(label=_("登录名"), max_length=150, required=False)

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        company: Any = self.fields["company"]
        company.offer(user)


class AppointForm(forms.Form):
    post = PostField()
    first_day = DayField(label=_("任职日期"))


class LinkPersonForm(forms.Form):
    user = UsernameField(
        label=_("登录名"), max_length=150, required=False, help_text=_("留空则解除关联")
    )


class LastDayForm(forms.Form):
    last_day = DayField(label=_("截止日期"))


class EndAppointmentForm(LastDayForm):
    reason = forms.CharField(label=_("离任原因"), max_length=200)


class ChartForm(forms.Form):
    """The company and the day of the chart that is shown."""

    company = EmployerField()
    on = DayField(label=_("日期"))

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        company: Any = self.fields["company"]
        company.offer(user)
