"""The buttons of design, joint review, plan and budget."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.connection.budgets import (
    approve_connection_plan,
    return_connection_plan,
    submit_connection_plan,
)
from customers.connection.designs import return_design, submit_design
from customers.connection.forms import ReasonForm
from customers.connection.kind import CONNECTION_APPROVAL, LEVELS
from customers.connection.offering import OfferingVerb, going_on
from customers.connection.review_forms import (
    BudgetForm,
    DesignForm,
    OpinionForm,
    ReviewConditionForm,
    SummaryForm,
)
from customers.connection.reviews import (
    give_review_opinion,
    meet_review_condition,
    open_conditions,
    pass_review,
)
from customers.models import Connection, DesignReviewer
from office.actors import Actor
from office.approvals.screen import DecisionVerb, ReturnForm, read_opinion
from office.approvals.screen import OpinionForm as LeaderForm
from office.models import User
from office.refusals import Invalid
from office.screens.records import Verb


class OwnOpinionVerb(Verb):
    """The button of an expert who was invited and has not signed yet."""

    def shown_to(self, user: User, record: Connection) -> bool:
        waiting = DesignReviewer.objects.filter(
            review__connection=record, review__closed_at=None, user=user, opinion=None
        )
        return super().shown_to(user, record) and waiting.exists()


def _meet(connection: Connection, values: Mapping[str, Any], by: Actor, at: datetime) -> object:
    condition = values["condition"]
    if condition.opinion.reviewer.review.connection_id != connection.pk:
        raise Invalid("foreign_condition", _("这项条件不属于本次会审，请刷新页面。"))
    return meet_review_condition(condition, evidence=values["evidence"], by=by, at=at)


def _submit_design(
    connection: Connection, values: Mapping[str, Any], by: Actor, at: datetime
) -> object:
    facts, drawings = DesignForm.facts(values)
    return submit_design(connection, facts, drawings, by=by, at=at)


REVIEW_VERBS: tuple[Verb, ...] = (
    Verb(
        "submit_design",
        _("提交设计"),
        "customers.submit_design",
        _submit_design,
        _("设计已提交，请召集联合会审。"),
        form=DesignForm,
        look="button-primary",
        allowed=going_on,
    ),
    OwnOpinionVerb(
        "give_review_opinion",
        _("签署会审意见"),
        "customers.give_review_opinion",
        lambda connection, values, by, at: give_review_opinion(
            connection, OpinionForm.facts(values), by=by, at=at
        ),
        _("会审意见已签署。"),
        form=OpinionForm,
        look="button-primary",
        allowed=going_on,
    ),
    Verb(
        "pass_review",
        _("会审通过"),
        "customers.convene_review",
        lambda connection, values, by, at: pass_review(connection, **values, by=by, at=at),
        _("会审通过，请编制施工方案与预算。"),
        form=SummaryForm,
        look="button-primary",
        allowed=going_on,
    ),
    Verb(
        "return_design",
        _("退回设计"),
        "customers.convene_review",
        lambda connection, values, by, at: return_design(connection, **values, by=by, at=at),
        _("已退回设计。"),
        form=ReasonForm,
        allowed=going_on,
    ),
    OfferingVerb(
        "meet_review_condition",
        _("确认会审条件"),
        "customers.convene_review",
        _meet,
        _("条件已确认满足。"),
        form=ReviewConditionForm,
        allowed=lambda connection: bool(open_conditions(connection)),
    ),
    Verb(
        "submit_connection_plan",
        _("提交方案与预算"),
        "customers.submit_connection_plan",
        lambda connection, values, by, at: submit_connection_plan(
            connection, BudgetForm.facts(values), by=by, at=at
        ),
        _("方案与预算已提交领导审批。"),
        form=BudgetForm,
        look="button-primary",
        allowed=going_on,
    ),
    DecisionVerb(
        "approve_connection_plan",
        _("同意"),
        LEVELS[0],
        lambda connection, values, by, at: approve_connection_plan(
            connection, read_opinion(values), by=by, at=at
        ),
        _("意见已登记。"),
        form=LeaderForm,
        look="button-primary",
        kind=CONNECTION_APPROVAL,
        allowed=going_on,
    ),
    DecisionVerb(
        "return_connection_plan",
        _("退回"),
        LEVELS[0],
        lambda connection, values, by, at: return_connection_plan(
            connection, read_opinion(values), by=by, at=at
        ),
        _("已退回工程修改。"),
        form=ReturnForm,
        kind=CONNECTION_APPROVAL,
        allowed=going_on,
    ),
)
