from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("用户档案")

    def ready(self) -> None:
        from customers.renewals import job  # noqa: F401  registers the job kind
