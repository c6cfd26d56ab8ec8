"""Every workflow of the suppliers' desks on one screen."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from office.workflow import Move, Workflow
from suppliers.rating_states import RATING_RULE, RATING_RUN


class BankAccountState(TextChoices):
    PROPOSED = "proposed", _("待复核")
    CONFIRMED = "confirmed", _("使用中")
    REJECTED = "rejected", _("未通过")
    ENDED = "ended", _("已停用")


class PaperState(TextChoices):
    HANDED_IN = "handed_in", _("待核验")
    VERIFIED = "verified", _("已核验")
    REJECTED = "rejected", _("未通过")
    REPLACED = "replaced", _("已换新")


class AdmissionState(TextChoices):
    IN_REVIEW = "in_review", _("审批中")
    RETURNED = "returned", _("已退回")
    VISIT = "visit", _("考察")
    TRIAL = "trial", _("试用")
    QUALIFIED = "qualified", _("已合格")
    REJECTED = "rejected", _("未通过")
    WITHDRAWN = "withdrawn", _("已撤回")


OPEN_ADMISSIONS = (
    AdmissionState.IN_REVIEW,
    AdmissionState.RETURNED,
    AdmissionState.VISIT,
    AdmissionState.TRIAL,
)


class SiteVisitState(TextChoices):
    PLANNED = "planned", _("待考察")
    PASSED = "passed", _("考察通过")
    FAILED = "failed", _("考察未通过")
    CALLED_OFF = "called_off", _("已取消")


class TrialState(TextChoices):
    ORDERED = "ordered", _("待到货验收")
    INSPECTED = "inspected", _("试用中")
    CONFIRMED = "confirmed", _("试用通过")
    REFUSED = "refused", _("试用未通过")
    CALLED_OFF = "called_off", _("已取消")


class BanState(TextChoices):
    IN_REVIEW = "in_review", _("审批中")
    RETURNED = "returned", _("已退回")
    IN_FORCE = "in_force", _("已列入")
    LIFTED = "lifted", _("已解除")
    REJECTED = "rejected", _("不予列入")
    WITHDRAWN = "withdrawn", _("已撤回")


class AppealState(TextChoices):
    OPEN = "open", _("待裁定")
    UPHELD = "upheld", _("申诉成立")
    DENIED = "denied", _("申诉不成立")


class RecheckState(TextChoices):
    OPEN = "open", _("待复查")
    DONE = "done", _("已复查")


class IssueState(TextChoices):
    OPEN = "open", _("整改中")
    REPORTED = "reported", _("待验证")
    VERIFIED = "verified", _("已验证")


class SourcingState(TextChoices):
    DRAFT = "draft", _("准备")
    INVITING = "inviting", _("报价中")
    UNLOCKED = "unlocked", _("等待第二人开启")
    OPENED = "opened", _("评比")
    PROPOSED = "proposed", _("定标审批中")
    AWARDED = "awarded", _("已定标")
    CALLED_OFF = "called_off", _("已终止")


_B = BankAccountState
BANK_ACCOUNT = Workflow(
    name=_("收款账户"),
    table="suppliers_supplierbankaccount",
    column="state",
    states=BankAccountState,
    initial=_B.PROPOSED,
    moves=(
        Move(
            "confirm_bank_account",
            _("复核通过"),
            (_B.PROPOSED,),
            _B.CONFIRMED,
            "suppliers.confirm_bank_account",
        ),
        Move(
            "reject_bank_account",
            _("不通过"),
            (_B.PROPOSED,),
            _B.REJECTED,
            "suppliers.confirm_bank_account",
        ),
        Move("end_bank_account", _("停用"), (_B.CONFIRMED,), _B.ENDED),
    ),
)

_P = PaperState
PAPER = Workflow(
    name=_("供应商证照"),
    table="suppliers_supplierpaper",
    column="state",
    states=PaperState,
    initial=_P.HANDED_IN,
    moves=(
        Move("verify_paper", _("核验通过"), (_P.HANDED_IN,), _P.VERIFIED, "suppliers.verify_paper"),
        Move("reject_paper", _("不通过"), (_P.HANDED_IN,), _P.REJECTED, "suppliers.verify_paper"),
        Move("replace_paper", _("换新"), (_P.VERIFIED,), _P.REPLACED),
    ),
)

_A = AdmissionState
ADMISSION = Workflow(
    name=_("供应商准入"),
    table="suppliers_admission",
    column="state",
    states=AdmissionState,
    initial=_A.IN_REVIEW,
    moves=(
        # The permissions of the levels stand in the kind of the approval.
        Move("approve_admission", _("审批通过"), (_A.IN_REVIEW,), _A.VISIT),
        Move("return_admission", _("退回"), (_A.IN_REVIEW,), _A.RETURNED),
        Move("reject_admission", _("不予准入"), (_A.IN_REVIEW,), _A.REJECTED),
        Move(
            "resubmit_admission",
            _("重新提交"),
            (_A.RETURNED,),
            _A.IN_REVIEW,
            "suppliers.apply_for_admission",
        ),
        Move("plan_site_visit", _("安排考察"), (_A.VISIT,), _A.VISIT, "suppliers.plan_site_visit"),
        Move("pass_site_visit", _("考察通过"), (_A.VISIT,), _A.TRIAL, "suppliers.pass_site_visit"),
        Move(
            "fail_site_visit",
            _("考察未通过"),
            (_A.VISIT,),
            _A.VISIT,
            "suppliers.pass_site_visit",
        ),
        Move("order_trial", _("下达试用"), (_A.TRIAL,), _A.TRIAL, "suppliers.order_trial"),
        Move("inspect_trial", _("到货验收"), (_A.TRIAL,), _A.TRIAL, "suppliers.inspect_trial"),
        # Each of the three roles has a permission of its own.
        Move("give_trial_opinion", _("试用意见"), (_A.TRIAL,), _A.TRIAL),
        Move(
            "qualify_supplier",
            _("准予批量供应"),
            (_A.TRIAL,),
            _A.QUALIFIED,
            "suppliers.qualify_supplier",
        ),
        Move(
            "withdraw_admission",
            _("撤回"),
            (_A.IN_REVIEW, _A.RETURNED, _A.VISIT, _A.TRIAL),
            _A.WITHDRAWN,
            "suppliers.apply_for_admission",
        ),
        Move(
            "stop_admission",
            _("终止准入"),
            (_A.RETURNED, _A.VISIT, _A.TRIAL),
            _A.REJECTED,
            "suppliers.stop_admission",
        ),
    ),
)

_V = SiteVisitState
SITE_VISIT = Workflow(
    name=_("供应商考察"),
    table="suppliers_sitevisit",
    column="state",
    states=SiteVisitState,
    initial=_V.PLANNED,
    moves=(
        Move(
            "pass_site_visit", _("考察通过"), (_V.PLANNED,), _V.PASSED, "suppliers.pass_site_visit"
        ),
        Move(
            "fail_site_visit",
            _("考察未通过"),
            (_V.PLANNED,),
            _V.FAILED,
            "suppliers.pass_site_visit",
        ),
        Move("call_off_site_visit", _("取消考察"), (_V.PLANNED,), _V.CALLED_OFF),
    ),
)

_T = TrialState
TRIAL = Workflow(
    name=_("供应商试用"),
    table="suppliers_trial",
    column="state",
    states=TrialState,
    initial=_T.ORDERED,
    moves=(
        Move(
            "inspect_trial", _("到货验收"), (_T.ORDERED,), _T.INSPECTED, "suppliers.inspect_trial"
        ),
        Move("confirm_trial", _("三方同意"), (_T.INSPECTED,), _T.CONFIRMED),
        Move("refuse_trial", _("有一方不同意"), (_T.INSPECTED,), _T.REFUSED),
        Move("call_off_trial", _("取消试用"), (_T.ORDERED, _T.INSPECTED), _T.CALLED_OFF),
    ),
)

_N = BanState
BAN = Workflow(
    name=_("供应商黑名单"),
    table="suppliers_ban",
    column="state",
    states=BanState,
    initial=_N.IN_REVIEW,
    moves=(
        # The permissions of the levels stand in the kind of the approval.
        Move("approve_ban", _("同意列入"), (_N.IN_REVIEW,), _N.IN_FORCE),
        Move("return_ban", _("退回"), (_N.IN_REVIEW,), _N.RETURNED),
        Move("reject_ban", _("不予列入"), (_N.IN_REVIEW,), _N.REJECTED),
        Move("resubmit_ban", _("重新提交"), (_N.RETURNED,), _N.IN_REVIEW, "suppliers.propose_ban"),
        Move(
            "withdraw_ban",
            _("撤回"),
            (_N.IN_REVIEW, _N.RETURNED),
            _N.WITHDRAWN,
            "suppliers.propose_ban",
        ),
        Move("review_ban", _("复核后继续"), (_N.IN_FORCE,), _N.IN_FORCE, "suppliers.review_ban"),
        Move("enter_appeal", _("登记申诉"), (_N.IN_FORCE,), _N.IN_FORCE, "suppliers.enter_appeal"),
        Move("uphold_appeal", _("申诉成立"), (_N.IN_FORCE,), _N.LIFTED, "suppliers.decide_appeal"),
        Move(
            "deny_appeal", _("申诉不成立"), (_N.IN_FORCE,), _N.IN_FORCE, "suppliers.decide_appeal"
        ),
        Move("lift_ban", _("解除"), (_N.IN_FORCE,), _N.LIFTED, "suppliers.lift_ban"),
    ),
)

_L = AppealState
APPEAL = Workflow(
    name=_("黑名单申诉"),
    table="suppliers_banappeal",
    column="state",
    states=AppealState,
    initial=_L.OPEN,
    moves=(
        Move("uphold_appeal", _("申诉成立"), (_L.OPEN,), _L.UPHELD, "suppliers.decide_appeal"),
        Move("deny_appeal", _("申诉不成立"), (_L.OPEN,), _L.DENIED, "suppliers.decide_appeal"),
        Move("close_appeal", _("黑名单已解除"), (_L.OPEN,), _L.UPHELD),
    ),
)

_R = RecheckState
RECHECK = Workflow(
    name=_("年度复查"),
    table="suppliers_recheck",
    column="state",
    states=RecheckState,
    initial=_R.OPEN,
    moves=(Move("record_recheck", _("登记复查"), (_R.OPEN,), _R.DONE, "suppliers.record_recheck"),),
)

_I = IssueState
ISSUE = Workflow(
    name=_("整改事项"),
    table="suppliers_supplierissue",
    column="state",
    states=IssueState,
    initial=_I.OPEN,
    moves=(
        Move(
            "report_rectification",
            _("登记整改"),
            (_I.OPEN,),
            _I.REPORTED,
            "suppliers.report_rectification",
        ),
        Move(
            "verify_rectification",
            _("验证通过"),
            (_I.REPORTED,),
            _I.VERIFIED,
            "suppliers.verify_rectification",
        ),
        Move(
            "return_rectification",
            _("退回整改"),
            (_I.REPORTED,),
            _I.OPEN,
            "suppliers.verify_rectification",
        ),
    ),
)

_S = SourcingState
SOURCING = Workflow(
    name=_("询价采购"),
    table="suppliers_sourcing",
    column="state",
    states=SourcingState,
    initial=_S.DRAFT,
    moves=(
        *(
            Move("exempt_sourcing", _("批准少于三家"), (state,), state, "suppliers.exempt_sourcing")
            for state in (_S.DRAFT, _S.INVITING)
        ),
        Move(
            "invite_suppliers",
            _("邀请报价"),
            (_S.DRAFT, _S.INVITING),
            _S.INVITING,
            "suppliers.invite_suppliers",
        ),
        Move(
            "unlock_offers",
            _("开启报价（第一人）"),
            (_S.INVITING,),
            _S.UNLOCKED,
            "suppliers.open_offers",
        ),
        Move(
            "open_offers",
            _("开启报价（第二人）"),
            (_S.UNLOCKED,),
            _S.OPENED,
            "suppliers.open_offers",
        ),
        Move("propose_award", _("提出定标"), (_S.OPENED,), _S.PROPOSED, "suppliers.propose_award"),
        # The permissions of the levels stand in the kind of the approval.
        Move("approve_award", _("批准定标"), (_S.PROPOSED,), _S.AWARDED),
        Move("return_award", _("退回定标"), (_S.PROPOSED,), _S.OPENED),
        Move(
            "call_off_sourcing",
            _("终止采购"),
            (_S.DRAFT, _S.INVITING, _S.UNLOCKED, _S.OPENED),
            _S.CALLED_OFF,
            "suppliers.call_off_sourcing",
        ),
    ),
)

WORKFLOWS = (
    *(BANK_ACCOUNT, PAPER, ADMISSION, SITE_VISIT, TRIAL, BAN, APPEAL, RECHECK, ISSUE),
    *(RATING_RULE, RATING_RUN, SOURCING),
)
