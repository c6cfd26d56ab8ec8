from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SuppliersConfig(AppConfig):
    name = "suppliers"
    verbose_name = _("供应商")

    def ready(self) -> None:
        from suppliers.supply_lists import job  # noqa: F401  registers the job kind
