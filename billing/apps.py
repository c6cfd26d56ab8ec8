from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("营业收费")

    def ready(self) -> None:
        from billing.account_list import job as account_list_job  # noqa: F401  registers the job kinds
        from billing.dunning import job as dunning_job  # noqa: F401  registers the job kinds
        from billing.ledger.connection_money import follow_contract
        from billing.runs import job as jobs  # noqa: F401  registers the job kinds
        from billing.statements import job as statement_job  # noqa: F401  registers the job kinds
        from customers.connection.follow_ups import add_follow_up

        add_follow_up(follow_contract)
