"""The roles of staff: the one identity that groups, departments and escalations name."""

from enum import StrEnum

from django.utils.translation import gettext, gettext_noop


class Role(StrEnum):
    """A role; its value is the identifier, its permissions stand in `heating/roles/`."""

    AGENT = "agent"
    SERVICE_MANAGER = "service_manager"
    DISPATCHER = "dispatcher"
    ENGINEER = "engineer"
    CASHIER = "cashier"
    CLERK = "clerk"
    MANAGER = "manager"
    PROCUREMENT = "procurement"
    PROCUREMENT_MANAGER = "procurement_manager"
    TECHNICAL_REVIEWER = "technical_reviewer"
    OPERATIONS_REVIEWER = "operations_reviewer"
    GROUP_LEADER = "group_leader"
    PERSONNEL = "personnel"
    AUDITOR = "auditor"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"

    @property
    def group_name(self) -> str:
        """The name of the role's group in the database, which is Chinese for every reader."""
        return _GROUP_NAMES[self]

    @property
    def label(self) -> str:
        """The role's name in the reader's language."""
        return gettext(self.group_name)


_GROUP_NAMES = {
    Role.AGENT: gettext_noop("客服"),
    Role.SERVICE_MANAGER: gettext_noop("客服主管"),
    Role.DISPATCHER: gettext_noop("调度"),
    Role.ENGINEER: gettext_noop("工程"),
    Role.CASHIER: gettext_noop("收费员"),
    Role.CLERK: gettext_noop("计费员"),
    Role.MANAGER: gettext_noop("计费主管"),
    Role.PROCUREMENT: gettext_noop("采购"),
    Role.PROCUREMENT_MANAGER: gettext_noop("采购主管"),
    Role.TECHNICAL_REVIEWER: gettext_noop("技术评审"),
    Role.OPERATIONS_REVIEWER: gettext_noop("运营评审"),
    Role.GROUP_LEADER: gettext_noop("集团领导"),
    Role.PERSONNEL: gettext_noop("人事"),
    Role.AUDITOR: gettext_noop("审计"),
    Role.SYSTEM_ADMINISTRATOR: gettext_noop("系统管理员"),
    Role.SECURITY_ADMINISTRATOR: gettext_noop("安全管理员"),
}


# 三员分立: who keeps the system, who grants the rights and who looks on are three people.
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR})


def roles_of_groups(group_names: set[str]) -> set[Role]:
    """Returns the roles whose groups bear these names."""
    return {role for role in Role if role.group_name in group_names}
