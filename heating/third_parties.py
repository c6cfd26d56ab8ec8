"""The screens of third-party tables: read-only in our style, the rest hidden."""

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask
from django_otp.plugins.otp_totp.models import TOTPDevice

from heating.rooms import WITH_MODELS
from office.admin.records import RecordAdmin

HOUSE = (*WITH_MODELS, "auth")


class PeriodicTaskAdmin(RecordAdmin):
    list_display = ["name", "task", "enabled", "last_run_at", "total_run_count"]
    search_fields = ["name__startswith"]


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
    """The screen of second factors, without their keys."""

    list_display = ["user", "name", "confirmed"]
    list_select_related = ["user"]
    fields = ["user", "name", "confirmed"]


def dress() -> None:
    """Replaces every third-party screen by one of ours, after all apps have registered theirs."""
    for model in apps.get_models():
        if admin.site.is_registered(model) and _app(model) not in HOUSE:
            admin.site.unregister(model)
    # Their own names are English words that say nothing to a clerk.
    apps.get_app_config("axes").verbose_name = _("登录安全")
    apps.get_app_config("otp_totp").verbose_name = _("身份验证器")
    admin.site.register(PeriodicTask, PeriodicTaskAdmin)
    admin.site.register([IntervalSchedule, CrontabSchedule], ScheduleAdmin)
    admin.site.register(AccessAttempt, AccessAttemptAdmin)
    admin.site.register(AccessFailureLog, AccessFailureLogAdmin)
    admin.site.register(AccessLog, AccessLogAdmin)
    admin.site.register(TOTPDevice, TOTPDeviceAdmin)


def _app(model: type[Model]) -> str:
    return apps.get_containing_app_config(model.__module__).label  # type: ignore[union-attr]
