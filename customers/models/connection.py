from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.connection_states import OPEN_CONNECTIONS, ConnectionState
from customers.models.connection_rule import ConnectionPaperRule
from customers.models.customer import CustomerKind
from office.models import Company, Document
from office.models.clock_entry import PromiseMade
from office.scope import CompanyScope


class Connection(models.Model):
    """供热入网: the connection of a project to the network, from its application on.

    `waiting_since` is when it came to the step where it stands; `due_at` is until when the step is
    promised, and empty where nothing is promised: with the applicant, on hold and at the end. A
    connection on hold keeps its step and does not move.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="connections"
    )
    number = models.CharField(_("入网编号"), max_length=24, unique=True)
    state = models.CharField(
        _("状态"), max_length=12, choices=ConnectionState, default=ConnectionState.APPLIED
    )
    applicant = models.CharField(_("申请人"), max_length=80)
    applicant_kind = models.CharField(_("申请人类型"), max_length=12, choices=CustomerKind)
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    contact = models.CharField(_("联系人"), max_length=40)
    phone = models.CharField(_("电话"), max_length=20)
    project = models.CharField(_("项目名称"), max_length=80)
    address = models.CharField(_("项目地址"), max_length=120)
    area = models.DecimalField(_("申请面积（m²）"), max_digits=12, decimal_places=2)
    flats = models.PositiveIntegerField(_("户数"))
    wanted_on = models.DateField(_("期望通热日期"))
    applied_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("登记人"),
        related_name="+",
    )
    applied_at = models.DateTimeField(_("申请时间"))
    waiting_since = models.DateTimeField(_("停留起始"))
    due_at = models.DateTimeField(_("承诺时限"), null=True, blank=True)
    held_at = models.DateTimeField(_("暂缓起始"), null=True, blank=True)
    remark = models.CharField(_("最近原因"), max_length=500, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    objects = CompanyScope["Connection"].as_manager()

    class Meta:
        verbose_name = _("供热入网")
        verbose_name_plural = pgettext_lazy("plural", "供热入网")
        ordering = ["-pk"]
        permissions = [
            ("apply_for_connection", _("登记入网申请")),
            ("hand_in_connection_paper", _("登记入网材料")),
            ("accept_application", _("受理入网申请")),
            ("plan_survey", _("安排踏勘")),
            ("report_survey", _("登记踏勘结论")),
            ("submit_design", _("提交初步设计")),
            ("convene_review", _("召集联合会审")),
            ("give_review_opinion", _("签署会审意见")),
            ("submit_connection_plan", _("提交施工方案与预算")),
            ("check_plan_company", _("入网方案公司审批")),
            ("check_plan_technology", _("入网方案技术审批")),
            ("check_plan_group", _("入网方案集团审批")),
            ("sign_connection_contract", _("登记入网合同")),
            ("kick_off_connection", _("登记启动会")),
            ("inspect_node", _("登记节点检查")),
            ("accept_construction", _("验收入网施工")),
            ("hand_in_building_table", _("上传楼栋表")),
            ("heat_on", _("通热开户")),
            ("hold_connection", _("暂缓入网")),
            ("reject_connection", _("不予入网")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "project"],
                condition=Q(ended_at__isnull=True),
                name="one_open_connection_per_project",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_CONNECTIONS, ended_at__isnull=True)
                | (~Q(state__in=OPEN_CONNECTIONS) & Q(ended_at__isnull=False)),
                name="connection_ended_unless_open",
            ),
            models.CheckConstraint(
                condition=Q(held_at__isnull=True) | Q(ended_at__isnull=True, due_at__isnull=True),
                name="connection_on_hold_is_open",
            ),
            models.CheckConstraint(
                condition=Q(area__gt=Decimal(0), flats__gt=0), name="connection_of_something"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "state", "waiting_since"], name="connection_standing")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.project}"


class ConnectionPaper(models.Model):
    """入网材料: a paper of an application, for one item of the list. Append-only; the latest
    counts.
    """

    company_path = "connection__company"

    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, verbose_name=_("供热入网"), related_name="papers"
    )
    rule = models.ForeignKey(
        ConnectionPaperRule, on_delete=models.PROTECT, verbose_name=_("材料"), related_name="+"
    )
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, verbose_name=_("档案"), related_name="+"
    )
    handed_in_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("登记人"), related_name="+"
    )
    handed_in_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("入网材料")
        verbose_name_plural = pgettext_lazy("plural", "入网材料")
        default_permissions = ()
        ordering = ["connection", "pk"]

    def __str__(self) -> str:
        return str(self.rule)


class ConnectionStay(PromiseMade):
    """入网步骤: one stay of a connection at a step, with the working days promised for it."""

    company_path = "connection__company"

    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, verbose_name=_("供热入网"), related_name="stays"
    )
    ordinal = models.PositiveSmallIntegerField(_("序号"))
    state = models.CharField(_("步骤"), max_length=12, choices=ConnectionState)
    days = models.PositiveSmallIntegerField(_("承诺工作日"))
    left_at = models.DateTimeField(_("离开时间"), null=True)
    left_by = models.CharField(_("离开动作"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("入网步骤")
        verbose_name_plural = pgettext_lazy("plural", "入网步骤")
        default_permissions = ()
        ordering = ["connection", "ordinal"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "ordinal"], name="connection_stay_ordinal"
            ),
            models.UniqueConstraint(
                fields=["connection"],
                condition=Q(left_at__isnull=True),
                name="connection_at_one_step",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ordinal} {self.get_state_display()}"


class ConnectionHold(models.Model):
    """入网暂缓: a time in which a connection waits for somebody else; the promise stands still."""

    company_path = "connection__company"

    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, verbose_name=_("供热入网"), related_name="holds"
    )
    reason = models.CharField(_("暂缓原因"), max_length=400)
    begun_at = models.DateTimeField(_("起"))
    begun_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("经办人"), related_name="+"
    )
    ended_at = models.DateTimeField(_("止"), null=True)

    class Meta:
        verbose_name = _("入网暂缓")
        verbose_name_plural = pgettext_lazy("plural", "入网暂缓")
        default_permissions = ()
        ordering = ["connection", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection"], condition=Q(ended_at__isnull=True), name="one_hold_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("begun_at")),
                name="hold_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class ConnectionSurvey(models.Model):
    """入网踏勘: an engineer goes to the project and reports whether heat can be brought there.

    `heat_load_kw` is in kW, `distance_m` in metres from the point of the network named.
    """

    company_path = "connection__company"

    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, verbose_name=_("供热入网"), related_name="surveys"
    )
    surveyor = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("踏勘人"), related_name="+"
    )
    planned_for = models.DateField(_("计划日期"))
    planned_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("安排人"), related_name="+"
    )
    planned_at = models.DateTimeField(_("安排时间"))
    called_off_at = models.DateTimeField(_("取消时间"), null=True)
    surveyed_on = models.DateField(_("踏勘日期"), null=True)
    feasible = models.BooleanField(_("可行"), null=True)
    heat_load_kw = models.DecimalField(
        _("热负荷（kW）"), max_digits=10, decimal_places=2, null=True
    )
    distance_m = models.PositiveIntegerField(_("接入距离（m）"), null=True)
    network_point = models.CharField(_("接入点"), max_length=80, blank=True)
    conclusion = models.CharField(_("踏勘结论"), max_length=500, blank=True)
    reported_at = models.DateTimeField(_("报告时间"), null=True)

    class Meta:
        verbose_name = _("入网踏勘")
        verbose_name_plural = pgettext_lazy("plural", "入网踏勘")
        default_permissions = ()
        ordering = ["connection", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection"],
                condition=Q(reported_at__isnull=True, called_off_at__isnull=True),
                name="one_survey_planned",
            ),
            models.CheckConstraint(
                condition=Q(
                    reported_at__isnull=True, surveyed_on__isnull=True, feasible__isnull=True
                )
                | (
                    Q(
                        reported_at__isnull=False,
                        surveyed_on__isnull=False,
                        feasible__isnull=False,
                        called_off_at__isnull=True,
                        heat_load_kw__gt=Decimal(0),
                        distance_m__isnull=False,
                    )
                    & ~Q(conclusion="")
                ),
                name="survey_reported_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection.number} {self.planned_for}"
