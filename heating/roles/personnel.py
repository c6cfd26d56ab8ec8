"""The desk of personnel, which keeps the organisation chart."""

from heating.roles.staff_role import EVERYBODY, ORGANISATION, StaffRole, views
from office.roles import Role

PERSONNEL = StaffRole(
    Role.PERSONNEL,
    (
        *EVERYBODY,
        *ORGANISATION,
        *views("office", "company", "user", "job"),
        "office.open_department",
        "office.close_department",
        "office.set_post",
        "office.close_post",
        "office.enter_person",
        "office.link_person",
        "office.appoint_person",
        "office.end_appointment",
        "office.import_organisation_list",
        "office.enter_interest",
        "office.read_interests",
    ),
)
