"""What operations are called where people read about them: the name of their permission."""

from functools import lru_cache

from django.apps import apps

# Verbs nobody needs a permission for: the house itself says them, or a customer.
_UNPERMITTED = {
    "receive_payment": "收款入账",
    "issue_receipt": "开具收据",
    "create_intent": "发起缴费",
    "cancel_intent": "取消缴费",
    "finish_preview": "完成试算",
    "finish_issue": "完成出账",
    "issue_bill": "出账",
    "resume_billing_run": "继续出账批次",
    "open_past_season": "补建往年采暖季",
    "sign_in": "用户登录",
    "sign_out": "用户退出",
    "bind_wechat": "绑定微信",
    "enrol_device": "领取身份验证器密钥",
    "confirm_device": "绑定身份验证器",
    "add": "新建",
    "change": "修改",
}


def action_name(action: str) -> str:
    """The Chinese name of an operation; its identifier when it has none."""
    known = _names()
    if action in known:
        return known[action]
    verb, _, model = action.partition("_")
    if verb in ("add", "change"):
        return _UNPERMITTED[verb] + _models().get(model, model)
    return action


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    metas = [model._meta for model in apps.get_models()]  # noqa: SLF001
    named = {codename: str(name) for meta in metas for codename, name in meta.permissions}
    return {**_UNPERMITTED, **named}


@lru_cache(maxsize=1)
def _models() -> dict[str, str]:
    metas = [model._meta for model in apps.get_models()]  # noqa: SLF001
    return {meta.model_name or "": str(meta.verbose_name) for meta in metas}
