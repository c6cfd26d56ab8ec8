"""The buttons of contract, construction, acceptance and heat-on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.connection.contract_drafts import (
    draw_up_connection_contract,
    enter_signed_contract,
    latest_draft,
)
from customers.connection.contracts import amend_connection_contract, sign_connection_contract
from customers.connection.heating_on import hand_in_building_table, heat_on
from customers.connection.offering import OfferingVerb, going_on
from customers.connection.works import (
    accept_construction,
    close_defect,
    inspect_node,
    kick_off_connection,
    report_defect,
)
from customers.connection.works_forms import (
    AcceptanceForm,
    AmendmentForm,
    ContractForm,
    DefectForm,
    DraftForm,
    HeatOnForm,
    InspectionForm,
    KickOffForm,
    RemedyForm,
    TableForm,
)
from customers.connection_states import ConnectionState
from customers.models import Connection, WorksDefect, WorksNode
from office.actors import Actor
from office.documents.operations import Upload
from office.refusals import Invalid
from office.screens.records import Verb


def _sign(connection: Connection, values: Mapping[str, Any], by: Actor, at: datetime) -> object:
    facts, scan = ContractForm.facts(values)
    return sign_connection_contract(connection, facts, scan, by=by, at=at)


def _amend(connection: Connection, values: Mapping[str, Any], by: Actor, at: datetime) -> object:
    facts, scan = AmendmentForm.facts(values)
    return amend_connection_contract(connection, facts, scan, reason=values["reason"], by=by, at=at)


def _inspect(connection: Connection, values: Mapping[str, Any], by: Actor, at: datetime) -> object:
    photo = values["photo"]
    return inspect_node(
        connection,
        WorksNode(values["node"]),
        passed=values["passed"],
        note=values["note"],
        photos=(Upload(photo.name, photo),) if photo else (),
        by=by,
        at=at,
    )


def _close(connection: Connection, values: Mapping[str, Any], by: Actor, at: datetime) -> object:
    defect: WorksDefect = values["defect"]
    if defect.works.connection_id != connection.pk:
        raise Invalid("foreign_defect", _("这项缺陷不属于本项入网，请刷新页面。"))
    return close_defect(defect, remedy=values["remedy"], by=by, at=at)


def _table(connection: Connection, values: Mapping[str, Any], by: Actor, at: datetime) -> object:
    table = values["table"]
    return hand_in_building_table(
        connection,
        Upload(table.name, table),
        community=values["community"],
        by=by,
        at=at,
    )


def _defect_open(connection: Connection) -> bool:
    return (
        connection.state == ConnectionState.CONSTRUCTION
        and WorksDefect.objects.filter(works__connection=connection, closed_at=None).exists()
    )


def _is_drawn_up(connection: Connection) -> bool:
    return going_on(connection) and latest_draft(connection) is not None


WORKS_VERBS: tuple[Verb, ...] = (
    Verb(
        "draw_up_connection_contract",
        _("拟订合同"),
        "customers.sign_connection_contract",
        lambda connection, values, by, at: draw_up_connection_contract(
            connection, values["area"], values["schedule"], by=by, at=at
        ),
        _("合同已拟订，请打印或发送电子签署。"),
        form=DraftForm,
        look="button-primary",
        allowed=going_on,
    ),
    Verb(
        "enter_signed_contract",
        _("合同生效"),
        "customers.sign_connection_contract",
        lambda connection, values, by, at: enter_signed_contract(connection, by=by, at=at),
        _("合同已生效。"),
        question=_("已签署的合同文书从现在起生效，金额按其付款计划收取。"),
        look="button-primary",
        allowed=_is_drawn_up,
    ),
    Verb(
        "sign_connection_contract",
        _("登记入网合同"),
        "customers.sign_connection_contract",
        _sign,
        _("入网合同已登记，请召开启动会。"),
        form=ContractForm,
        allowed=going_on,
    ),
    Verb(
        "amend_connection_contract",
        _("登记补充协议"),
        "customers.sign_connection_contract",
        _amend,
        _("补充协议已登记，原合同保留备查。"),
        form=AmendmentForm,
        allowed=going_on,
    ),
    Verb(
        "kick_off_connection",
        _("登记启动会"),
        "customers.kick_off_connection",
        lambda connection, values, by, at: kick_off_connection(
            connection, KickOffForm.facts(values), by=by, at=at
        ),
        _("启动会已登记，开始施工。"),
        form=KickOffForm,
        look="button-primary",
        allowed=going_on,
    ),
    Verb(
        "inspect_node",
        _("登记节点检查"),
        "customers.inspect_node",
        _inspect,
        _("检查已登记。"),
        form=InspectionForm,
        look="button-primary",
        allowed=going_on,
    ),
    Verb(
        "report_defect",
        _("登记缺陷"),
        "customers.inspect_node",
        lambda connection, values, by, at: report_defect(connection, **values, by=by, at=at),
        _("缺陷已登记。"),
        form=DefectForm,
        allowed=going_on,
    ),
    OfferingVerb(
        "close_defect",
        _("确认整改"),
        "customers.inspect_node",
        _close,
        _("整改已确认。"),
        form=RemedyForm,
        allowed=lambda connection: going_on(connection) and _defect_open(connection),
    ),
    Verb(
        "accept_construction",
        _("验收通过"),
        "customers.accept_construction",
        lambda connection, values, by, at: accept_construction(connection, **values, by=by, at=at),
        _("验收通过，得分已记入施工单位档案。"),
        form=AcceptanceForm,
        look="button-primary",
        allowed=going_on,
    ),
    Verb(
        "hand_in_building_table",
        _("上传楼栋表"),
        "customers.hand_in_building_table",
        _table,
        _("楼栋表已读取，请核对下方合计和问题。"),
        form=TableForm,
        allowed=going_on,
    ),
    Verb(
        "heat_on",
        _("通热开户"),
        "customers.heat_on",
        lambda connection, values, by, at: heat_on(connection, **values, by=by, at=at),
        _("已通热，户号和供热合同已建立。"),
        form=HeatOnForm,
        question=_("将按楼栋表为每一户建立户号和供热合同，不能撤销。"),
        look="button-primary",
        allowed=going_on,
    ),
)
