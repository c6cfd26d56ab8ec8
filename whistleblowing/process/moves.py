"""What each step of the process asks for and does to what is owed: one row a verb. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from office.language import Text
from whistleblowing.models.clock import StepKind
from whistleblowing.words import Conclusion


@dataclass(frozen=True)
class Verb:
    """A step of the process.

    `file_label` names the words for the auditors' file and `talk_label` those for the reporter;
    empty where the verb has none. `ends` are owed steps that it does, `begins` those it makes owed.
    """

    name: str
    file_label: Text = ""
    talk_label: Text = ""
    ends: tuple[StepKind, ...] = ()
    begins: tuple[StepKind, ...] = ()


_TO_REPORTER = _("告知检举人的话")
VERBS = {
    verb.name: verb
    for verb in (
        Verb("begin_check", _("初步核查的安排")),
        Verb(
            "open_case",
            _("立案理由"),
            _TO_REPORTER,
            ends=(StepKind.ACKNOWLEDGE, StepKind.ACCEPT),
        ),
        Verb(
            "decline_case",
            _("不予立案的依据"),
            _("告知检举人的理由"),
            ends=(StepKind.ACKNOWLEDGE, StepKind.ACCEPT),
            begins=(StepKind.RESULT,),
        ),
        Verb("begin_investigation", _("调查方案")),
        Verb("submit_findings", _("调查报告：行为、证据、处理建议")),
        Verb("decide_case", _("处理决定"), begins=(StepKind.RESULT,)),
        Verb(
            "give_feedback",
            talk_label=_("反馈内容"),
            ends=(StepKind.ACKNOWLEDGE, StepKind.FEEDBACK, StepKind.RESULT, StepKind.REPLY),
        ),
        Verb("check_again", _("复核的安排"), begins=(StepKind.RESULT,)),
        Verb(
            "uphold_result",
            _("维持结论的理由"),
            _("答复检举人"),
            ends=(StepKind.REPLY, StepKind.RESULT),
        ),
        Verb("close_case", _("结案说明")),
        Verb("set_aside", _("为什么不计入统计")),
        Verb("reopen_case", _("重新核查的原因"), begins=(StepKind.FEEDBACK,)),
    )
}


def conclusion_of(kinds: Iterable[str]) -> Conclusion:
    """Returns whether a case was opened in the end, or declined, by the kinds of its entries."""
    decided = [kind for kind in kinds if kind in ("open_case", "decline_case")]
    return Conclusion.OPENED if decided[-1:] == ["open_case"] else Conclusion.DECLINED
