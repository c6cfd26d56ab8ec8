from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.head_office import head_office
from office.models import ApprovalOpinion, Company
from suppliers.models.category import SupplyCategory
from suppliers.models.supplier import Supplier
from suppliers.states import OPEN_ADMISSIONS, AdmissionState


class Admission(models.Model):
    """供应商准入: one passage of a supplier from its application to qualification for a category.

    `waiting_since` is when the admission came to the place where it stands now.
    """

    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, verbose_name=_("供应商"), related_name="admissions"
    )
    category = models.ForeignKey(
        SupplyCategory,
        on_delete=models.PROTECT,
        verbose_name=_("采购类别"),
        related_name="admissions",
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=AdmissionState, default=AdmissionState.IN_REVIEW
    )
    reason = models.CharField(_("申请理由"), max_length=400)
    applied_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("申请人"), related_name="+"
    )
    applied_at = models.DateTimeField(_("申请时间"))
    waiting_since = models.DateTimeField(_("停留起始"))
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    remark = models.CharField(_("结束原因"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("供应商准入")
        verbose_name_plural = pgettext_lazy("plural", "供应商准入")
        ordering = ["-pk"]
        permissions = [
            ("apply_for_admission", _("申请供应商准入")),
            ("check_admission_business", _("准入商务审查")),
            ("check_admission_technology", _("准入技术审查")),
            ("check_admission_group", _("准入集团审定")),
            ("meet_condition", _("确认准入条件已满足")),
            ("plan_site_visit", _("安排供应商考察")),
            ("pass_site_visit", _("登记考察结论")),
            ("order_trial", _("下达试用")),
            ("inspect_trial", _("试用到货验收")),
            ("give_construction_opinion", _("试用施工意见")),
            ("give_technical_opinion", _("试用技术意见")),
            ("give_operations_opinion", _("试用运营意见")),
            ("qualify_supplier", _("准予批量供应")),
            ("stop_admission", _("终止供应商准入")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "category"],
                condition=Q(state__in=OPEN_ADMISSIONS),
                name="one_open_admission",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_ADMISSIONS, ended_at__isnull=True)
                | (~Q(state__in=OPEN_ADMISSIONS) & Q(ended_at__isnull=False)),
                name="admission_ended_unless_open",
            ),
        ]
        indexes = [models.Index(fields=["state", "waiting_since"], name="admission_standing")]

    def __str__(self) -> str:
        return f"{self.supplier} · {self.category}"

    @property
    def company(self) -> Company:
        """The head office, to which approvals and documents of the group's records belong."""
        return head_office()


class CheckItem(models.TextChoices):
    """What the levels of an approval must check; which level checks what stands in its kind."""

    BUSINESS_RECORD = "business_record", _("业绩与信誉")
    CAPACITY = "capacity", _("规模与产能")
    INDEPENDENCE = "independence", _("与其他供应商的关联关系")
    TECHNOLOGY = "technology", _("技术能力")
    QUALITY = "quality", _("质量保证")
    PAPERS = "papers", _("证照齐全有效")
    DELIVERY = "delivery", _("交货能力")
    AFTER_SALES = "after_sales", _("售后服务")
    INTEGRITY = "integrity", _("廉政与失信情况")


class AdmissionCheck(models.Model):
    """审查项: what the person behind an opinion has checked. Append-only."""

    admission = models.ForeignKey(
        Admission, on_delete=models.PROTECT, verbose_name=_("供应商准入"), related_name="checks"
    )
    opinion = models.ForeignKey(
        ApprovalOpinion, on_delete=models.PROTECT, verbose_name=_("审批意见"), related_name="+"
    )
    item = models.CharField(_("审查项"), max_length=20, choices=CheckItem)

    class Meta:
        verbose_name = _("准入审查项")
        verbose_name_plural = pgettext_lazy("plural", "准入审查项")
        ordering = ["opinion", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["opinion", "item"], name="checked_once_per_opinion")
        ]

    def __str__(self) -> str:
        return self.get_item_display()


class AdmissionCondition(models.Model):
    """准入条件: what a supplier must still do; after its last day a qualification does not hold
    until somebody has confirmed that it is done.
    """

    admission = models.ForeignKey(
        Admission, on_delete=models.PROTECT, verbose_name=_("供应商准入"), related_name="conditions"
    )
    text = models.CharField(_("条件"), max_length=200)
    due_on = models.DateField(_("期限"))
    set_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("提出人"), related_name="+"
    )
    set_at = models.DateTimeField(_("提出时间"))
    evidence = models.CharField(_("落实情况"), max_length=400, blank=True)
    met_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("确认人"),
        related_name="+",
    )
    met_at = models.DateTimeField(_("确认时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("准入条件")
        verbose_name_plural = pgettext_lazy("plural", "准入条件")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(met_at__isnull=True, met_by__isnull=True, evidence="")
                | (Q(met_at__isnull=False, met_by__isnull=False) & ~Q(evidence="")),
                name="condition_met_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return self.text


class Qualification(models.Model):
    """供货资格: a supplier may be dealt with in a category from one day to another. Append-only.

    Whether it holds at a moment is a question (`qualified_at`), since papers and conditions may
    suspend it to the minute.
    """

    admission = models.OneToOneField(
        Admission,
        on_delete=models.PROTECT,
        verbose_name=_("供应商准入"),
        related_name="qualification",
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, verbose_name=_("供应商"), related_name="qualifications"
    )
    category = models.ForeignKey(
        SupplyCategory,
        on_delete=models.PROTECT,
        verbose_name=_("采购类别"),
        related_name="qualifications",
    )
    # Both are days in Shanghai and included.
    valid_from = models.DateField(_("有效期自"))
    valid_until = models.DateField(_("有效期至"))
    granted_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("批准人"), related_name="+"
    )
    granted_at = models.DateTimeField(_("批准时间"))

    class Meta:
        verbose_name = _("供货资格")
        verbose_name_plural = pgettext_lazy("plural", "供货资格")
        ordering = ["category", "supplier", "-valid_until"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="qualification_ends_after_start"
            )
        ]
        indexes = [
            models.Index(fields=["category", "valid_until"], name="qualification_of_category")
        ]

    def __str__(self) -> str:
        return f"{self.supplier} · {self.category}"
