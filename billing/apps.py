from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = "营业收费"

    def ready(self) -> None:
        from billing import account_list_job, jobs  # noqa: F401  registers the job kinds
