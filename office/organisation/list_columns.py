"""The columns of the two lists, by the names that clerks give them, and their parsers."""

from collections.abc import Mapping
from datetime import date

from office.forms.typed_numbers import read_number
from office.intake.cells import CellFault, clean_text, exact_code, read_code, read_date
from office.intake.cells import is_blank as blank
from office.intake.columns import Columns
from office.intake.row_reader import Reader, text_reader
from office.models import OrganisationListKind, Rank

POSTS = Columns(
    {
        "code": ("岗位编码", "岗位编号", "编码"),
        "name": ("岗位名称", "岗位", "职务"),
        "department": ("部门", "所在部门", "部门路径"),
        "rank": ("职级", "级别"),
        "superior": ("上级岗位编码", "上级岗位", "汇报岗位"),
        "first_day": ("生效日期", "设立日期", "日期"),
    },
    ("code", "name", "department", "rank", "first_day"),
    anchor="code",
)
PEOPLE = Columns(
    {
        "number": ("工号", "员工编号", "人员编号"),
        "name": ("姓名", "人员姓名"),
        "post": ("岗位编码", "岗位编号"),
        "first_day": ("任职日期", "到岗日期", "开始日期"),
        "last_day": ("离任日期", "结束日期"),
        "username": ("登录名", "用户名", "账号"),
    },
    ("number", "name", "post", "first_day"),
    anchor="number",
)
COLUMNS: dict[OrganisationListKind, Columns] = {
    OrganisationListKind.POSTS: POSTS,
    OrganisationListKind.PEOPLE: PEOPLE,
}
# The column by which the report names a row.
NAME_KEYS: dict[OrganisationListKind, str] = {
    OrganisationListKind.POSTS: "name",
    OrganisationListKind.PEOPLE: "name",
}
_RANKS = {str(rank.label): rank for rank in Rank}


def _code(cell: object) -> str:
    return read_code(exact_code(cell))


def _code_or_none(cell: object) -> str:
    return "" if blank(cell) else _code(cell)


def _day_or_none(cell: object) -> date | None:
    return None if blank(cell) else read_date(cell)


def _path(cell: object) -> list[str]:
    """Returns the names of a department's path, such as 工程部/二次网班, the highest first."""
    names = [name.strip() for name in clean_text(cell).replace("\\", "/").split("/")]
    if not all(names):
        raise CellFault("为空" if names == [""] else "的路径中有空的一级")
    return names


def _rank(cell: object) -> Rank:
    word = clean_text(cell)
    if word in _RANKS:
        return _RANKS[word]
    number = read_number(word)
    if number in Rank.values:
        return Rank(number)
    raise CellFault("应为" + "、".join(_RANKS))


READERS: dict[OrganisationListKind, Mapping[str, Reader]] = {
    OrganisationListKind.POSTS: {
        "code": _code,
        "name": text_reader(60, needed=True),
        "department": _path,
        "rank": _rank,
        "superior": _code_or_none,
        "first_day": read_date,
    },
    OrganisationListKind.PEOPLE: {
        "number": _code,
        "name": text_reader(40, needed=True),
        "post": _code,
        "first_day": read_date,
        "last_day": _day_or_none,
        "username": text_reader(150),
    },
}
