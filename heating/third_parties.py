"""The screens of third-party tables: read-only in our style, the rest hidden."""

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask
from django_otp.plugins.otp_totp.models import TOTPDevice

from heating.rooms import WITH_MODELS
from office.screens.records import RecordAdmin

HOUSE = (*WITH_MODELS, "auth")


class PeriodicTaskAdmin(RecordAdmin):
    list_display = ["name", "function", "enabled", "last_run_at", "total_run_count"]
    search_fields = ["name__startswith"]
    fields = [
        *("name", "function", "interval", "crontab", "enabled", "last_run_at"),
        *("total_run_count", "description"),
    ]
    readonly_fields = ["function"]

    # The table itself names this column in English.
    @admin.display(description=_("任务"))
    def function(self, task: PeriodicTask) -> str:
        return str(task.task)


class ScheduleAdmin(RecordAdmin):
    pass


class AccessAttemptAdmin(RecordAdmin):
    list_display = ["attempt_time", "username", "ip_address", "failures_since_start"]
    search_fields = ["=username", "=ip_address"]
    fields = ["attempt_time", "username", "ip_address", "user_agent", "failures_since_start"]


class AccessFailureLogAdmin(RecordAdmin):
    """Every failed sign-in, for good; the counter that locks is the list of attempts."""

    list_display = ["attempt_time", "username", "ip_address", "locked_out"]
    list_filter = ["locked_out", "attempt_time"]
    search_fields = ["=username", "=ip_address"]
    fields = ["attempt_time", "username", "ip_address", "user_agent", "path_info", "locked_out"]


class AccessLogAdmin(RecordAdmin):
    list_display = ["attempt_time", "logout_time", "username", "ip_address"]
    search_fields = ["=username", "=ip_address"]
    fields = ["attempt_time", "logout_time", "username", "ip_address", "user_agent"]


class TOTPDeviceAdmin(RecordAdmin):
    """The screen of second factors, without their keys.

    The table itself names its columns in English.
    """

    list_display = ["person", "device_name", "is_confirmed"]
    list_select_related = ["user"]
    fields = ["person", "device_name", "is_confirmed"]
    readonly_fields = ["person", "device_name", "is_confirmed"]

    @admin.display(description=_("人员"))
    def person(self, device: TOTPDevice) -> str:
        return str(device.user)

    @admin.display(description=_("名称"))
    def device_name(self, device: TOTPDevice) -> str:
        return str(device.name)

    @admin.display(description=_("已绑定"), boolean=True)
    def is_confirmed(self, device: TOTPDevice) -> bool:
        return bool(device.confirmed)


def dress() -> None:
    """Replaces every third-party screen by one of ours, after all apps have registered theirs."""
    for model in apps.get_models():
        if admin.site.is_registered(model) and _app(model) not in HOUSE:
            admin.site.unregister(model)
    # Their own names are English words that say nothing to a clerk.
    apps.get_app_config("axes").verbose_name = _("登录安全")
    apps.get_app_config("otp_totp").verbose_name = _("身份验证器")
    TOTPDevice._meta.verbose_name = _("身份验证器")  # noqa: SLF001
    TOTPDevice._meta.verbose_name_plural = _("身份验证器")  # noqa: SLF001
    AccessLog.__str__ = _person_of
    admin.site.register(PeriodicTask, PeriodicTaskAdmin)
    admin.site.register([IntervalSchedule, CrontabSchedule], ScheduleAdmin)
    admin.site.register(AccessAttempt, AccessAttemptAdmin)
    admin.site.register(AccessFailureLog, AccessFailureLogAdmin)
    admin.site.register(AccessLog, AccessLogAdmin)
    admin.site.register(TOTPDevice, TOTPDeviceAdmin)


def _person_of(log: AccessLog) -> str:
    """Returns the user name of a sign-in, which stands for it as its title."""
    return str(log.username)


def _app(model: type[Model]) -> str:
    return apps.get_containing_app_config(model.__module__).label  # type: ignore[union-attr]
