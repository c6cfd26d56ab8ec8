from django.apps import AppConfig


class HeatingConfig(AppConfig):
    name = "heating"
    verbose_name = "供热管理"

    def ready(self) -> None:
        from heating import checks  # noqa: F401  registers the system checks
