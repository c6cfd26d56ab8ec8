"""The buttons of a connection's page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.connection.applications import (
    accept_application,
    hand_in_connection_paper,
    resubmit_application,
    return_application,
)
from customers.connection.ends import (
    hold_connection,
    reject_connection,
    reopen_connection,
    resume_connection,
    withdraw_connection,
)
from customers.connection.forms import (
    MissingForm,
    PaperForm,
    ReasonForm,
    ResubmitForm,
    SurveyPlanForm,
    SurveyReportForm,
)
from customers.connection.offering import OfferingVerb, going_on
from customers.connection.review_verbs import REVIEW_VERBS
from customers.connection.surveys import fail_survey, pass_survey, plan_survey
from customers.connection.works_verbs import WORKS_VERBS
from customers.connection_states import OPEN_CONNECTIONS, ConnectionState
from customers.models import Connection
from office.actors import Actor
from office.documents.operations import Upload
from office.screens.records import Verb


class ResubmitVerb(Verb):
    """The button whose form shows what is on file."""

    def empty_form(self, record: Connection) -> forms.Form:
        return ResubmitForm.of(record)


def _open(connection: Connection) -> bool:
    return connection.state in OPEN_CONNECTIONS


def _survey_planned(connection: Connection) -> bool:
    planned = connection.surveys.filter(reported_at=None, called_off_at=None)
    return going_on(connection) and planned.exists()


def _hand_in(connection: Connection, values: Mapping[str, Any], by: Actor, at: datetime) -> object:
    scan = values["scan"]
    return hand_in_connection_paper(
        connection, values["rule"], Upload(scan.name, scan), by=by, at=at
    )


VERBS: tuple[Verb, ...] = (
    OfferingVerb(
        "hand_in_connection_paper",
        _("登记材料"),
        "customers.hand_in_connection_paper",
        _hand_in,
        _("材料已登记。"),
        form=PaperForm,
        allowed=lambda connection: (
            connection.state in (ConnectionState.APPLIED, ConnectionState.RETURNED)
        ),
    ),
    Verb(
        "accept_application",
        _("受理"),
        "customers.accept_application",
        lambda connection, values, by, at: accept_application(connection, by=by, at=at),
        _("已受理，请工程安排踏勘。"),
        look="button-primary",
        allowed=going_on,
    ),
    Verb(
        "return_application",
        _("退回补正"),
        "customers.accept_application",
        lambda connection, values, by, at: return_application(connection, **values, by=by, at=at),
        _("已退回申请人补正。"),
        form=MissingForm,
        allowed=going_on,
    ),
    ResubmitVerb(
        "resubmit_application",
        _("重新提交"),
        "customers.apply_for_connection",
        lambda connection, values, by, at: resubmit_application(
            connection, values["facts"], by=by, at=at
        ),
        _("已重新提交，等待受理。"),
        form=ResubmitForm,
        look="button-primary",
        allowed=going_on,
        shows_facts=True,
    ),
    OfferingVerb(
        "plan_survey",
        _("安排踏勘"),
        "customers.plan_survey",
        lambda connection, values, by, at: plan_survey(connection, **values, by=by, at=at),
        _("踏勘已安排。"),
        form=SurveyPlanForm,
        allowed=going_on,
    ),
    Verb(
        "pass_survey",
        _("踏勘可行"),
        "customers.report_survey",
        lambda connection, values, by, at: pass_survey(
            connection, SurveyReportForm.report(values), by=by, at=at
        ),
        _("踏勘可行，进入初步设计。"),
        form=SurveyReportForm,
        look="button-primary",
        allowed=_survey_planned,
    ),
    Verb(
        "fail_survey",
        _("踏勘不可行"),
        "customers.report_survey",
        lambda connection, values, by, at: fail_survey(
            connection, SurveyReportForm.report(values), by=by, at=at
        ),
        _("结论已登记；可再次踏勘，或由主管不予入网。"),
        form=SurveyReportForm,
        allowed=_survey_planned,
    ),
    *REVIEW_VERBS,
    *WORKS_VERBS,
    Verb(
        "hold_connection",
        _("暂缓"),
        "customers.hold_connection",
        lambda connection, values, by, at: hold_connection(connection, **values, by=by, at=at),
        _("已暂缓，承诺时限停止计算。"),
        form=ReasonForm,
        allowed=lambda connection: _open(connection) and going_on(connection),
    ),
    Verb(
        "resume_connection",
        _("恢复办理"),
        "customers.hold_connection",
        lambda connection, values, by, at: resume_connection(connection, by=by, at=at),
        _("已恢复办理，承诺时限顺延。"),
        look="button-primary",
        allowed=lambda connection: connection.held_at is not None,
    ),
    Verb(
        "reject_connection",
        _("不予入网"),
        "customers.reject_connection",
        lambda connection, values, by, at: reject_connection(connection, **values, by=by, at=at),
        _("已办结：不予入网。"),
        form=ReasonForm,
    ),
    Verb(
        "withdraw_connection",
        _("撤回申请"),
        "customers.apply_for_connection",
        lambda connection, values, by, at: withdraw_connection(connection, **values, by=by, at=at),
        _("已撤回。"),
        form=ReasonForm,
    ),
    Verb(
        "reopen_connection",
        _("重新办理"),
        "customers.reject_connection",
        lambda connection, values, by, at: reopen_connection(connection, **values, by=by, at=at),
        _("已重新办理，等待受理。"),
        form=ReasonForm,
    ),
)
