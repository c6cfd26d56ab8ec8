"""The columns of an account list, recognised by the names that clerks give them."""

from collections.abc import Mapping

from office.intake.columns import Columns

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
REQUIRED = ("number", "name", "community", "building", "room", "category", "building_area")
COLUMNS = Columns(NAMES, REQUIRED, anchor="number")
