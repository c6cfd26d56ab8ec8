"""The sidebar's entries for the system."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heating.sidebar.item import Group, Item

SYSTEM = Group(
    _("系统"),
    (
        Item(
            pgettext_lazy("plural", "员工"),
            "badge",
            "office_user_changelist",
            ("office.view_user",),
        ),
        Item(
            pgettext_lazy("plural", "角色"),
            "verified_user",
            "auth_group_changelist",
            ("auth.view_group",),
        ),
        Item(
            pgettext_lazy("plural", "公司"),
            "apartment",
            "office_company_changelist",
            ("office.change_company", "office.assign_roles"),
        ),
        Item(
            _("节假日"),
            "calendar_month",
            "office_calendarversion_changelist",
            ("office.view_calendarversion",),
        ),
        Item(
            pgettext_lazy("plural", "操作日志"),
            "history",
            "office_journalentry_changelist",
            ("office.view_journalentry",),
        ),
        Item(
            pgettext_lazy("plural", "档案"),
            "folder",
            "office_document_changelist",
            ("office.view_document",),
        ),
        Item(
            pgettext_lazy("plural", "档案调阅"),
            "visibility",
            "office_documentaccess_changelist",
            ("office.view_documentaccess",),
        ),
        Item(
            pgettext_lazy("plural", "后台任务"),
            "sync",
            "office_job_changelist",
            ("office.view_job",),
        ),
        Item(
            _("定时任务"),
            "alarm",
            "django_celery_beat_periodictask_changelist",
            ("django_celery_beat.view_periodictask",),
        ),
        Item(
            pgettext_lazy("plural", "机器令牌"),
            "key",
            "office_machinetoken_changelist",
            ("office.view_machinetoken",),
        ),
        Item(
            _("登录失败"),
            "lock",
            "axes_accessfailurelog_changelist",
            ("axes.view_accessfailurelog",),
        ),
    ),
)
