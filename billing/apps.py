from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("营业收费")

    def ready(self) -> None:
        from billing import account_list_job, jobs  # noqa: F401  registers the job kinds
