"""One person at every desk, all with one password that only a demo may have."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from heating import roles
from heating.roles import StaffRole
from heating.roles.groups import sync_roles
from office.models import Company, User

PASSWORD = "heating-demo-2026"  # noqa: S105


@dataclass(frozen=True)
class Desk:
    """Who sits at a desk and what a newcomer may try there, in Chinese and English."""

    username: str
    family: str
    given: str
    role: StaffRole
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
        "台账导入：看退回的行；银行到账：逐笔入账；新建出账批次并试算；起草调整单、面积变更；受理报停；转办：答复咨询",
        "Imports; bank receipts: book them; preview a run; draft adjustments, areas, stops of heat",
    ),
    Desk(
        *("manager", "张", "建国", roles.MANAGER, ("11", "21"), "Billing manager"),
        "出账批次：审核→出账；审核面积变更、报停、调整单、续签批次；处理资金告警",
        "Approve the waiting run, area changes, stops and renewals; settle the alarm",
    ),
    Desk(
        *("agent", "刘", "敏", roles.AGENT, ("11",), "Customer service"),
        "来电：找用户、受理工单、回访；答复咨询；办理过户；合同：拟订、登记签署",
        "A call: open a ticket, call back; answer enquiries; change of owner; contracts: sign one",
    ),
    Desk(
        *("agent-lanzhou", "杨", "雪", roles.AGENT, ("21",), "Customer service, Lanzhou"),
        "只见兰州的工单；登记回访",
        "Lanzhou's tickets only; record a call-back",
    ),
    Desk(
        *("dispatcher", "孙", "磊", roles.DISPATCHER, ("11",), "Dispatcher"),
        "把待处理的报修派给班组；抢修中的管道爆裂：并入工单、恢复供热",
        "Send a crew to an open repair; the burst main: attach tickets, restore the heat",
    ),
    Desk(
        *("dispatcher-lanzhou", "何", "军", roles.DISPATCHER, ("21",), "Dispatcher, Lanzhou"),
        "明日检修已公告：开始或取消停热",
        "Tomorrow's outage is announced: begin or cancel it",
    ),
    Desk(
        *("engineer", "赵", "强", roles.ENGINEER, ("11",), "Repairer, crew 城南一班"),
        "接单、到场、登记现场情况、完成上门；测温",
        "Accept, arrive, write down what is found, complete the visit; temperature test",
    ),
    Desk(
        *("engineer-2", "钱", "伟", roles.ENGINEER, ("11",), "Repairer, crew 城南二班"),
        "派给另一班组的工单不能接",
        "Cannot accept what was given to the other crew",
    ),
    Desk(
        *("engineer-lanzhou", "马", "龙", roles.ENGINEER, ("21",), "Repairer, Lanzhou"),
        "中川维修班的工单",
        "The tickets of crew 中川维修班",
    ),
    Desk(
        *(
            "service-manager",
            "孙",
            "丽华",
            roles.SERVICE_MANAGER,
            ("11", "21"),
            "Customer service manager",
        ),
        "超时与升级；服务指标与月报；两次返工的工单：逐段看时限；合同文本：起草新版本",
        "Breaches; figures, monthly report; a repair that failed twice; draft a contract template",
    ),
    Desk(
        *("procurement", "周", "婷", roles.PROCUREMENT, (), "Procurement"),
        "供应商：登记证照、提出收款账户；订单和到货；年度评审；询价采购：开启备用阀门采购（第一人）",
        "Suppliers: papers, a bank account; orders; the rating; open the sourcing of valves first",
    ),
    Desk(
        *(
            "procurement-manager",
            "郑",
            "国强",
            roles.PROCUREMENT_MANAGER,
            (),
            "Procurement manager",
        ),
        "复核待复核的收款账户；供应商证书：打印、作废、补发；开启备用阀门采购（第二人）；比价表",
        "Confirm a bank account; reissue a certificate; open the sourcing of valves; compare",
    ),
    Desk(
        *("technical", "冯", "卫东", roles.TECHNICAL_REVIEWER, (), "Technical reviewer"),
        "核验供应商证照",
        "Verify suppliers' papers",
    ),
    Desk(
        *("operations", "韩", "雪梅", roles.OPERATIONS_REVIEWER, (), "Operations reviewer"),
        "核验供应商证照",
        "Verify suppliers' papers",
    ),
    Desk(
        *("leader", "高", "志远", roles.GROUP_LEADER, (), "Group leader"),
        "待我审批：审批中的供应商黑名单；年度评审结果",
        "Approvals: the ban that waits; results of the annual ratings",
    ),
    Desk(
        *("personnel", "宋", "慧", roles.PERSONNEL, (), "Personnel"),
        "组织架构图；人员：任命、免职；导入岗位和任职清单",
        "The organisation chart; appointments; import lists of posts and people",
    ),
    Desk(
        *("auditor", "陈", "立新", roles.AUDITOR, (), "Auditor"),
        "操作日志、分录、收款、班次、工单：只读",
        "Journal, ledger, payments, shifts, tickets: everything, read only",
    ),
    Desk(
        *("sysadmin", "杨", "帆", roles.SYSTEM_ADMINISTRATOR, (), "System administrator"),
        "员工、公司、后台任务；发布下一年的节假日安排",
        "Staff, companies, background jobs; publish next year's working calendar",
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
