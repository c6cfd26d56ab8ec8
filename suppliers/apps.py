from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SuppliersConfig(AppConfig):
    name = "suppliers"
    verbose_name = _("供应商")

    def ready(self) -> None:
        from suppliers.certificates import job as certificate_job  # noqa: F401  registers the kinds
        from suppliers.rating import job as rating_job  # noqa: F401  registers the job kinds
        from suppliers.supply_lists import job  # noqa: F401  registers the job kind
