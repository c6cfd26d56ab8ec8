"""The demo's organisation: the head office and one operating company, from the board down."""

from datetime import date, datetime

from office.actors import Actor
from office.interests.operations import InterestFacts, enter_interest
from office.models import Company, InterestScene, Person, Post, Rank, User
from office.organisation.people import appoint_person, enter_person
from office.organisation.structure import PostFacts, department_by_path, set_post

BOARD, GROUP, LEADER = Rank.BOARD, Rank.GROUP_LEADER, Rank.COMPANY_LEADER
HEAD, FOREMAN, STAFF = Rank.DEPARTMENT_HEAD, Rank.SUPERVISOR, Rank.STAFF
# Company, code, department, post, rank, superior, name, user (if any); superiors come first.
POSTS: tuple[tuple[str, str, str, str, Rank, str, str, str], ...] = (
    ("00", "00-DSH-01", "董事会", "董事长", BOARD, "", "缪文彬", ""),
    ("00", "00-DSH-02", "董事会审计委员会", "审计委员会主席", BOARD, "", "沈怀瑾", ""),
    ("00", "00-JSH-01", "监事会", "监事会主席", BOARD, "", "顾承平", ""),
    ("00", "00-LD-01", "经营班子", "总裁", GROUP, "00-DSH-01", "高志远", "leader"),
    ("00", "00-LD-02", "经营班子", "副总裁", GROUP, "00-LD-01", "梁思齐", ""),
    ("00", "00-SJ-01", "审计部", "审计部部长", HEAD, "00-LD-01", "陈立新", "auditor"),
    ("00", "00-SJ-02", "审计部", "审计员", STAFF, "00-SJ-01", "许若琳", ""),
    ("00", "00-RS-01", "人力资源部", "人事主管", HEAD, "00-LD-02", "宋慧", "personnel"),
    ("00", "00-CG-01", "采购部", "采购部负责人", HEAD, "00-LD-02", "郑国强", "procurement-manager"),
    ("00", "00-CG-02", "采购部", "采购员", STAFF, "00-CG-01", "周婷", "procurement"),
    ("00", "00-XX-01", "信息管理部", "系统管理岗", STAFF, "00-LD-02", "杨帆", "sysadmin"),
    ("00", "00-XX-02", "信息管理部", "安全管理岗", STAFF, "00-LD-02", "吴涛", "secadmin"),
    ("11", "11-LD-01", "经理层", "总经理", LEADER, "00-LD-01", "任国栋", ""),
    ("11", "11-SJ-01", "审计室", "审计负责人", HEAD, "11-LD-01", "白素云", ""),
    ("11", "11-CW-01", "财务部", "财务部负责人", HEAD, "11-LD-01", "张建国", "manager"),
    ("11", "11-CW-02", "财务部/收费室", "收费岗", STAFF, "11-CW-01", "王芳", "cashier"),
    ("11", "11-CW-03", "财务部", "计费岗", STAFF, "11-CW-01", "李静", "clerk"),
    ("11", "11-KH-01", "客户管理部", "客服负责人", HEAD, "11-LD-01", "孙丽华", "service-manager"),
    ("11", "11-KH-02", "客户管理部", "接待岗", STAFF, "11-KH-01", "刘敏", "agent"),
    ("11", "11-GC-01", "工程部", "工程部部长", HEAD, "11-LD-01", "贺明山", ""),
    ("11", "11-GC-02", "工程部/调度室", "调度岗", FOREMAN, "11-GC-01", "孙磊", "dispatcher"),
    ("11", "11-GC-03", "工程部/城南一班", "维修工", STAFF, "11-GC-02", "赵强", "engineer"),
    ("11", "11-GC-04", "工程部/城南二班", "维修工", STAFF, "11-GC-02", "钱伟", "engineer-2"),
    ("21", "21-LD-01", "经理层", "总经理", LEADER, "00-LD-01", "祁连生", ""),
    ("21", "21-CW-01", "财务部", "收费岗", STAFF, "21-LD-01", "马小梅", "cashier-lanzhou"),
)  # fmt: skip


def tell_of_organisation(staff: dict[str, Actor], *, at: datetime) -> dict[str, Person]:
    """Sets up departments and posts, appoints people to them and returns the people by name."""
    by = staff["personnel"]
    since = date(at.year - 2, 1, 1)
    companies = {company.code: company for company in Company.objects.all()}
    users = {user.username: user for user in User.objects.all()}
    posts: dict[str, Post] = {}
    people: dict[str, Person] = {}
    for code, post_code, path, title, rank, superior, name, username in POSTS:
        company = companies[code]
        department = department_by_path(company, path.split("/"), first_day=since, by=by, at=at)
        facts = PostFacts(department, title, rank, posts.get(superior))
        posts[post_code] = set_post(company, post_code, facts, first_day=since, by=by, at=at).post
        person = enter_person(
            company,
            f"{code}{len(people) + 1:04d}",
            name,
            user=users.get(username),
            by=by,
            at=at,
        )
        appoint_person(person, posts[post_code], first_day=since, by=by, at=at)
        people[name] = person
    # The auditor of the company is married to the head of engineering: routing respects it.
    relation = InterestFacts(InterestScene.RELATIVE, "夫妻", since, people["贺明山"])
    enter_interest(people["白素云"], relation, by=by, at=at)
    return people
