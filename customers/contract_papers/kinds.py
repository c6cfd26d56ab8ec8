"""The blanks that the wording of each kind of contract may have, with an example of each."""

from collections.abc import Mapping
from dataclasses import dataclass

from customers.models import ContractKind


@dataclass(frozen=True)
class Blank:
    """One blank of a contract: its name in the wording, an example, and its width in characters."""

    name: str
    example: str
    width: int


@dataclass(frozen=True)
class PaperKind:
    """What the wording of a kind may and must name, and what its papers are called in short.

    `required` blanks make the contract what it is: a wording without them is refused.
    """

    blanks: tuple[Blank, ...]
    required: tuple[str, ...]
    has_term: bool = False

    @property
    def examples(self) -> dict[str, str]:
        """Returns the example of every blank, for the specimen of a template."""
        return {blank.name: blank.example for blank in self.blanks}

    @property
    def widths(self) -> dict[str, int]:
        """Returns the width of every blank."""
        return {blank.name: blank.width for blank in self.blanks}


_PARTIES = (
    Blank("供热人", "太原市再生能源供热有限公司", 18),
    Blank("用热人", "王秀英", 12),
    Blank("户号", "1100000001", 9),
    Blank("用热地址", "汾河小区3号楼1单元101", 24),
)
_SUPPLY = (
    *_PARTIES,
    Blank("联系电话", "139****0001", 8),
    Blank("用热面积", "114.36 m²", 9),
    Blank("热价类别", "居民住宅", 10),
    Blank("计费方式", "面积", 4),
    Blank("生效日期", "2026年11月1日", 9),
    Blank("届满日期", "2029年3月31日", 9),
    Blank("服务热线", "400-000-1234", 9),
)
_OF_A_CONTRACT = (Blank("原合同编号", "11202600000001", 13), Blank("约定日期", "2026年11月1日", 9))

KINDS: Mapping[str, PaperKind] = {
    ContractKind.RESIDENT: PaperKind(
        _SUPPLY, ("供热人", "用热人", "户号", "用热地址", "生效日期", "届满日期"), has_term=True
    ),
    ContractKind.BUSINESS: PaperKind(
        _SUPPLY, ("供热人", "用热人", "户号", "用热地址", "生效日期", "届满日期"), has_term=True
    ),
    ContractKind.CONNECTION: PaperKind(
        (
            Blank("供热人", "太原市再生能源供热有限公司", 18),
            Blank("入网单位", "山西某某房地产开发有限公司", 18),
            Blank("项目名称", "滨河花园一期", 16),
            Blank("项目地址", "晋源区新晋祠路 88 号", 24),
            Blank("入网面积", "21,000.00 m²", 10),
            Blank("入网单价", "70.00 元/m²", 9),
            Blank("合同金额", "1,470,000.00 元", 12),
            Blank("金额大写", "壹佰肆拾柒万元整", 18),
            Blank("付款安排", "签订后 10 日内 60%，通热前 40%", 26),
            Blank("计划通热日期", "2027年11月1日", 9),
            Blank("联系电话", "0351-***4321", 9),
            Blank("服务热线", "400-000-1234", 9),
        ),
        ("供热人", "入网单位", "项目名称", "入网面积", "合同金额"),
    ),
    ContractKind.AMENDMENT: PaperKind(
        (
            *_PARTIES,
            *_OF_A_CONTRACT,
            Blank("变更内容", "用热面积由 114.36 m² 变更为 120.00 m²", 34),
        ),
        ("供热人", "用热人", "原合同编号", "变更内容"),
    ),
    ContractKind.TRANSFER: PaperKind(
        (*_PARTIES, *_OF_A_CONTRACT, Blank("原用热人", "李建国", 12)),
        ("供热人", "用热人", "原用热人", "户号", "约定日期"),
    ),
    ContractKind.ENDING: PaperKind(
        (
            *_PARTIES,
            *_OF_A_CONTRACT,
            Blank("终止原因", "房屋拆迁", 20),
            Blank("未缴金额", "0.00 元", 10),
            Blank("预存余额", "120.00 元", 10),
            Blank("结转说明", "余额按用户申请退还", 24),
        ),
        ("供热人", "用热人", "原合同编号", "约定日期", "未缴金额", "预存余额"),
    ),
}
