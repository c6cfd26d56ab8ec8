from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfficeConfig(AppConfig):
    name = "office"
    verbose_name = _("公共事务")

    def ready(self) -> None:
        from office.organisation import list_job  # noqa: F401  registers the job kind
