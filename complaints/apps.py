from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplaintsConfig(AppConfig):
    name = "complaints"
    verbose_name = _("客户服务")

    def ready(self) -> None:
        from complaints.incidents import notice_job  # noqa: F401  registers the job kinds
        from complaints.kpis import job as kpi_job  # noqa: F401  registers the job kinds
