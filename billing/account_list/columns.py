"""The columns of an account list, by the names clerks give them."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from billing.account_list.cells import shown
from office.refusals import Invalid

NAMES: Mapping[str, tuple[str, ...]] = {
    "number": ("户号", "用户编号", "用户号", "客户编号", "缴费户号"),
    "name": ("户名", "用户名称", "用户姓名", "客户名称", "客户姓名", "姓名", "业主姓名", "业主"),
    "id_number": ("证件号码", "证件号", "身份证号", "身份证号码", "身份证", "统一社会信用代码"),
    "phone": ("手机号", "手机号码", "手机"),
    "telephone": ("联系电话", "电话", "电话号码", "联系方式"),
    "community": ("小区", "小区名称", "所属小区", "住宅小区"),
    "building": ("楼号", "楼栋", "楼栋号", "栋号", "幢号", "楼"),
    "unit": ("单元", "单元号"),
    "room": ("房号", "房间号", "室号", "门牌号", "室"),
    "station": ("换热站", "换热站名称", "所属换热站", "热力站"),
    "kind": ("用户类别", "用户类型", "客户类型", "用户性质"),
    "category": ("热价类别", "热价类型", "价格类别", "收费类别"),
    "building_area": ("建筑面积",),
    "inner_area": ("套内面积", "套内建筑面积"),
    "usable_area": ("使用面积",),
    "charge_area": ("计费面积", "收费面积", "供热面积"),
    "height": ("层高",),
    "supply_state": ("供热状态", "用热状态", "状态"),
    "charging": ("计费方式", "收费方式", "计量方式"),
    "meter_number": ("表号", "热表号", "热量表号"),
    "contract_number": ("合同编号", "合同号"),
    "signed_on": ("签订日期", "合同签订日期", "签约日期"),
    "arrears_season": ("往年欠费年度", "欠费年度"),
    "arrears_fen": ("往年欠费金额", "往年欠费", "欠费金额"),
    "low_income": ("低保", "是否低保", "低保户"),
    "remark": ("备注", "说明"),
}
REASON = "原因"
REQUIRED = ("number", "name", "community", "building", "room", "category", "building_area")
_FEWEST = 4
_SEARCHED_ROWS = 50
_KEY_OF = {name: key for key, names in NAMES.items() for name in names}
_BRACKETS = re.compile(r"[(\[（【][^)\]）】]*[)\]）】]|[*:：\s]")


@dataclass(frozen=True)
class Header:
    """Where the columns stand: `places` by key, `headings` as they are written in the list."""

    row: int
    places: Mapping[str, int]
    headings: Sequence[str]

    def heading(self, key: str) -> str:
        """The column's name as people know it."""
        return NAMES[key][0]

    @property
    def order(self) -> Mapping[str, int]:
        """The known columns from left to right."""
        return {self.heading(key): place for key, place in self.places.items()}

    @property
    def unknown(self) -> list[str]:
        """Columns of the list that nobody reads."""
        read = set(self.places.values())
        return [
            text
            for place, text in enumerate(self.headings)
            if text and place not in read and text != REASON
        ]


def as_header(row: int, cells: Sequence[object]) -> Header | None:
    """The header, if this row is one."""
    headings = [shown(cell) for cell in cells]
    keys = [_KEY_OF.get(_plain(text)) for text in headings]
    known = [key for key in keys if key]
    if "number" not in known or len(set(known)) < _FEWEST:
        return None
    twice = sorted({NAMES[key][0] for key in known if known.count(key) > 1})
    if twice:
        raise Invalid(
            "column_twice",
            _("表头中重复的列：%(columns)s。请只保留一列。"),
            columns="、".join(twice),
        )
    missing = [NAMES[key][0] for key in REQUIRED if key not in known]
    if missing:
        raise Invalid(
            "column_missing",
            _("表头缺少的列：%(columns)s。请补上后再导入。"),
            columns="、".join(missing),
        )
    places = {key: place for place, key in enumerate(keys) if key}
    return Header(row, places, headings)


def may_still_come(row: int) -> bool:
    """Whether the header may be further down."""
    return row < _SEARCHED_ROWS


def _plain(heading: str) -> str:
    return _BRACKETS.sub("", unicodedata.normalize("NFKC", heading))
