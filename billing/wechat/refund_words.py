"""What WeChat Pay says of a refund of ours, in words for the desk."""

from django.utils.translation import gettext_lazy as _

from billing.wechatpay.outcomes import Why
from office.language import Text

STATUS_WORDS: dict[str, Text] = {
    "PROCESSING": _("退款处理中"),
    "SUCCESS": _("退款成功"),
    "CLOSED": _("退款已关闭"),
    "ABNORMAL": _("退款异常"),
}
_REFUSAL_WORDS: dict[str, Text] = {
    "NOT_ENOUGH": _("商户账户余额不足"),
    "INVALID_REQUEST": _("这笔收款现在不能这样退"),
    "PARAM_ERROR": _("申请的内容有误"),
    "USER_ACCOUNT_ABNORMAL": _("用户的微信账户异常或已注销"),
    "RESOURCE_NOT_EXISTS": _("微信查不到这笔退款"),
    "MCH_NOT_EXISTS": _("商户号不存在"),
    "NO_AUTH": _("商户没有退款权限"),
    "SIGN_ERROR": _("签名有误"),
    "FREQUENCY_LIMITED": _("申请过于频繁"),
}
_SILENCE_WORDS: dict[str, Text] = {
    Why.NOT_SENT: _("申请没有发出去"),
    Why.NO_ANSWER: _("没有等到答复"),
    Why.BUSY: _("微信繁忙"),
    Why.SERVER_ERROR: _("微信系统出错"),
    Why.UNEXPECTED_STATUS: _("答复不合规定"),
    Why.NOT_TRUSTED: _("答复的签名不能确认"),
    Why.UNREADABLE: _("答复不能读取"),
    Why.OTHER_ORDER: _("答复说的是另一笔款"),
    Why.TOO_SOON: _("查询过早"),
}


def refund_fault(code: str) -> str:
    """Returns in words why WeChat Pay did not take a refund on, or why nobody knows whether it did;
    a refusal that has no words here keeps its code.
    """
    words = _REFUSAL_WORDS.get(code) or _SILENCE_WORDS.get(code)
    return str(words) if words else str(_("其他原因（%(code)s）") % {"code": code})
