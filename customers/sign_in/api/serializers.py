"""The requests and answers of the customer's sign-in."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class CodeRequestSerializer(serializers.Serializer[Any]):
    phone = serializers.CharField(min_length=11, max_length=20, help_text=_("11 位手机号"))


class CodeSentSerializer(serializers.Serializer[Any]):
    """The answer to every phone, whether it is registered or not."""

    expires_in = serializers.IntegerField(help_text=_("验证码有效秒数"))
    retry_after = serializers.IntegerField(help_text=_("多少秒后可重新获取"))


class KeepField(serializers.ChoiceField):
    """The way in which the token is stored: the caller receives it, or our pages get an HttpOnly
    cookie.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=["token", "cookie"], default="token", **options)


class SignInSerializer(serializers.Serializer[Any]):
    phone = serializers.CharField(min_length=11, max_length=20)
    code = serializers.RegexField(r"^[0-9]{6}$", max_length=6)
    wechat_ticket = serializers.CharField(
        required=False, max_length=1000, help_text=_("wechat_not_bound 时得到的凭据，绑定此微信")
    )
    keep = KeepField()


class WechatSignInSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=128, help_text=_("微信网页授权 code"))
    keep = KeepField()


class SignedInSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(
        allow_null=True, help_text=_("仅此一次返回；keep=cookie 时为 null")
    )
    phone = serializers.CharField(help_text=_("打码的手机号"))
    expires_at = serializers.DateTimeField()


class WhoSerializer(serializers.Serializer[Any]):
    phone = serializers.CharField(help_text=_("打码的手机号"))
    through_wechat = serializers.BooleanField(help_text=_("可用 wechat_jsapi 支付"))
    expires_at = serializers.DateTimeField()
