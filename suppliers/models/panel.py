from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from suppliers.dimensions import PanelDepartment
from suppliers.models.rating import RatingRun
from suppliers.models.supplier import Supplier


class PanelMember(models.Model):
    """评委: a person who reviews suppliers face to face for a department. Append-only."""

    run = models.ForeignKey(
        RatingRun, on_delete=models.PROTECT, verbose_name=_("年度评审"), related_name="panel"
    )
    user = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("评委"), related_name="+"
    )
    department = models.CharField(_("部门"), max_length=14, choices=PanelDepartment)
    named_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("指定人"), related_name="+"
    )
    named_at = models.DateTimeField(_("指定时间"))

    class Meta:
        verbose_name = _("评委")
        verbose_name_plural = pgettext_lazy("plural", "评委")
        ordering = ["department", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "user"], name="panel_member_once_per_run")
        ]

    def __str__(self) -> str:
        return f"{self.get_department_display()} {self.user.display_name}"


class PanelSheet(models.Model):
    """评审表: what one member thinks of one supplier; each change is a new version. Append-only."""

    run = models.ForeignKey(
        RatingRun, on_delete=models.PROTECT, verbose_name=_("年度评审"), related_name="sheets"
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, verbose_name=_("供应商"), related_name="+"
    )
    member = models.ForeignKey(
        PanelMember, on_delete=models.PROTECT, verbose_name=_("评委"), related_name="sheets"
    )
    version = models.PositiveSmallIntegerField(_("版本"))
    opinion = models.CharField(_("评审意见"), max_length=500)
    filled_at = models.DateTimeField(_("填写时间"))

    class Meta:
        verbose_name = _("评审表")
        verbose_name_plural = pgettext_lazy("plural", "评审表")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "supplier", "member", "version"], name="panel_sheet_version"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="panel_sheet_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.supplier} {self.member}"


class PanelMark(models.Model):
    """评分项: points of 0 to 100 for an aspect, or for a dimension in which the panel has a share.

    Append-only.
    """

    sheet = models.ForeignKey(
        PanelSheet, on_delete=models.PROTECT, verbose_name=_("评审表"), related_name="marks"
    )
    # A value of `Aspect` or of `Dimension`.
    item = models.CharField(_("评审项"), max_length=14)
    points = models.DecimalField(_("分数"), max_digits=5, decimal_places=2)
    remark = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("评分项")
        verbose_name_plural = pgettext_lazy("plural", "评分项")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "item"], name="panel_mark_once_per_sheet"),
            models.CheckConstraint(
                condition=Q(points__gte=0, points__lte=100), name="panel_mark_in_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.points}"


class RatingObjection(models.Model):
    """评审异议: what somebody objects to while the result is published, and the answer."""

    run = models.ForeignKey(
        RatingRun, on_delete=models.PROTECT, verbose_name=_("年度评审"), related_name="objections"
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, verbose_name=_("供应商"), related_name="+"
    )
    raised_from = models.CharField(_("提出人"), max_length=80)
    reason = models.CharField(_("异议内容"), max_length=500)
    entered_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("登记人"), related_name="+"
    )
    entered_at = models.DateTimeField(_("登记时间"))
    upheld = models.BooleanField(_("异议成立"), null=True)
    answer = models.CharField(_("答复"), max_length=500, blank=True)
    answered_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("答复人"),
        related_name="+",
    )
    answered_at = models.DateTimeField(_("答复时间"), null=True)

    class Meta:
        verbose_name = _("评审异议")
        verbose_name_plural = pgettext_lazy("plural", "评审异议")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    upheld__isnull=True, answer="", answered_by__isnull=True, answered_at=None
                )
                | (
                    Q(upheld__isnull=False, answered_by__isnull=False, answered_at__isnull=False)
                    & ~Q(answer="")
                ),
                name="objection_answered_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.supplier} {self.raised_from}"
