"""The blacklist: who may not be dealt with, in what, from when to when, and by which decision."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.head_office import head_office
from office.models import Company
from suppliers.models.category import SupplyCategory
from suppliers.models.collusion_lead import CollusionLead
from suppliers.models.supplier import Supplier
from suppliers.states import AppealState, BanState


class Ban(models.Model):
    """黑名单: a supplier, its people and its accounts are excluded from new dealings.

    It begins at the minute of the last approval and ends after `ends_on`, or when it is lifted.
    Whether it is in force at a moment is a question (`bans_at`).
    """

    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, verbose_name=_("供应商"), related_name="bans"
    )
    state = models.CharField(_("状态"), max_length=10, choices=BanState, default=BanState.IN_REVIEW)
    # None: every category. A category includes those below it.
    category = models.ForeignKey(
        SupplyCategory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("范围"),
        related_name="+",
    )
    # The confirmed lead of a ring to which the supplier belongs; the database proves both.
    lead = models.ForeignKey(
        CollusionLead,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("串标线索"),
        related_name="bans",
    )
    reason = models.CharField(_("列入原因"), max_length=400)
    # The number or title of the paper on which the decision rests.
    source = models.CharField(_("依据文件"), max_length=120)
    # The last day, in Shanghai, included; None: without an end.
    ends_on = models.DateField(_("截止日期"), null=True, blank=True)
    review_on = models.DateField(_("复核日期"))
    proposed_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("提出人"), related_name="+"
    )
    proposed_at = models.DateTimeField(_("提出时间"))
    starts_at = models.DateTimeField(_("生效时间"), null=True, blank=True)
    lifted_at = models.DateTimeField(_("解除时间"), null=True, blank=True)
    remark = models.CharField(_("结束原因"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("供应商黑名单")
        verbose_name_plural = pgettext_lazy("plural", "供应商黑名单")
        ordering = ["-pk"]
        permissions = [
            ("propose_ban", _("提出列入黑名单")),
            ("check_ban_procurement", _("黑名单采购审核")),
            ("check_ban_group", _("黑名单集团审定")),
            ("review_ban", _("复核黑名单")),
            ("lift_ban", _("解除黑名单")),
            ("enter_appeal", _("登记黑名单申诉")),
            ("decide_appeal", _("裁定黑名单申诉")),
            ("clear_match", _("核实黑名单疑似人员")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[BanState.IN_FORCE, BanState.LIFTED], starts_at__isnull=False)
                | (~Q(state__in=[BanState.IN_FORCE, BanState.LIFTED]) & Q(starts_at__isnull=True)),
                name="ban_begins_when_approved",
            ),
            models.CheckConstraint(
                condition=Q(state=BanState.LIFTED, lifted_at__isnull=False)
                | (~Q(state=BanState.LIFTED) & Q(lifted_at__isnull=True)),
                name="ban_lifted_at_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["state", "review_on"], name="ban_to_review")]

    def __str__(self) -> str:
        return f"{self.supplier} · {self.category or _('全部类别')}"

    @property
    def company(self) -> Company:
        """The head office, to which approvals and documents of the group's records belong."""
        return head_office()


class SubjectKind(models.TextChoices):
    """By what somebody on the blacklist is recognised."""

    CODE = "code", _("统一社会信用代码")
    PERSON = "person", _("人员")
    ACCOUNT = "account", _("银行账号")


class BanSubject(models.Model):
    """黑名单对象: a credit code, person or account of a ban, in the form in which it is compared.

    Append-only.
    """

    ban = models.ForeignKey(
        Ban, on_delete=models.PROTECT, verbose_name=_("供应商黑名单"), related_name="subjects"
    )
    kind = models.CharField(_("种类"), max_length=8, choices=SubjectKind)
    text = models.CharField(_("内容"), max_length=120)
    value = models.CharField(max_length=120, editable=False)

    class Meta:
        verbose_name = _("黑名单对象")
        verbose_name_plural = pgettext_lazy("plural", "黑名单对象")
        ordering = ["ban", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["ban", "kind", "value"], name="subject_once_per_ban")
        ]
        indexes = [models.Index(fields=["kind", "value"], name="subject_by_value")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.text}"


class BanReview(models.Model):
    """黑名单复核: somebody looked whether a ban is still right; it stands until the next review.

    Append-only.
    """

    ban = models.ForeignKey(
        Ban, on_delete=models.PROTECT, verbose_name=_("供应商黑名单"), related_name="reviews"
    )
    conclusion = models.CharField(_("复核结论"), max_length=400)
    next_on = models.DateField(_("下次复核日期"))
    by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("复核人"), related_name="+"
    )
    at = models.DateTimeField(_("复核时间"))

    class Meta:
        verbose_name = _("黑名单复核")
        verbose_name_plural = pgettext_lazy("plural", "黑名单复核")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.ban} {self.next_on}"


class BanAppeal(models.Model):
    """黑名单申诉: what the supplier says against a ban.

    It is decided by somebody who neither proposed nor approved the ban.
    """

    ban = models.ForeignKey(
        Ban, on_delete=models.PROTECT, verbose_name=_("供应商黑名单"), related_name="appeals"
    )
    state = models.CharField(_("状态"), max_length=8, choices=AppealState, default=AppealState.OPEN)
    text = models.CharField(_("申诉内容"), max_length=1000)
    received_on = models.DateField(_("收到日期"))
    entered_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("登记人"), related_name="+"
    )
    entered_at = models.DateTimeField(_("登记时间"))
    decision = models.CharField(_("裁定理由"), max_length=400, blank=True)
    decided_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("裁定人"),
        related_name="+",
    )
    decided_at = models.DateTimeField(_("裁定时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("黑名单申诉")
        verbose_name_plural = pgettext_lazy("plural", "黑名单申诉")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ban"], condition=Q(state=AppealState.OPEN), name="one_open_appeal"
            ),
            models.CheckConstraint(
                condition=Q(state=AppealState.OPEN, decided_at__isnull=True)
                | (~Q(state=AppealState.OPEN) & Q(decided_at__isnull=False) & ~Q(decision="")),
                name="appeal_decided_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ban} {self.received_on}"


class BanClearance(models.Model):
    """疑似排除: a person found that a supplier is not the person or account on the blacklist,
    though it has the same name or number. Append-only.
    """

    subject = models.ForeignKey(
        BanSubject, on_delete=models.PROTECT, verbose_name=_("黑名单对象"), related_name="+"
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, verbose_name=_("供应商"), related_name="+"
    )
    reason = models.CharField(_("核实情况"), max_length=400)
    by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("核实人"), related_name="+"
    )
    at = models.DateTimeField(_("核实时间"))

    class Meta:
        verbose_name = _("疑似排除")
        verbose_name_plural = pgettext_lazy("plural", "疑似排除")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["subject", "supplier"], name="cleared_once")]

    def __str__(self) -> str:
        return f"{self.supplier} {self.subject}"
