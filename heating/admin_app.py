"""Makes ours the admin site and dresses what third parties registered."""

from django.contrib.admin.apps import AdminConfig


class HeatingAdminConfig(AdminConfig):
    default_site = "heating.site.HeatingSite"

    def ready(self) -> None:
        super().ready()
        from heating import third_parties

        third_parties.dress()
