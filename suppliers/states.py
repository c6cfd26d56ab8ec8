"""Every workflow of the suppliers' desks on one screen."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from office.workflow import Move, Workflow


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

WORKFLOWS = (BANK_ACCOUNT, PAPER)
