"""What is watched of suppliers between ratings: papers, yearly re-checks, issues, trainings."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.head_office import head_office
from office.models import Company
from suppliers.models.paper import SupplierPaper
from suppliers.models.supplier import Supplier
from suppliers.states import IssueState, RecheckState


class PaperWarning(models.Model):
    """到期提醒: a paper was said to end within 90, 60 or 30 days, once each. Append-only."""

    paper = models.ForeignKey(
        SupplierPaper, on_delete=models.PROTECT, verbose_name=_("证照"), related_name="warnings"
    )
    days = models.PositiveSmallIntegerField(_("提前天数"))
    warned_at = models.DateTimeField(_("提醒时间"))

    class Meta:
        verbose_name = _("到期提醒")
        verbose_name_plural = pgettext_lazy("plural", "到期提醒")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["paper", "days"], name="warned_once_per_step"),
            models.CheckConstraint(condition=Q(days__in=[90, 60, 30]), name="warning_step"),
        ]

    def __str__(self) -> str:
        return f"{self.paper} {self.days}"


class Recheck(models.Model):
    """年度复查: once a year somebody looks whether a qualified supplier still is what it was."""

    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, verbose_name=_("供应商"), related_name="rechecks"
    )
    state = models.CharField(
        _("状态"), max_length=6, choices=RecheckState, default=RecheckState.OPEN
    )
    opened_at = models.DateTimeField(_("发起时间"))
    due_on = models.DateField(_("期限"))
    findings = models.CharField(_("复查情况"), max_length=500, blank=True)
    checked_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("复查人"),
        related_name="+",
    )
    checked_at = models.DateTimeField(_("复查时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("年度复查")
        verbose_name_plural = pgettext_lazy("plural", "年度复查")
        ordering = ["-pk"]
        permissions = [("record_recheck", _("登记年度复查"))]
        constraints = [
            models.UniqueConstraint(
                fields=["supplier"], condition=Q(state=RecheckState.OPEN), name="one_open_recheck"
            ),
            models.CheckConstraint(
                condition=Q(state=RecheckState.OPEN, checked_at__isnull=True)
                | (Q(state=RecheckState.DONE, checked_at__isnull=False) & ~Q(findings="")),
                name="recheck_done_with_findings",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier} {self.due_on:%Y}"


class SupplierIssue(models.Model):
    """整改事项: what is wrong at a supplier, what it did about it, and who looked at that."""

    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, verbose_name=_("供应商"), related_name="issues"
    )
    recheck = models.ForeignKey(
        Recheck,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("年度复查"),
        related_name="issues",
    )
    state = models.CharField(_("状态"), max_length=10, choices=IssueState, default=IssueState.OPEN)
    text = models.CharField(_("问题"), max_length=400)
    due_on = models.DateField(_("整改期限"))
    raised_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("提出人"), related_name="+"
    )
    raised_at = models.DateTimeField(_("提出时间"))
    rectification = models.CharField(_("整改情况"), max_length=400, blank=True)
    reported_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("整改登记人"),
        related_name="+",
    )
    reported_at = models.DateTimeField(_("整改登记时间"), null=True, blank=True)
    verification = models.CharField(_("验证情况"), max_length=400, blank=True)
    verified_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("验证人"),
        related_name="+",
    )
    verified_at = models.DateTimeField(_("验证时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("整改事项")
        verbose_name_plural = pgettext_lazy("plural", "整改事项")
        ordering = ["-pk"]
        permissions = [
            ("raise_issue", _("提出整改事项")),
            ("report_rectification", _("登记整改情况")),
            ("verify_rectification", _("验证整改")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=IssueState.VERIFIED)
                | (Q(verified_at__isnull=False) & ~Q(verified_by=models.F("reported_by"))),
                name="issue_verified_by_another",
            )
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="issue_due")]

    def __str__(self) -> str:
        return f"{self.supplier} {self.text}"

    @property
    def company(self) -> Company:
        """The head office, to which documents of the group's records belong."""
        return head_office()


class EventKind(models.TextChoices):
    """What suppliers are invited to."""

    TRAINING = "training", _("培训")
    EXCHANGE = "exchange", _("交流活动")


class SupplierActivity(models.Model):
    """培训与交流: a training or an exchange with suppliers."""

    kind = models.CharField(_("种类"), max_length=8, choices=EventKind)
    topic = models.CharField(_("主题"), max_length=120)
    held_on = models.DateField(_("日期"))
    place = models.CharField(_("地点"), max_length=80)
    entered_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("登记人"), related_name="+"
    )
    entered_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("供应商活动")
        verbose_name_plural = pgettext_lazy("plural", "供应商活动")
        ordering = ["-held_on", "-pk"]
        permissions = [
            ("plan_event", _("安排供应商活动")),
            ("record_attendance", _("登记供应商参加情况")),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.topic}"


class EventAttendance(models.Model):
    """参加情况: whether an invited supplier came, and with how many people."""

    event = models.ForeignKey(
        SupplierActivity,
        on_delete=models.PROTECT,
        verbose_name=_("供应商活动"),
        related_name="attendances",
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, verbose_name=_("供应商"), related_name="attendances"
    )
    # None: invited, and nobody has said yet whether it came.
    people = models.PositiveSmallIntegerField(_("参加人数"), null=True, blank=True)

    class Meta:
        verbose_name = _("参加情况")
        verbose_name_plural = pgettext_lazy("plural", "参加情况")
        ordering = ["supplier__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["event", "supplier"], name="invited_once")]

    def __str__(self) -> str:
        return f"{self.supplier} {self.event}"
