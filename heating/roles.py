"""Who may do what: eleven roles on one screen. An operation's name is its permission's name.

`sync_roles` runs after every migration and makes the groups say exactly what stands here.
"""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Count, Q
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from office.language import listed
from office.models import User
from office.refusals import Refused


@dataclass(frozen=True)
class Role:
    """A desk: its group's name and everything it may do."""

    key: str
    name: str
    permissions: tuple[str, ...]


def _views(app: str, *models: str) -> tuple[str, ...]:
    return tuple(f"{app}.view_{model}" for model in models)


def _edits(app: str, *models: str) -> tuple[str, ...]:
    return tuple(f"{app}.{verb}_{model}" for model in models for verb in ("add", "change"))


_CUSTOMER_FILE = (
    *_views("customers", "account", "customer", "supplycontract", "premise", "arealine"),
    *_views("customers", "heatsource", "heatstation", "loop"),
    *_views("customers", "community", "building", "tariffcategory"),
    *_views("office", "company", "document"),
)
_BILLS = _views("billing", "bill", "billline", "payment", "receipt", "heatingseason")
_PRICES = _views("billing", "pricedocument", "tariff")
_RUNS = (*_views("billing", "billingrun", "parkedaccount", "accountimport"), "office.view_job")
_TILLS = _views("billing", "shift")
_MONEY_WATCH = _views("billing", "alarm", "providerevent", "transfer", "attempt", "paymentintent")
_APPROVALS = _views("office", "approval", "approvalrule", "delegation")
# Of whoever decides a level of some approval.
_APPROVERS = (*_APPROVALS, "office.delegate_approvals", "office.end_delegation")
_TRAIL = _views("office", "journalentry", "job", "documentaccess")
_SERVICE = (
    *_views("complaints", "ticket", "ticketnote", "clockevent", "promise", "promiserule", "crew"),
    *_views("complaints", "dutyperiod", "visitstep"),
    *_views("complaints", "visit", "visititem", "incident", "notice", "noticerecipient"),
    *_views("complaints", "callback", "callbackattempt", "callbackpolicy", "escalation"),
    *_views("complaints", "temperaturetest", "temperaturereading"),
    *_views("complaints", "spotcheckplan", "spotcheckitem"),
    *_views("complaints", "article", "articleversion", "answer", "handover"),
    "office.view_calendarversion",
    *_views("complaints", "ringingcall", "solutionverdict"),
    *_views("customers", "message"),
)
# Of who answers for a department (complaints/departments.py).
_DEPARTMENT = ("complaints.view_handover", "complaints.reply_to_hand_over")
_KPIS = ("complaints.view_kpis", "complaints.view_kpicorrection")

AGENT = Role(
    "agent",
    gettext_noop("客服"),
    (
        *_CUSTOMER_FILE,
        *_BILLS,
        *_PRICES,
        "customers.reveal_customer",
        "customers.transfer_ownership",
        "office.attach_document",
        "billing.print_bill",
        *_SERVICE,
        "complaints.open_ticket",
        "complaints.add_note",
        "complaints.reclassify_ticket",
        "complaints.join_duplicate",
        "complaints.separate_duplicate",
        "complaints.attach_tickets",
        "complaints.pause_ticket",
        "complaints.resume_ticket",
        "complaints.hand_over_enquiry",
        "complaints.answer_enquiry",
        "complaints.resolve_ticket",
        "complaints.reopen_ticket",
        "complaints.close_ticket",
        "complaints.record_call_back",
        "complaints.issue_call_back_link",
        "complaints.draft_article",
    ),
)
SERVICE_MANAGER = Role(
    "service_manager",
    gettext_noop("客服主管"),
    (
        *_CUSTOMER_FILE,
        *_SERVICE,
        *_DEPARTMENT,
        *_edits("complaints", "crew"),
        "complaints.add_article",
        "office.view_documentaccess",
        "customers.reveal_customer",
        "office.attach_document",
        "complaints.open_ticket",
        "complaints.add_note",
        "complaints.reclassify_ticket",
        "complaints.join_duplicate",
        "complaints.separate_duplicate",
        "complaints.resolve_ticket",
        "complaints.reopen_ticket",
        "complaints.close_ticket",
        "complaints.record_call_back",
        "complaints.record_escalated_call_back",
        "complaints.issue_call_back_link",
        "complaints.notify_affected",
        "complaints.close_incident",
        "customers.resend_message",
        "complaints.draft_article",
        "complaints.publish_article",
        "complaints.publish_promise_rule",
        "complaints.publish_duty",
        "complaints.withdraw_duty",
        "complaints.publish_call_back_policy",
        "office.publish_calendar",
        *_KPIS,
        "complaints.plan_spot_checks",
        "complaints.draw_spot_checks",
        "complaints.skip_spot_check",
    ),
)
CASHIER = Role(
    "cashier",
    gettext_noop("收费员"),
    (
        *_CUSTOMER_FILE,
        *_BILLS,
        *_PRICES,
        *_TILLS,
        "customers.reveal_customer",
        "billing.open_shift",
        "billing.close_shift",
        "billing.take_cash",
        "billing.take_card",
        "billing.enter_transfer",
        "billing.start_wechat_payment",
        "billing.print_receipt",
        "billing.print_bill",
    ),
)
CLERK = Role(
    "clerk",
    gettext_noop("计费员"),
    (
        *_CUSTOMER_FILE,
        *_BILLS,
        *_PRICES,
        *_RUNS,
        *_APPROVALS,
        *_DEPARTMENT,
        *_edits("billing", "heatingseason", "pricedocument", "tariff"),
        *_edits("customers", "tariffcategory"),
        "billing.delete_tariff",
        "billing.import_accounts",
        "billing.create_billing_run",
        "billing.preview_billing_run",
        "billing.cancel_billing_run",
        "billing.enter_transfer",
        "billing.print_bill",
        "customers.open_account",
        "office.attach_document",
    ),
)
MANAGER = Role(
    "manager",
    gettext_noop("计费主管"),
    (
        *_CUSTOMER_FILE,
        *_BILLS,
        *_PRICES,
        *_RUNS,
        *_APPROVERS,
        *_DEPARTMENT,
        *_TILLS,
        *_MONEY_WATCH,
        *_edits("billing", "heatingseason"),
        "billing.publish_price_document",
        "billing.approve_billing_run",
        "billing.issue_billing_run",
        "billing.close_billing_run",
        "billing.cancel_billing_run",
        "billing.resolve_alarm",
        "billing.assign_suspense",
        "billing.print_receipt",
        "billing.print_bill",
        "office.attach_document",
        "customers.reveal_customer",
    ),
)
ENGINEER = Role(
    "engineer",
    gettext_noop("工程"),
    (
        *_CUSTOMER_FILE,
        *_SERVICE,
        *_DEPARTMENT,
        "office.attach_document",
        "complaints.add_note",
        "complaints.accept_assignment",
        "complaints.depart",
        "complaints.arrive",
        "complaints.record_finding",
        "complaints.complete_visit",
        "complaints.pause_ticket",
        "complaints.resume_ticket",
        "complaints.record_temperature_test",
        "complaints.link_spot_check",
        "complaints.skip_spot_check",
    ),
)
DISPATCHER = Role(
    "dispatcher",
    gettext_noop("调度"),
    (
        *_CUSTOMER_FILE,
        *_SERVICE,
        "customers.reveal_customer",
        "office.attach_document",
        "complaints.open_ticket",
        "complaints.add_note",
        "complaints.reclassify_ticket",
        "complaints.join_duplicate",
        "complaints.separate_duplicate",
        "complaints.assign_ticket",
        "complaints.publish_duty",
        "complaints.withdraw_duty",
        "complaints.pause_ticket",
        "complaints.resume_ticket",
        "complaints.resolve_ticket",
        "complaints.reopen_ticket",
        # Who switches the network off draws it too, also at night; repairers only read it.
        *_edits("customers", "heatsource", "loop"),
        "complaints.register_incident",
        "complaints.announce_outage",
        "complaints.begin_incident",
        "complaints.attach_tickets",
        "complaints.notify_affected",
        "complaints.restore_incident",
        "complaints.close_incident",
        "complaints.cancel_incident",
        *_KPIS,
    ),
)
PROCUREMENT = Role(
    "procurement",
    gettext_noop("采购"),
    (*_views("office", "company", "document"), "office.attach_document", *_DEPARTMENT),
)
AUDITOR = Role(
    "auditor",
    gettext_noop("审计"),
    (
        *_CUSTOMER_FILE,
        *_BILLS,
        *_PRICES,
        *_RUNS,
        *_TILLS,
        *_MONEY_WATCH,
        *_TRAIL,
        *_APPROVALS,
        *_SERVICE,
        *_KPIS,
        *_views("office", "user", "machinetoken"),
        "axes.view_accessattempt",
    ),
)
SYSTEM_ADMINISTRATOR = Role(
    "system_administrator",
    gettext_noop("系统管理员"),
    (
        *_edits("office", "user", "company"),
        *_views("office", "user", "company", "calendarversion", "job"),
        "office.publish_calendar",
        *_views("django_celery_beat", "periodictask", "intervalschedule", "crontabschedule"),
    ),
)
SECURITY_ADMINISTRATOR = Role(
    "security_administrator",
    gettext_noop("安全管理员"),
    (
        *_views("office", "user", "company"),
        *_views("axes", "accessattempt", "accesslog"),
        *_views("otp_totp", "totpdevice"),
        *_views("office", "machinetoken"),
        "auth.view_group",
        "office.issue_machine_token",
        "office.revoke_machine_token",
        "office.assign_roles",
        "office.reset_two_factors",
        *_views("office", "approvalrule", "delegation"),
        "office.publish_approval_rule",
    ),
)

ROLES = (
    AGENT,
    SERVICE_MANAGER,
    CASHIER,
    CLERK,
    MANAGER,
    ENGINEER,
    DISPATCHER,
    PROCUREMENT,
    AUDITOR,
    SYSTEM_ADMINISTRATOR,
    SECURITY_ADMINISTRATOR,
)

# 三员分立: who keeps the system, who grants the rights and who looks on are three people.
EXCLUSIVE = frozenset(role.name for role in (SYSTEM_ADMINISTRATOR, SECURITY_ADMINISTRATOR, AUDITOR))


@transaction.atomic
def sync_roles(using: str = "default") -> None:
    """Make the groups and their permissions say what this screen says."""
    for config in apps.get_app_configs():
        create_permissions(config, verbosity=0, using=using)
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.using(using).select_related("content_type")
    }
    for role in ROLES:
        group, _ = Group.objects.using(using).get_or_create(name=role.name)
        group.permissions.set([known[name] for name in role.permissions])


def sync_after_migrations(sender: Any, using: str, **kwargs: Any) -> None:
    """Run once, after the last app's tables are there."""
    if sender is list(apps.get_app_configs())[-1]:
        sync_roles(using)


def refuse_exclusive_roles(
    sender: Any, instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **kwargs: Any
) -> None:
    """Stop a second of the three administrator roles before it reaches the table."""
    if action != "pre_add" or not pk_set:
        return
    if reverse:
        pairs = [(user, {instance.pk}) for user in User.objects.filter(pk__in=pk_set)]
    else:
        pairs = [(instance, pk_set)]
    for user, added in pairs:
        wanted = Group.objects.filter(Q(pk__in=added) | Q(user=user), name__in=EXCLUSIVE)
        names = sorted(set(wanted.values_list("name", flat=True)))
        if len(names) > 1:
            raise Refused(
                "roles_exclude",
                _("%(roles)s不能由同一人兼任，请先取消其中一个角色。"),
                roles=lazy(listed, str)(names),
            )


def users_with_exclusive_roles() -> list[User]:
    """People who hold two of the three administrator roles, whatever way they came by them."""
    return list(
        User.objects.annotate(
            exclusive=Count("groups", filter=Q(groups__name__in=EXCLUSIVE), distinct=True)
        ).filter(exclusive__gt=1)
    )
