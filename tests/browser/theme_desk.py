"""An admin that uses everything the theme can do, on tables that come with the parts."""

from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.contrib.filters.admin import RangeDateTimeFilter, TextFilter
from unfold.decorators import action
from unfold.sites import UnfoldAdminSite

TASKS = "/admin/django_celery_beat/periodictask/"
INTERVALS = "/admin/django_celery_beat/intervalschedule/"

SIDEBAR = [
    {
        "title": "计划",
        "separator": True,
        "collapsible": True,
        "items": [
            {"title": "定时任务", "icon": "schedule", "link": TASKS},
            {"title": "间隔", "icon": "timer", "link": INTERVALS},
        ],
    }
]


class NameFilter(TextFilter):
    title = "名称"
    parameter_name = "name"

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(name__icontains=self.value()) if self.value() else queryset


class TaskTab(TabularInline):
    model = PeriodicTask
    fields = ["name", "task", "start_time", "enabled"]
    tab = True
    extra = 0


class StackedTaskTab(StackedInline):
    model = PeriodicTask
    verbose_name_plural = "任务说明"
    fields = ["name", "task", "description"]
    tab = True
    extra = 0


class IntervalAdmin(ModelAdmin):
    list_display = ["every", "period"]
    search_fields = ["every"]
    inlines = [TaskTab, StackedTaskTab]


class TaskAdmin(ModelAdmin):
    list_display = ["name", "task", "enabled", "start_time"]
    list_filter = [NameFilter, "enabled", ("start_time", RangeDateTimeFilter)]
    list_filter_submit = True
    list_per_page = 10
    search_fields = ["name"]
    autocomplete_fields = ["interval"]
    actions_row = ["run_task"]
    actions_detail = ["run_task"]
    conditional_fields = {"expires": "one_off == true"}
    warn_unsaved_form = True
    fieldsets = [
        (None, {"fields": ["name", "task", "interval", "enabled"]}),
        ("时间", {"classes": ["tab"], "fields": ["start_time", "one_off", "expires"]}),
        ("参数", {"classes": ["tab"], "fields": ["args", "kwargs"]}),
    ]

    @action(description="立即执行", url_path="run", icon="play_arrow")  # type: ignore[untyped-decorator]
    def run_task(self, request: HttpRequest, object_id: int) -> HttpResponse:
        self.message_user(request, f"已执行 {self.model.objects.get(pk=object_id).name}")
        return redirect("admin:django_celery_beat_periodictask_changelist")


class UserAdmin(ModelAdmin):
    search_fields = ["username"]


site = UnfoldAdminSite(name="admin")
site.register(PeriodicTask, TaskAdmin)
site.register(IntervalSchedule, IntervalAdmin)
site.register(get_user_model(), UserAdmin)

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", site.urls),
]
