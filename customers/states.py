"""Every workflow of the customers' desks."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from customers.connection_states import ANNUAL_PLAN, CONNECTION
from office.workflow import Move, Workflow


class MessageState(TextChoices):
    WAITING = "waiting", _("待发送")
    SENDING = "sending", _("发送中")
    SENT = "sent", _("已发送")
    FAILED = "failed", _("发送失败")
    UNCLEAR = "unclear", _("是否发出不明")
    EXPIRED = "expired", _("过时未发")


_M = MessageState
# The states that need a person: these messages may not have arrived.
UNSENT = (_M.FAILED, _M.UNCLEAR)

MESSAGE = Workflow(
    name=_("短信"),
    table="customers_message",
    column="state",
    states=MessageState,
    initial=_M.WAITING,
    moves=(
        Move("claim_message", _("取走发送"), (_M.WAITING,), _M.SENDING),
        Move("record_sent", _("网关已收"), (_M.SENDING,), _M.SENT),
        Move("put_back_message", _("稍后再试"), (_M.SENDING,), _M.WAITING),
        Move("give_up_message", _("不再重试"), (_M.SENDING,), _M.FAILED),
        Move("lose_message", _("没有下文"), (_M.SENDING,), _M.UNCLEAR),
        Move("expire_message", _("过时"), (_M.WAITING,), _M.EXPIRED),
        Move("resend_message", _("重新发送"), UNSENT, _M.WAITING, "customers.resend_message"),
    ),
)


class ContractTemplateState(TextChoices):
    DRAFT = "draft", _("草稿")
    PUBLISHED = "published", _("已发布")
    DISCARDED = "discarded", _("已放弃")


_T = ContractTemplateState
CONTRACT_TEMPLATE = Workflow(
    name=_("合同文本"),
    table="customers_contracttemplate",
    column="state",
    states=ContractTemplateState,
    initial=_T.DRAFT,
    moves=(
        Move(
            "publish_contract_template",
            _("发布"),
            (_T.DRAFT,),
            _T.PUBLISHED,
            "customers.publish_contract_template",
        ),
        Move(
            "discard_contract_template",
            _("放弃"),
            (_T.DRAFT,),
            _T.DISCARDED,
            "customers.draft_contract_template",
        ),
    ),
)


class RenewalRunState(TextChoices):
    SCOPED = "scoped", _("已建立")
    PREVIEWING = "previewing", _("预览中")
    PREVIEWED = "previewed", _("待审核")
    APPROVED = "approved", _("已审核")
    ISSUING = "issuing", _("续签中")
    ISSUED = "issued", _("已续签")
    CANCELLED = "cancelled", _("已取消")


_R = RenewalRunState
RENEWAL_RUN = Workflow(
    name=_("续签批次"),
    table="customers_renewalrun",
    column="state",
    states=RenewalRunState,
    initial=_R.SCOPED,
    moves=(
        Move(
            "preview_renewal_run",
            _("预览"),
            (_R.SCOPED, _R.PREVIEWED, _R.APPROVED),
            _R.PREVIEWING,
            "customers.create_renewal_run",
        ),
        Move("finish_renewal_preview", _("完成预览"), (_R.PREVIEWING,), _R.PREVIEWED),
        Move(
            "approve_renewal_run",
            _("审核通过"),
            (_R.PREVIEWED,),
            _R.APPROVED,
            "customers.approve_renewal_run",
        ),
        Move(
            "return_renewal_run",
            _("退回"),
            (_R.PREVIEWED,),
            _R.SCOPED,
            "customers.approve_renewal_run",
        ),
        Move(
            "issue_renewal_run",
            _("办理续签"),
            (_R.APPROVED,),
            _R.ISSUING,
            "customers.issue_renewal_run",
        ),
        Move("finish_renewal", _("完成续签"), (_R.ISSUING,), _R.ISSUED),
        Move(
            "cancel_renewal_run",
            _("取消批次"),
            (_R.SCOPED, _R.PREVIEWED, _R.APPROVED),
            _R.CANCELLED,
            "customers.create_renewal_run",
        ),
    ),
)


class SigningRequestState(TextChoices):
    ASKED = "asked", _("待发送")
    PLACED = "placed", _("待对方签署")
    SIGNED = "signed", _("已签署")
    CANCELLED = "cancelled", _("已取消")


_S = SigningRequestState
SIGNING_REQUEST = Workflow(
    name=_("电子签署申请"),
    table="customers_signingrequest",
    column="state",
    states=SigningRequestState,
    initial=_S.ASKED,
    moves=(
        Move(
            "record_placed_signing",
            _("平台已受理"),
            (_S.ASKED,),
            _S.PLACED,
            "customers.sign_contract",
        ),
        Move(
            "record_esignature",
            _("对方已签署"),
            (_S.PLACED,),
            _S.SIGNED,
            "customers.sign_contract",
        ),
        Move(
            "cancel_signing",
            _("取消"),
            (_S.ASKED, _S.PLACED),
            _S.CANCELLED,
            "customers.sign_contract",
        ),
    ),
)

WORKFLOWS = (MESSAGE, CONTRACT_TEMPLATE, RENEWAL_RUN, SIGNING_REQUEST, CONNECTION, ANNUAL_PLAN)
