from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models.crew import Crew
from complaints.models.ticket import Ticket
from complaints.states import LIVE_VISITS, VisitState
from office.models import Document, User
from office.scope import CompanyScope


class VisitOutcome(models.TextChoices):
    FIXED = "fixed", _("已修复")
    NOT_FIXED = "not_fixed", _("未修复，须再次上门")
    NOBODY_HOME = "nobody_home", _("无人在家")


class Visit(models.Model):
    """上门: a visit of a crew, from the assignment to the customer's confirmation."""

    company_path = "ticket__company"

    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, verbose_name=_("工单"), related_name="visits"
    )
    ordinal = models.PositiveSmallIntegerField(_("第几次"))
    crew = models.ForeignKey(
        Crew, on_delete=models.PROTECT, verbose_name=_("班组"), related_name="visits"
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=VisitState, default=VisitState.ASSIGNED
    )
    redo_round = models.PositiveSmallIntegerField(_("返工轮次"), default=0)
    assigned_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("派工人"), related_name="+"
    )
    assigned_at = models.DateTimeField(_("派工时间"))
    repairer = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("维修人"), related_name="visits"
    )
    accepted_at = models.DateTimeField(_("接单时间"), null=True)
    departed_at = models.DateTimeField(_("出发时间"), null=True)
    arrived_at = models.DateTimeField(_("到场时间"), null=True)
    finding = models.CharField(_("现场情况"), max_length=500, blank=True)
    found_at = models.DateTimeField(_("查明时间"), null=True)
    completed_at = models.DateTimeField(_("完成时间"), null=True)
    outcome = models.CharField(_("结果"), max_length=12, choices=VisitOutcome, blank=True)
    work_done = models.CharField(_("处理内容"), max_length=500, blank=True)
    confirmed_by = models.CharField(_("确认人"), max_length=80, blank=True)
    confirmation = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, verbose_name=_("确认单"), related_name="+"
    )

    objects = CompanyScope["Visit"].as_manager()

    class Meta:
        permissions = [
            ("accept_assignment", _("接单")),
            ("depart", _("出发")),
            ("arrive", _("到场")),
            ("record_finding", _("登记现场情况")),
            ("complete_visit", _("完成上门")),
        ]
        verbose_name = _("上门")
        verbose_name_plural = pgettext_lazy("plural", "上门")
        ordering = ["ticket", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "ordinal"], name="visit_in_order"),
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(state__in=[*LIVE_VISITS]),
                name="one_live_visit_per_ticket",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=VisitOutcome.FIXED) | (~Q(finding="") & ~Q(confirmed_by="")),
                name="visit_fixed_is_found_and_confirmed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["arrived_at"], condition=Q(arrived_at__isnull=False), name="visit_arrived"
            ),
            # A crew's load, on the dispatcher's board: live visits are few, finished ones many.
            models.Index(
                fields=["crew"], condition=Q(state__in=[*LIVE_VISITS]), name="visit_live_by_crew"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} #{self.ordinal}"


class ItemKind(models.TextChoices):
    FITTING = "fitting", _("拆改用户设施")
    PART = "part", _("更换配件")
    SERVICE = "service", _("有偿服务")


class VisitItem(models.Model):
    """A fitting, part or charged service, to which the customer consented before."""

    company_path = "visit__ticket__company"

    visit = models.ForeignKey(
        Visit, on_delete=models.PROTECT, verbose_name=_("上门"), related_name="items"
    )
    kind = models.CharField(_("种类"), max_length=8, choices=ItemKind)
    description = models.CharField(_("名称"), max_length=120)
    quantity = models.DecimalField(_("数量"), max_digits=8, decimal_places=2)
    amount_fen = models.BigIntegerField(_("金额（分）"), default=0)
    consented_by = models.CharField(_("同意人"), max_length=80)
    consented_at = models.DateTimeField(_("同意时间"))
    consent = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, verbose_name=_("同意凭证"), related_name="+"
    )

    objects = CompanyScope["VisitItem"].as_manager()

    class Meta:
        verbose_name = _("上门用料与服务")
        verbose_name_plural = pgettext_lazy("plural", "上门用料与服务")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="visit_item_above_zero"),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="visit_item_amount"),
            models.CheckConstraint(condition=~Q(consented_by=""), name="visit_item_consented"),
            models.CheckConstraint(
                condition=Q(amount_fen=0) | Q(consent__isnull=False),
                name="visit_item_paid_has_paper",
            ),
        ]

    def __str__(self) -> str:
        return self.description
