from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HeatingConfig(AppConfig):
    name = "heating"
    verbose_name = _("供热管理")

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in
        from django.db.models.signals import m2m_changed, post_migrate

        from heating import checks, role_checks  # noqa: F401  registers the system checks
        from heating.partners import compose_partners
        from heating.rewards import compose_rewards
        from heating.roles.groups import refuse_exclusive_roles, sync_after_migrations
        from heating.session_age import remember_sign_in
        from office.models import User

        compose_rewards()
        compose_partners()
        user_logged_in.connect(remember_sign_in, dispatch_uid="signed in at")
        post_migrate.connect(sync_after_migrations, dispatch_uid="roles")
        m2m_changed.connect(
            refuse_exclusive_roles, sender=User.groups.through, dispatch_uid="exclusive roles"
        )
