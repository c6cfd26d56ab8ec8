"""Replaces Django's admin site by ours and adapts the screens that third parties registered."""

from django.contrib.admin.apps import AdminConfig


class HeatingAdminConfig(AdminConfig):
    default_site = "heating.site.HeatingSite"

    def ready(self) -> None:
        super().ready()
        from heating import third_parties

        third_parties.dress()
