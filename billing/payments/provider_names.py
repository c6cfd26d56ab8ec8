"""The names of the providers from which money comes, by the codes that payments keep."""

from django.utils.translation import gettext_lazy as _

from office.language import Text

_NAMES: dict[str, Text] = {
    "counter": _("收费台"),
    "unionpay": _("银行卡"),
    "bank": _("银行"),
    "wechatpay": _("微信支付"),
}


def provider_name(code: str) -> Text:
    """Returns the name of a provider; its code when it has no name."""
    return _NAMES.get(code, code)
