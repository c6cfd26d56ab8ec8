"""The facts of a journal entry as people read them: a name and a text for each."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from office.action_names import action_name
from office.documents.document_kinds import KINDS
from office.language import Text, in_readers_language
from office.models import JournalEntry
from office.money import yuan_text
from office.zone import SHANGHAI

# Every fact that an operation writes; `tests/office/test_journal.py` reads the operations.
NAMES: dict[str, Text] = {
    "accepted": _("合格数量"),
    "account": _("户号"),
    "accounts": _("户数或户号"),
    "accounts_new": _("新增户数"),
    "advance_fen": _("预存余额"),
    "after": _("改后"),
    "after_unanswered": _("未接通后"),
    "agent": _("坐席"),
    "agrees": _("同意"),
    "amount_fen": _("金额"),
    "area": _("面积（m²）"),
    "base": _("计算基数"),
    "before": _("改前"),
    "bill": _("账单"),
    "bills": _("账单数"),
    "blocked_fen": _("冻结"),
    "books_fen": _("账上收款"),
    "breached": _("超时"),
    "call_back": _("第几次回访"),
    "carried": _("余额处理"),
    "cause": _("事由"),
    "changed": _("改动项"),
    "code": _("编码"),
    "coldest": _("最低温度（°C）"),
    "channel": _("方式"),
    "closes_on": _("受理止日"),
    "conditions": _("附带条件"),
    "contract": _("合同"),
    "contracts": _("合同数"),
    "copy": _("第几份"),
    "counted_fen": _("实点现金"),
    "crew": _("班组"),
    "customer": _("用户编号"),
    "day": _("日期"),
    "days": _("起止日期"),
    "days_after_due": _("逾期天数"),
    "decision": _("处理意见"),
    "department": _("部门"),
    "deputy": _("受托人"),
    "distance_m": _("距管网（米）"),
    "done_on": _("办理日期"),
    "drawn": _("抽取户数"),
    "dry_run": _("只检查"),
    "due_at": _("到期"),
    "due_on": _("期限"),
    "effective_from": _("生效日期"),
    "elapsed_minutes": _("用时"),
    "ended": _("退出的登录"),
    "ends": _("截止日期"),
    "ends_at": _("结束"),
    "error": _("错误"),
    "error_code": _("错误代码"),
    "expected_fen": _("应有现金"),
    "failures": _("失败次数"),
    "faults": _("有误的行数"),
    "fields": _("改动项"),
    "filters": _("筛选条件"),
    "first_day": _("起始日期"),
    "flats": _("户数"),
    "float_fen": _("备用金"),
    "from_amount_fen": _("起始金额"),
    "group_wide": _("全集团"),
    "happened_at": _("实际时间"),
    "headings": _("列名"),
    "heat_load_kw": _("热负荷（kW）"),
    "held_reason": _("待核实原因"),
    "hours_between": _("间隔小时"),
    "in_suspense": _("待查款项"),
    "issues": _("问题数"),
    "kind": _("种类"),
    "label": _("采暖季"),
    "last_day": _("截止日期"),
    "late": _("逾期"),
    "level": _("级别"),
    "levels": _("审批级次"),
    "limit_fen": _("限额"),
    "lines": _("明细行数"),
    "list": _("列表"),
    "main": _("主单"),
    "members": _("班组成员"),
    "merged": _("并入的信用代码"),
    "meter": _("表号"),
    "method": _("方式"),
    "missing": _("缺少材料"),
    "most_attempts": _("最多次数"),
    "most_per_day": _("每日用热量上限"),
    "name": _("名称"),
    "new_contract": _("新合同"),
    "new_customer": _("新用户编号"),
    "new_lines": _("新增明细"),
    "next_on": _("下次日期"),
    "notice": _("通知"),
    "notices": _("催缴户数"),
    "number": _("编号"),
    "numbers": _("户号"),
    "old_contract": _("原合同"),
    "old_customer": _("原用户编号"),
    "on": _("日期"),
    "open_fen": _("未缴"),
    "opening_arrears_new_fen": _("新增期初欠费"),
    "opens_on": _("受理起日"),
    "order": _("清偿顺序"),
    "ordinal": _("序号"),
    "ordinals": _("面积序号"),
    "outcome": _("结果"),
    "outside": _("外部专家"),
    "papers": _("证照"),
    "paper": _("合同文件"),
    "parked": _("暂缓数"),
    "part_count": _("期数"),
    "parts": _("户数"),
    "passed": _("达标"),
    "payer": _("付款单位（人）"),
    "people": _("人员"),
    "per_day": _("每日比例"),
    "person": _("工号"),
    "post": _("岗位编码"),
    "promised": _("承诺时间"),
    "purpose": _("用途"),
    "rank": _("职级"),
    "provider_fen": _("渠道收款"),
    "read_on": _("抄表日期"),
    "reason": _("说明"),
    "receipt": _("收据号"),
    "received": _("到货数量"),
    "redo": _("第几次返工"),
    "reference": _("银行流水号"),
    "refund": _("退款单号"),
    "remark": _("备注"),
    "reopened_bills": _("恢复欠费的账单"),
    "reported_at": _("报告时间"),
    "restored_at": _("恢复时间"),
    "returned_by": _("退回人"),
    "roles": _("角色"),
    "replaces": _("替代证书"),
    "result": _("结果"),
    "rows": _("行数"),
    "rows_new": _("新增行数"),
    "rows_refused": _("未通过行数"),
    "said": _("内容"),
    "sample_percent": _("抽查比例（%）"),
    "scope": _("范围户数"),
    "score": _("得分"),
    "season": _("采暖季"),
    "seed": _("抽样种子"),
    "settled_fen": _("结清欠费"),
    "sha256": _("文件 SHA-256"),
    "signed_by": _("签署人"),
    "signer": _("签署人"),
    "solved": _("已解决"),
    "source": _("来源"),
    "starts": _("起始日期"),
    "starts_at": _("开始"),
    "state": _("状态"),
    "still_open": _("未办结工单"),
    "superior": _("上级岗位"),
    "supplier": _("供应商"),
    "suppliers": _("供应商数"),
    "surveyor": _("查勘人"),
    "team": _("考察组"),
    "template": _("合同范本"),
    "terms": _("规则"),
    "test": _("测温编号"),
    "through": _("登录方式"),
    "ticket_class": _("工单类别"),
    "tickets": _("工单"),
    "till": _("收款台"),
    "title": _("名称"),
    "top_up_fen": _("补足热费"),
    "transaction_id": _("渠道流水号"),
    "unanswered": _("未接通次数"),
    "unit": _("计量单位"),
    "until": _("截止"),
    "upheld": _("异议成立"),
    "user": _("登录用户"),
    "users": _("参加人"),
    "valid_until": _("有效期至"),
    "value": _("读数"),
    "verb": _("步骤"),
    "verdict": _("判断"),
    "version": _("版本"),
    "visit": _("第几次上门"),
    "waived_fen": _("减免"),
    "way": _("计费办法"),
    "year": _("年份"),
}
_WAYS_IN = {"wechat": _("微信"), "phone": _("手机验证码")}
# The parts of a clock rule (`office/clock/terms.py`), which stands in the fact "terms".
_RULE_PARTS: dict[str, Text] = {
    "kind": _("计时方式"),
    "days": _("天数"),
    "hours": _("小时数"),
    "cutoff": _("当日受理截止"),
    "day_end": _("当日截止时刻"),
    "next_day_end": _("次日截止时刻"),
}
_RULE_KINDS: dict[str, Text] = {
    "same_day": _("当日办结"),
    "calendar_days": _("自然日"),
    "working_days": _("工作日"),
    "elapsed": _("小时"),
}
_IN_MINUTES = "_minutes"
_IN_FEN = "_fen"


def facts_of(entry: JournalEntry) -> list[tuple[Text, str]]:
    """Returns the entry's facts as pairs of a name and a text, without those that are empty."""
    return [
        (NAMES.get(name, name), text)
        for name, value in entry.facts.items()
        if (text := _text(name, value, entry))
    ]


def facts_text(entry: JournalEntry) -> str:
    """Returns the facts in one line, such as "金额 1,620.00 元；方式 现金"."""
    return "；".join(f"{name} {text}" for name, text in facts_of(entry))


def _text(name: str, value: Any, entry: JournalEntry) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, list):
        return "、".join(_text(name, item, entry) for item in value)
    if isinstance(value, dict):
        parts = ((key, _text(key, part, entry)) for key, part in value.items())
        names = _RULE_PARTS if name == "terms" else NAMES
        named = ((names.get(key) or _column_name(entry, key), text) for key, text in parts if text)
        return "，".join(f"{key} {text}" for key, text in named)
    if isinstance(value, int):
        return _figure(name, value)
    return _words(name, str(value), entry)


def _figure(name: str, value: int) -> str:
    if name.endswith(_IN_FEN):
        return gettext("%(amount)s 元") % {"amount": yuan_text(value)}
    if name.endswith(_IN_MINUTES):
        return ngettext("%(n)s 分钟", "%(n)s 分钟", value) % {"n": value}
    return str(value)


def _words(name: str, text: str, entry: JournalEntry) -> str:
    """Returns the words for a stored code or moment; other texts are returned as they are."""
    if name in ("verb", "purpose"):
        return action_name(text)
    if name == "levels":
        return action_name(text.rpartition(".")[2])
    if name == "roles":
        return in_readers_language(text)
    if name == "through":
        return str(_WAYS_IN.get(text, text))
    if name == "fields":
        return _column_name(entry, text)
    if name == "kind" and (kind := KINDS.get(text) or _RULE_KINDS.get(text)):
        return str(kind)
    if name in ("before", "after"):
        codes = {**_choices("ticket_class", entry), **_choices("subject", entry)}
        return " ".join(str(codes.get(code, code)) for code in text.split())
    if (moment := _moment(text)) is not None:
        return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return str(_choices(name, entry).get(text, text))


def _column_name(entry: JournalEntry, name: str) -> str:
    model = entry.record_type.model_class()
    columns = {} if model is None else {f.name: f for f in model._meta.get_fields()}  # noqa: SLF001
    return str(getattr(columns.get(name), "verbose_name", name))


def _moment(text: str) -> datetime | None:
    if "T" not in text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _choices(name: str, entry: JournalEntry) -> dict[str, Text]:
    """Returns the words of the codes that a column of this name may hold: a fact is called like
    the column whose code it holds, of the record itself or else of a table of the same app.
    """
    kind = entry.record_type
    return _words_of_codes(name, kind.app_label, kind.model)


@lru_cache
def _words_of_codes(name: str, app_label: str, model_name: str) -> dict[str, Text]:
    models = [model._meta for model in apps.get_models()]  # noqa: SLF001
    # The nearest comes last and wins.
    models.sort(key=lambda meta: (meta.app_label == app_label, meta.model_name == model_name))
    fields = (field for meta in models for field in meta.concrete_fields if field.name == name)
    return {code: word for field in fields if field.choices for code, word in field.flatchoices}
