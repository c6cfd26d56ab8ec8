from django.db import models
from django.db.models import Q

from complaints.models.crew import Crew
from complaints.models.ticket import Ticket
from complaints.states import LIVE_VISITS, VisitState
from office.models import Document, User
from office.scope import CompanyScope


class VisitOutcome(models.TextChoices):
    FIXED = "fixed", "已修复"
    NOT_FIXED = "not_fixed", "未修复，须再次上门"
    NOBODY_HOME = "nobody_home", "无人在家"


class Visit(models.Model):
    """上门: one crew's way to a ticket, from the assignment to the customer's confirmation."""

    company_path = "ticket__company"

    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, verbose_name="工单", related_name="visits"
    )
    ordinal = models.PositiveSmallIntegerField("第几次")
    crew = models.ForeignKey(
        Crew, on_delete=models.PROTECT, verbose_name="班组", related_name="visits"
    )
    state = models.CharField("状态", max_length=10, choices=VisitState, default=VisitState.ASSIGNED)
    redo_round = models.PositiveSmallIntegerField("返工轮次", default=0)
    assigned_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name="派工人", related_name="+"
    )
    assigned_at = models.DateTimeField("派工时间")
    repairer = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name="维修人", related_name="visits"
    )
    accepted_at = models.DateTimeField("接单时间", null=True)
    departed_at = models.DateTimeField("出发时间", null=True)
    arrived_at = models.DateTimeField("到场时间", null=True)
    finding = models.CharField("现场情况", max_length=500, blank=True)
    found_at = models.DateTimeField("查明时间", null=True)
    completed_at = models.DateTimeField("完成时间", null=True)
    outcome = models.CharField("结果", max_length=12, choices=VisitOutcome, blank=True)
    work_done = models.CharField("处理内容", max_length=500, blank=True)
    confirmed_by = models.CharField("确认人", max_length=80, blank=True)
    confirmation = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, verbose_name="确认单", related_name="+"
    )

    objects = CompanyScope["Visit"].as_manager()

    class Meta:
        permissions = [
            ("accept_assignment", "接单"),
            ("depart", "出发"),
            ("arrive", "到场"),
            ("record_finding", "登记现场情况"),
            ("complete_visit", "完成上门"),
        ]
        verbose_name = "上门"
        verbose_name_plural = "上门"
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

    def __str__(self) -> str:
        return f"{self.ticket_id} #{self.ordinal}"


class ItemKind(models.TextChoices):
    FITTING = "fitting", "拆改用户设施"
    PART = "part", "更换配件"
    SERVICE = "service", "有偿服务"


class VisitItem(models.Model):
    """A fitting touched, a part used or a service charged, with the customer's consent before."""

    company_path = "visit__ticket__company"

    visit = models.ForeignKey(
        Visit, on_delete=models.PROTECT, verbose_name="上门", related_name="items"
    )
    kind = models.CharField("种类", max_length=8, choices=ItemKind)
    description = models.CharField("名称", max_length=120)
    quantity = models.DecimalField("数量", max_digits=8, decimal_places=2)
    amount_fen = models.BigIntegerField("金额（分）", default=0)
    consented_by = models.CharField("同意人", max_length=80)
    consented_at = models.DateTimeField("同意时间")
    consent = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, verbose_name="同意凭证", related_name="+"
    )

    objects = CompanyScope["VisitItem"].as_manager()

    class Meta:
        verbose_name = "上门用料与服务"
        verbose_name_plural = "上门用料与服务"
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
