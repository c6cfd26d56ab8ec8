"""Whether a statement may be imported, and the sentence that says why not."""

from django.utils.translation import gettext_lazy as _

from billing.statements.report import StatementOutcome
from office.refusals import Invalid


def check_sound(outcome: StatementOutcome) -> None:
    """Refuses a statement with a row that cannot be read or with balances that do not agree."""
    if outcome.unreadable:
        first = outcome.unreadable[0]
        raise Invalid(
            "rows_unreadable",
            _("有 %(count)s 行无法读取，首先是第 %(row)s 行：%(reason)s。请更正后再导入。"),
            count=len(outcome.unreadable),
            row=first.row,
            reason=first.reason,
        )
    if not outcome.proof.proved:
        gap = outcome.proof.gap
        if gap is not None:
            raise Invalid(
                "balance_gap",
                _("第 %(row)s 行的余额与上一行不衔接，对账单可能缺行，请重新从银行下载。"),
                row=gap.row,
            )
        raise Invalid(
            "balance_unproved",
            _("期初余额加各笔发生额不等于期末余额，或文件中没有余额，请重新从银行下载。"),
        )
