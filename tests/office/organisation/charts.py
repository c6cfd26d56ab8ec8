"""A small organisation for tests: pure, and the same one in the tables."""

from datetime import date

from office.models import Appointment, Company, Department, Person, Post, Rank
from office.organisation.chart import Chart, DepartmentOnDay, PostOnDay, Seat
from office.organisation.people import appoint_person, enter_person
from office.organisation.structure import PostFacts, open_department, set_post
from tests.builders import HERE, NOW

FIRST = date(2025, 1, 1)

# Companies, departments, posts and people of the pure chart.
TAIYUAN, GROUP = 1, 9
MANAGEMENT, ENGINEERING, NETWORK, AUDIT, GROUP_BOARD, GROUP_AUDIT = 10, 11, 12, 13, 90, 91
CHAIR, MANAGER, HEAD, FOREMAN, FITTER, AUDITOR, GROUP_AUDITOR, PRESIDENT = 1, 2, 3, 4, 5, 6, 7, 8


def a_chart(*seats: tuple[int, int]) -> Chart:
    """The president leads the manager, who leads the head of engineering, and so down to the
    fitter; audit hangs on the manager. Without seats everybody sits on the post of their number.
    """
    departments = (
        DepartmentOnDay(MANAGEMENT, TAIYUAN, "经理层"),
        DepartmentOnDay(ENGINEERING, TAIYUAN, "工程部"),
        DepartmentOnDay(NETWORK, TAIYUAN, "二次网班", ENGINEERING),
        DepartmentOnDay(AUDIT, TAIYUAN, "审计部"),
        DepartmentOnDay(GROUP_BOARD, GROUP, "董事会"),
        DepartmentOnDay(GROUP_AUDIT, GROUP, "集团审计部"),
    )
    posts = (
        _post(CHAIR, GROUP, GROUP_BOARD, Rank.BOARD, None),
        _post(PRESIDENT, GROUP, GROUP_BOARD, Rank.GROUP_LEADER, CHAIR),
        _post(MANAGER, TAIYUAN, MANAGEMENT, Rank.COMPANY_LEADER, PRESIDENT),
        _post(HEAD, TAIYUAN, ENGINEERING, Rank.DEPARTMENT_HEAD, MANAGER),
        _post(FOREMAN, TAIYUAN, NETWORK, Rank.SUPERVISOR, HEAD),
        _post(FITTER, TAIYUAN, NETWORK, Rank.STAFF, FOREMAN),
        _post(AUDITOR, TAIYUAN, AUDIT, Rank.DEPARTMENT_HEAD, MANAGER),
        _post(GROUP_AUDITOR, GROUP, GROUP_AUDIT, Rank.DEPARTMENT_HEAD, PRESIDENT),
    )
    return Chart(
        {department.key: department for department in departments},
        {post.key: post for post in posts},
        [Seat(*seat) for seat in seats or [(post.key, post.key) for post in posts]],
    )


def _post(key: int, company: int, department: int, rank: Rank, superior: int | None) -> PostOnDay:
    return PostOnDay(key, f"P{key}", f"岗位{key}", company, department, rank, superior)


def a_department(company: Company, name: str, parent: Department | None = None) -> Department:
    return open_department(company, name, parent=parent, first_day=FIRST, by=HERE, at=NOW)


def a_post(
    department: Department,
    code: str,
    rank: Rank = Rank.STAFF,
    superior: Post | None = None,
    first_day: date = FIRST,
) -> Post:
    facts = PostFacts(department, f"岗位{code}", rank, superior)
    return set_post(department.company, code, facts, first_day=first_day, by=HERE, at=NOW).post


def a_person(company: Company, number: str, post: Post | None = None) -> Person:
    person = enter_person(company, number, f"员工{number}", by=HERE, at=NOW)
    if post is not None:
        an_appointment(person, post)
    return person


def an_appointment(person: Person, post: Post, first_day: date = FIRST) -> Appointment:
    return appoint_person(person, post, first_day=first_day, by=HERE, at=NOW)
