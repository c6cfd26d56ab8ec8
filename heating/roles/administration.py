"""The desks of the system administrator and the security administrator."""

from heating.roles.staff_role import EVERYBODY, ORGANISATION, StaffRole, edits, views
from office.roles import Role

SYSTEM_ADMINISTRATOR = StaffRole(
    Role.SYSTEM_ADMINISTRATOR,
    (
        *EVERYBODY,
        *edits("office", "user", "company"),
        *views("office", "user", "company", "calendarversion", "job"),
        "office.publish_calendar",
        *ORGANISATION,
        *views("django_celery_beat", "periodictask", "intervalschedule", "crontabschedule"),
    ),
)
SECURITY_ADMINISTRATOR = StaffRole(
    Role.SECURITY_ADMINISTRATOR,
    (
        *EVERYBODY,
        *views("office", "user", "company"),
        *views("axes", "accessattempt", "accessfailurelog", "accesslog"),
        *views("otp_totp", "totpdevice"),
        *views("office", "machinetoken"),
        "auth.view_group",
        "office.issue_machine_token",
        "office.revoke_machine_token",
        "office.assign_roles",
        "office.reset_two_factors",
        "office.unlock_sign_in",
        *views("office", "approvalrule", "delegation"),
        "office.publish_approval_rule",
        *ORGANISATION,
    ),
)
