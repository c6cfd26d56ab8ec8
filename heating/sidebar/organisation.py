"""The sidebar's entries for the organisation chart."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heating.sidebar.item import Group, Item

ORGANISATION = Group(
    _("组织与人员"),
    (
        Item(
            _("组织架构图"),
            "account_tree",
            "organisation_chart",
            ("office.view_department",),
        ),
        Item(
            pgettext_lazy("plural", "部门"),
            "domain",
            "office_department_changelist",
            ("office.view_department",),
        ),
        Item(
            pgettext_lazy("plural", "岗位"),
            "work",
            "office_postterm_changelist",
            ("office.view_postterm",),
        ),
        Item(
            pgettext_lazy("plural", "人员"),
            "group",
            "office_person_changelist",
            ("office.view_person",),
        ),
        Item(
            pgettext_lazy("plural", "任职"),
            "assignment_ind",
            "office_appointment_changelist",
            ("office.view_appointment",),
        ),
        Item(
            pgettext_lazy("plural", "利益冲突申报"),
            "handshake",
            "office_interestdeclaration_changelist",
            ("office.view_interestdeclaration",),
        ),
        Item(
            pgettext_lazy("plural", "组织架构清单导入"),
            "upload_file",
            "office_organisationlist_changelist",
            ("office.view_organisationlist",),
        ),
    ),
)
