"""The workflows of the annual rating; `states.py` has those of the other desks."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from office.workflow import Move, Workflow


class RatingRuleState(TextChoices):
    DRAFT = "draft", _("草案")
    PUBLISHED = "published", _("已发布")


class RatingRunState(TextChoices):
    SCOPED = "scoped", _("已建立")
    SCORING = "scoring", _("计分中")
    PANEL = "panel", _("面对面评审")
    PROPOSED = "proposed", _("待审批")
    APPROVED = "approved", _("已批准")
    PUBLISHED = "published", _("公示中")
    FINAL = "final", _("已确定")
    CANCELLED = "cancelled", _("已取消")


_R = RatingRuleState
RATING_RULE = Workflow(
    name=_("评审规则"),
    table="suppliers_ratingrule",
    column="state",
    states=RatingRuleState,
    initial=_R.DRAFT,
    moves=(
        Move(
            "publish_rating_rule",
            _("发布"),
            (_R.DRAFT,),
            _R.PUBLISHED,
            "suppliers.publish_rating_rule",
        ),
    ),
)

_Y = RatingRunState
RATING_RUN = Workflow(
    name=_("年度评审"),
    table="suppliers_ratingrun",
    column="state",
    states=RatingRunState,
    initial=_Y.SCOPED,
    moves=(
        Move(
            "score_rating_run",
            _("计分"),
            (_Y.SCOPED, _Y.PANEL),
            _Y.SCORING,
            "suppliers.score_rating_run",
        ),
        Move("finish_scoring", _("计分完成"), (_Y.SCORING,), _Y.PANEL),
        Move("name_panel_member", _("指定评委"), (_Y.PANEL,), _Y.PANEL, "suppliers.name_panel"),
        Move("fill_panel_sheet", _("填写评审表"), (_Y.PANEL,), _Y.PANEL, "suppliers.sit_on_panel"),
        Move("close_panel", _("结束评审"), (_Y.PANEL,), _Y.PROPOSED, "suppliers.close_panel"),
        # The permissions of the levels stand in the kind of the approval.
        Move("approve_rating_run", _("审批通过"), (_Y.PROPOSED,), _Y.APPROVED),
        Move("return_rating_run", _("退回"), (_Y.PROPOSED,), _Y.PANEL),
        Move(
            "publish_rating_run",
            _("公示"),
            (_Y.APPROVED,),
            _Y.PUBLISHED,
            "suppliers.publish_rating_run",
        ),
        Move(
            "raise_objection",
            _("登记异议"),
            (_Y.PUBLISHED,),
            _Y.PUBLISHED,
            "suppliers.raise_objection",
        ),
        Move(
            "answer_objection",
            _("答复异议"),
            (_Y.PUBLISHED,),
            _Y.PUBLISHED,
            "suppliers.answer_objection",
        ),
        Move(
            "reopen_rating_run",
            _("异议成立，重新评审"),
            (_Y.PUBLISHED,),
            _Y.PANEL,
            "suppliers.answer_objection",
        ),
        Move(
            "finalise_rating_run",
            _("确定结果"),
            (_Y.PUBLISHED,),
            _Y.FINAL,
            "suppliers.finalise_rating_run",
        ),
        Move(
            "cancel_rating_run",
            _("取消评审"),
            (_Y.SCOPED, _Y.PANEL, _Y.PROPOSED),
            _Y.CANCELLED,
            "suppliers.create_rating_run",
        ),
    ),
)
