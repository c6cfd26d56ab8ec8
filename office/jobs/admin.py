"""The screen of background jobs: their progress and why they failed."""

from django.contrib import admin
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from office.jobs.job_names import job_name
from office.lists.filters import CompanyFilter
from office.models import Job
from office.screens.records import RecordAdmin


@admin.register(Job)
class JobAdmin(RecordAdmin):
    list_display = [
        "named",
        "key",
        "state",
        "progress",
        "requested_by",
        "created_at",
        "finished_at",
    ]
    list_select_related = ["requested_by"]
    list_filter = [CompanyFilter, "state"]
    fields = [
        "named",
        "key",
        "company",
        "requested_by",
        "state",
        "progress",
        "attempts",
        "created_at",
        "heartbeat_at",
        "finished_at",
        "params",
        "result",
        "error",
    ]
    readonly_fields = ["named", "progress"]

    @admin.display(description=_("任务"), ordering="kind")
    def named(self, job: Job) -> str:
        return job_name(job.kind)

    @admin.display(description=_("进度"))
    def progress(self, job: Job) -> str:
        return f"{job.percent} %"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.progress_view)
        return [path("<int:pk>/progress/", view, name="office_job_progress"), *super().get_urls()]

    def progress_view(self, request: HttpRequest, pk: int) -> JsonResponse:
        """Answers the progress bar, which asks once a second."""
        job: Job = self.record(request, pk)
        return JsonResponse(
            {
                "state": job.state,
                "label": job.get_state_display(),
                "done": job.done,
                "total": job.total,
                "percent": job.percent,
                "error": job.error,
            }
        )
