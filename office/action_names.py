"""The names of operations as people read them: each is the name of its permission."""

from collections.abc import Iterable
from functools import lru_cache

from django.apps import apps
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.language import Text

# Verbs nobody needs a permission for: the house itself says them, or a customer.
_UNPERMITTED = {
    "receive_payment": _("收款入账"),
    "issue_receipt": _("开具收据"),
    "create_intent": _("发起缴费"),
    "cancel_intent": _("取消缴费"),
    "record_order_outcome": _("记录微信下单结果"),
    "block_refund": _("冻结退款"),
    "close_attempt": _("关闭微信订单"),
    "lose_message": _("短信是否发出不明"),
    "finish_preview": _("完成试算"),
    "return_billing_run": _("退回出账批次"),
    "return_adjustment": _("退回调整单"),
    "return_area_change": _("退回面积变更"),
    "return_stop_heat": _("退回报停申请"),
    "return_resumption": _("退回复热申请"),
    "return_refund_to_source": _("退回原路退款"),
    "release_refund_to_source": _("放弃原路退款，款项退回预存"),
    "send_refund": _("渠道受理退款"),
    "pay_refund": _("渠道退款成功"),
    "close_refund": _("渠道退款关闭"),
    "stall_refund": _("渠道退款异常"),
    "return_advance_refund": _("退回预存退款"),
    "return_late_fee_waiver": _("退回违约金减免"),
    "finish_issue": _("完成出账"),
    "issue_bill": pgettext_lazy("ledger", "出账"),
    "withdraw_visit": _("撤回上门"),
    "keep_withdrawn_step": _("撤回后留存现场记录"),
    "resolve_joined": _("随主单办结"),
    "firm_up_promises": _("节假日公布，承诺转为确定"),
    "firm_up_call_backs": _("节假日公布，回访时限转为确定"),
    "return_award": _("退回定标"),
    "submit_offer": _("提交报价"),
    "unlock_offers": _("开启报价（第一人）"),
    "submit_annual_plan": _("提交年度入网计划"),
    "draw_up_connection_contract": _("拟订入网合同"),
    "enter_signed_contract": _("登记签署的入网合同"),
    "return_credit_move": _("退回入网余款划转"),
    "cancel_credit_move": _("取消入网余款划转"),
    "propose_ring": _("提出串标供应商列入黑名单"),
    "push_offer": _("平台推送报价信息"),
    "answer_call_back": _("用户评价"),
    "judge_solution": _("用户确认"),
    "show_screen_pop": _("来电查询"),
    "reject_bank_account": _("退回收款账户"),
    "end_relation": _("解除供应商关联关系"),
    "reject_paper": _("供应商证照未通过核验"),
    "approve_admission": _("同意供应商准入"),
    "return_admission": _("退回供应商准入"),
    "reject_admission": _("不予准入"),
    "resubmit_admission": _("重新提交供应商准入"),
    "withdraw_admission": _("撤回供应商准入"),
    "fail_site_visit": _("考察未通过"),
    "give_trial_opinion": _("登记试用意见"),
    "return_application": _("退回入网申请补正"),
    "resubmit_application": _("重新提交入网申请"),
    "pass_survey": _("踏勘可行"),
    "fail_survey": _("踏勘不可行"),
    "return_design": _("退回初步设计"),
    "invite_reviewers": _("邀请会审"),
    "give_outside_opinion": _("外部专家签署会审意见"),
    "pass_review": _("联合会审通过"),
    "meet_review_condition": _("确认会审条件"),
    "approve_connection_plan": _("同意入网方案与预算"),
    "return_connection_plan": _("退回入网方案与预算"),
    "amend_connection_contract": _("登记入网补充协议"),
    "report_defect": _("登记施工缺陷"),
    "close_defect": _("确认缺陷整改"),
    "resume_connection": _("恢复办理入网"),
    "withdraw_connection": _("撤回入网申请"),
    "reopen_connection": _("重新办理入网"),
    "warn_of_expiry": _("证照到期提醒"),
    "open_recheck": _("发起年度复查"),
    "return_rectification": _("退回整改"),
    "renew_papers": _("供应商提交证照"),
    "approve_ban": _("同意列入黑名单"),
    "return_ban": _("退回列入黑名单"),
    "reject_ban": _("不予列入黑名单"),
    "resubmit_ban": _("重新提交列入黑名单"),
    "withdraw_ban": _("撤回列入黑名单"),
    "uphold_appeal": _("黑名单申诉成立"),
    "deny_appeal": _("黑名单申诉不成立"),
    "issue_certificate": _("颁发证书"),
    "preview_dunning_run": _("预览催缴批次"),
    "finish_dunning_preview": _("完成催缴预览"),
    "return_dunning_run": _("退回催缴批次"),
    "finish_dunning_run": _("完成催缴"),
    "resume_dunning_run": _("继续催缴批次"),
    "cancel_dunning_run": _("取消催缴批次"),
    "preview_renewal_run": _("预览续签批次"),
    "finish_renewal_preview": _("完成续签预览"),
    "return_renewal_run": _("退回续签批次"),
    "finish_renewal": _("完成续签"),
    "resume_renewal_run": _("继续续签批次"),
    "cancel_renewal_run": _("取消续签批次"),
    "ask_signature": _("发起电子签署"),
    "record_placed_signing": _("电子签署平台已受理"),
    "record_esignature": _("登记电子签署"),
    "cancel_signing": _("取消电子签署"),
    "draw_up_ending": _("拟订终止协议"),
    "draw_up_transfer": _("拟订过户协议"),
    "amend_contract": _("拟订补充协议"),
    "discard_contract_template": _("放弃合同文本"),
    "finish_scoring": _("完成评审计分"),
    "name_panel_member": _("指定评委"),
    "fill_panel_sheet": _("填写评审表"),
    "return_rating_run": _("退回年度评审"),
    "reopen_rating_run": _("重新评审"),
    "resume_rating_run": _("继续年度评审计分"),
    "cancel_rating_run": _("取消年度评审"),
    "lift_breach": _("取消订单违约"),
    "withdraw_entry": _("撤销供货记录"),
    "record_ringing": _("来电振铃"),
    "escalate_call_back": _("回访转主管"),
    "give_up_call_back": _("回访未能接通"),
    "resume_billing_run": _("继续出账批次"),
    "resume_notice": _("继续发送通知"),
    "open_past_season": _("补建往年采暖季"),
    "sign_in": _("用户登录"),
    "sign_out": _("用户退出"),
    "bind_wechat": _("绑定微信"),
    "enrol_device": _("领取身份验证器密钥"),
    "confirm_device": _("绑定身份验证器"),
    "find_document_damaged": _("发现档案被改动或丢失"),
    "issue_link": _("签发一次性链接"),
    "use_link": _("使用一次性链接"),
    "revoke_link": _("作废一次性链接"),
    "export_list": _("导出列表"),
    "learn_certificate": _("取得微信支付平台证书"),
    "remember_headings": _("登记对账单列名"),
    "book_group_payment": _("一笔多户入账"),
    "add_surveyed_area": _("登记片区"),
    "link_entered_payment": _("关联已登记的转账"),
}
_EDITS = {
    "view": _("查看%(what)s"),
    "add": _("新建%(what)s"),
    "change": _("修改%(what)s"),
    "delete": _("删除%(what)s"),
}


def action_name(action: str) -> str:
    """Returns the name of an operation or a permission; its identifier when it has no name."""
    names = _names()
    if action in names:
        return str(names[action])
    verb, _between, model = action.partition("_")
    if verb in _EDITS:
        return str(_EDITS[verb]) % {"what": _models().get(model, model)}
    return action


def action_names(edited: Iterable[type[Model]]) -> dict[str, str]:
    """Returns the name of every operation and of every edit of these models, by its identifier."""
    edits = [f"{verb}_{model._meta.model_name}" for model in edited for verb in ("add", "change")]  # noqa: SLF001
    return {action: action_name(action) for action in dict.fromkeys([*_names(), *edits])}


@lru_cache(maxsize=1)
def _names() -> dict[str, Text]:
    metas = [model._meta for model in apps.get_models()]  # noqa: SLF001
    named = {codename: name for meta in metas for codename, name in meta.permissions}
    return {**_UNPERMITTED, **named}


@lru_cache(maxsize=1)
def _models() -> dict[str, Text]:
    metas = [model._meta for model in apps.get_models()]  # noqa: SLF001
    return {meta.model_name or "": meta.verbose_name or "" for meta in metas}
