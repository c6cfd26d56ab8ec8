"""One person at every desk, all with one password that only a demo may have."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from heating import roles
from heating.roles import Role, sync_roles
from office.models import Company, User

PASSWORD = "heating-demo-2026"  # noqa: S105


@dataclass(frozen=True)
class Desk:
    """Who sits at a desk and what a newcomer may try there, in Chinese and English."""

    username: str
    family: str
    given: str
    role: Role
    companies: tuple[str, ...]
    english: str
    tries: str
    try_this: str

    @property
    def group_wide(self) -> bool:
        return not self.companies


DESKS = (
    Desk(
        *("cashier", "王", "芳", roles.CASHIER, ("11",), "Cashier, Taiyuan"),
        "收费台：搜“1100000001”或“王秀英”→收现金→打印收据；交班",
        "Counter: find 王秀英, take cash, print the receipt; close the shift",
    ),
    Desk(
        *("cashier-lanzhou", "马", "小梅", roles.CASHIER, ("21",), "Cashier, Lanzhou"),
        "先开班再收款；看不到太原的用户",
        "Open a shift first; Taiyuan's customers are not to be seen",
    ),
    Desk(
        *("clerk", "李", "静", roles.CLERK, ("11", "21"), "Billing clerk"),
        "台账导入：看退回的行、下载待更正文件；新建出账批次并试算",
        "Imports: the refused rows and the file to correct; create and preview a run",
    ),
    Desk(
        *("manager", "张", "建国", roles.MANAGER, ("11", "21"), "Billing manager"),
        "出账批次：审核“待审核”的批次→出账；处理资金告警",
        "Billing runs: approve the waiting run, issue it; settle the alarm",
    ),
    Desk(
        *("agent", "刘", "敏", roles.AGENT, ("11",), "Customer service"),
        "按户号、姓名、电话尾号或地址（Ctrl+K）找用户；办理过户",
        "Find an account by number, name, phone tail or address (Ctrl+K)",
    ),
    Desk(
        *(
            "service-manager",
            "孙",
            "丽华",
            roles.SERVICE_MANAGER,
            ("11",),
            "Customer service manager",
        ),
        "按户号、姓名、电话尾号或地址（Ctrl+K）找用户",
        "Find an account by number, name, phone tail or address (Ctrl+K)",
    ),
    Desk(
        *("engineer", "赵", "强", roles.ENGINEER, ("11",), "Engineer"),
        "查看换热站、小区、用热地点与面积",
        "Heat stations, communities, premises and their areas",
    ),
    Desk(
        *("dispatcher", "孙", "磊", roles.DISPATCHER, ("11",), "Dispatcher"),
        "查找用户、查看完整电话（留痕）",
        "Find a customer, reveal the whole phone number (it is journalled)",
    ),
    Desk(
        *("procurement", "周", "婷", roles.PROCUREMENT, (), "Procurement"),
        "档案（供应商工作台随后提供）",
        "Documents (the suppliers' desk comes later)",
    ),
    Desk(
        *("auditor", "陈", "立新", roles.AUDITOR, (), "Auditor"),
        "操作日志、分录、收款、班次：只读",
        "Journal, ledger, payments, shifts: everything, read only",
    ),
    Desk(
        *("sysadmin", "杨", "帆", roles.SYSTEM_ADMINISTRATOR, (), "System administrator"),
        "员工、公司、节假日、后台任务",
        "Staff, companies, holidays, background jobs",
    ),
    Desk(
        *("secadmin", "吴", "涛", roles.SECURITY_ADMINISTRATOR, (), "Security administrator"),
        "给员工分配角色；登录失败记录",
        "Give roles to staff; failed sign-ins",
    ),
)


def hire(companies: dict[str, Company]) -> dict[str, User]:
    """Write down everybody at a desk, by user name."""
    sync_roles()
    password = make_password(PASSWORD)
    return {desk.username: _hire(desk, password, companies) for desk in DESKS}


def _hire(desk: Desk, password: str, companies: dict[str, Company]) -> User:
    user = User.objects.create(
        username=desk.username,
        password=password,
        last_name=desk.family,
        first_name=desk.given,
        is_staff=True,
        group_wide=desk.group_wide,
    )
    user.groups.add(Group.objects.get(name=desk.role.name))
    user.companies.set(companies[code] for code in desk.companies)
    return user
