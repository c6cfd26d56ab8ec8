from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models.company import Company
from office.models.document import Document
from office.models.user import User
from office.scope import CompanyScope, GroupScope
from office.states import ApprovalState


class ApprovalRule(models.Model):
    """审批规则: the levels that records of a kind pass from a day and an amount on. Append-only.

    Without a company the rule holds in the whole group, where the company has no rule of its own.
    `levels` are permissions in the order in which their holders approve (`office/approvals`).
    """

    kind = models.CharField(_("审批事项"), max_length=40)
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, null=True, verbose_name=_("公司"), related_name="+"
    )
    from_amount_fen = models.BigIntegerField(_("起始金额（分）"), default=0)
    levels = models.JSONField(_("审批级次"))
    effective_from = models.DateField(_("执行日期"))
    source = models.CharField(_("依据"), max_length=120)
    published_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("发布人"), related_name="+"
    )
    published_at = models.DateTimeField(_("发布时间"))

    objects = GroupScope["ApprovalRule"].as_manager()

    class Meta:
        permissions = [
            ("publish_approval_rule", _("发布审批规则")),
        ]
        verbose_name = _("审批规则")
        verbose_name_plural = pgettext_lazy("plural", "审批规则")
        ordering = ["kind", "-effective_from", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_amount_fen__gte=0), name="approval_rule_from_nothing_up"
            )
        ]
        indexes = [
            models.Index(fields=["kind", "company", "-effective_from"], name="approval_rule_dated")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.effective_from}"


class Approval(models.Model):
    """审批: one passage of a record through its levels. At most one is pending for a record.

    The levels are those of the rule that held when it was opened; without a rule, the default of
    the kind. `permission` is the one of the level that is open. The record itself moves on by an
    operation of its own (`approve_billing_run`).
    """

    kind = models.CharField(_("审批事项"), max_length=40)
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    record_type = models.ForeignKey(
        ContentType, on_delete=models.PROTECT, verbose_name=_("对象类型"), related_name="+"
    )
    record_id = models.BigIntegerField(_("对象"))
    title = models.CharField(_("内容"), max_length=120)
    amount_fen = models.BigIntegerField(_("金额（分）"), default=0)
    rule = models.ForeignKey(
        ApprovalRule, on_delete=models.PROTECT, null=True, verbose_name=_("审批规则")
    )
    levels = models.JSONField(_("审批级次"))
    level = models.PositiveSmallIntegerField(_("当前级次"), default=1)
    permission = models.CharField(_("当前权限"), max_length=100)
    state = models.CharField(
        _("状态"), max_length=10, choices=ApprovalState, default=ApprovalState.PENDING
    )
    drafted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, verbose_name=_("起草人"), related_name="+"
    )
    opened_at = models.DateTimeField(_("提交时间"))
    ended_at = models.DateTimeField(_("结束时间"), null=True)

    objects = CompanyScope["Approval"].as_manager()

    class Meta:
        verbose_name = _("审批")
        verbose_name_plural = pgettext_lazy("plural", "审批")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["record_type", "record_id"],
                condition=Q(state="pending"),
                name="one_pending_approval_per_record",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", ended_at__isnull=True)
                | (~Q(state="pending") & Q(ended_at__isnull=False)),
                name="approval_ended_unless_pending",
            ),
        ]
        indexes = [
            models.Index(fields=["record_type", "record_id"], name="approval_of_record"),
            models.Index(
                fields=["permission", "company"],
                condition=Q(state="pending"),
                name="approval_pending",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def step(self) -> str:
        """The level that is open, as a form carries it: an opinion is about what was on screen."""
        return f"{self.pk}-{self.level}"


class Verdict(models.TextChoices):
    APPROVED = "approved", _("通过")
    RETURNED = "returned", _("退回")


class ApprovalOpinion(models.Model):
    """审批意见: what one person decided at one level, with papers. Append-only.

    `right_of` is the person whose right was used: the same one, or the colleague who delegated it.
    A trigger (`office/migrations/0005_approvals.py`) keeps the drafter and everybody who has an
    opinion in this approval already away from it, under either name.
    """

    approval = models.ForeignKey(
        Approval, on_delete=models.PROTECT, verbose_name=_("审批"), related_name="opinions"
    )
    level = models.PositiveSmallIntegerField(_("级次"))
    verdict = models.CharField(_("结论"), max_length=10, choices=Verdict)
    text = models.CharField(_("意见"), max_length=500, blank=True)
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, verbose_name=_("审批人"), related_name="+"
    )
    right_of = models.ForeignKey(
        User, on_delete=models.PROTECT, verbose_name=_("代谁审批"), related_name="+"
    )
    at = models.DateTimeField(_("时间"))
    papers = models.ManyToManyField(Document, verbose_name=_("材料"), related_name="+")

    company_path = "approval__company"
    objects = CompanyScope["ApprovalOpinion"].as_manager()

    class Meta:
        verbose_name = _("审批意见")
        verbose_name_plural = pgettext_lazy("plural", "审批意见")
        ordering = ["level"]
        constraints = [
            models.UniqueConstraint(fields=["approval", "level"], name="one_opinion_per_level"),
            models.UniqueConstraint(fields=["approval", "by"], name="one_opinion_per_person"),
            models.UniqueConstraint(fields=["approval", "right_of"], name="one_opinion_per_right"),
            models.CheckConstraint(
                condition=~Q(verdict="returned", text=""), name="returned_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.approval} {self.level}"


class DelegationScope(models.QuerySet["Delegation"]):
    """Delegations among the staff of the user's companies, and the user's own."""

    def visible_to(self, user: User) -> "DelegationScope":
        if user.sees_every_company:
            return self.all()
        colleagues = User.objects.filter(companies__in=user.company_ids)
        return self.filter(Q(delegator__in=colleagues) | Q(delegator=user) | Q(deputy=user))


class Delegation(models.Model):
    """审批委托: a person's right to approve, in a colleague's hands from one day to another."""

    delegator = models.ForeignKey(
        User, on_delete=models.PROTECT, verbose_name=_("委托人"), related_name="+"
    )
    deputy = models.ForeignKey(
        User, on_delete=models.PROTECT, verbose_name=_("受托人"), related_name="+"
    )
    first_day = models.DateField(_("开始日期"))
    last_day = models.DateField(_("结束日期"))
    reason = models.CharField(_("原因"), max_length=200)
    entered_at = models.DateTimeField(_("登记时间"))
    ended_at = models.DateTimeField(_("提前结束时间"), null=True)

    objects = DelegationScope.as_manager()

    class Meta:
        permissions = [
            ("delegate_approvals", _("委托审批")),
            ("end_delegation", _("结束审批委托")),
        ]
        verbose_name = _("审批委托")
        verbose_name_plural = pgettext_lazy("plural", "审批委托")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(deputy=F("delegator")), name="delegated_to_somebody_else"
            ),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="delegated_for_a_day_at_least"
            ),
        ]
        indexes = [models.Index(fields=["deputy", "last_day"], name="delegation_of_deputy")]

    def __str__(self) -> str:
        return f"{self.delegator} → {self.deputy}"
