from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models import Run
from suppliers.dimensions import Dimension, RatingClass
from suppliers.models.rating_rule import RatingRule
from suppliers.models.supplier import Supplier
from suppliers.rating_states import RatingRunState


class RatingRun(Run):
    """年度评审: the rating of all suppliers for one year by one rule, from scoring to final.

    `record_as_of` is the instant at which the supply record was read; `objections_until` is the
    last day for objections. What is final never changes.
    """

    year = models.PositiveSmallIntegerField(_("评审年度"))
    rule = models.ForeignKey(
        RatingRule, on_delete=models.PROTECT, verbose_name=_("评审规则"), related_name="runs"
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=RatingRunState, default=RatingRunState.SCOPED
    )
    record_as_of = models.DateTimeField(_("供货记录截至"), null=True)
    supplier_count = models.PositiveIntegerField(_("供应商数"), default=0)
    published_at = models.DateTimeField(_("公示时间"), null=True)
    objections_until = models.DateField(_("公示截止日"), null=True)
    finalised_at = models.DateTimeField(_("确定时间"), null=True)

    class Meta:
        verbose_name = _("年度评审")
        verbose_name_plural = pgettext_lazy("plural", "年度评审")
        ordering = ["-year", "-pk"]
        permissions = [
            ("create_rating_run", _("建立年度评审")),
            ("score_rating_run", _("年度评审计分")),
            ("name_panel", _("指定评委")),
            ("sit_on_panel", _("担任评委")),
            ("close_panel", _("结束面对面评审")),
            ("check_rating_run", _("年度评审初审")),
            ("approve_rating_run", _("批准年度评审")),
            ("publish_rating_run", _("公示年度评审")),
            ("raise_objection", _("登记评审异议")),
            ("answer_objection", _("答复评审异议")),
            ("finalise_rating_run", _("确定年度评审结果")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["year"],
                condition=~Q(state=RatingRunState.CANCELLED),
                name="one_rating_run_a_year",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("created_by")),
                name="rating_run_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} #{self.pk}"


class SupplierRating(models.Model):
    """评审结果: a supplier's total (None: not rated) and class of a year.

    `for_panel` says that the panel has to see the supplier, `panel_points` the mean of what it
    gave face to face, in percent. `counted_records` are the ids of the supplier and of the records
    merged into it when the record was read.
    """

    run = models.ForeignKey(
        RatingRun, on_delete=models.PROTECT, verbose_name=_("年度评审"), related_name="ratings"
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, verbose_name=_("供应商"), related_name="ratings"
    )
    total = models.DecimalField(_("总分"), max_digits=5, decimal_places=2, null=True)
    rating_class = models.CharField(_("等级"), max_length=12, choices=RatingClass)
    for_panel = models.BooleanField(_("须面对面评审"))
    panel_points = models.DecimalField(
        _("面对面评审得分"), max_digits=5, decimal_places=2, null=True
    )
    counted_records = models.JSONField(_("计入的供应商档案"))

    class Meta:
        verbose_name = _("评审结果")
        verbose_name_plural = pgettext_lazy("plural", "评审结果")
        ordering = ["-run__year", F("total").desc(nulls_last=True), "pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "supplier"], name="rated_once_per_run"),
            models.CheckConstraint(
                condition=Q(total__isnull=True, rating_class=RatingClass.NOT_RATED)
                | (
                    Q(total__isnull=False, total__gte=0, total__lte=100)
                    & ~Q(rating_class=RatingClass.NOT_RATED)
                ),
                name="rated_unless_without_total",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier} {self.run.year}"


class RatingScore(models.Model):
    """分项得分: one dimension of a rating with what it was made of.

    `rows` is how many entries were counted. `value` is None where a part that counts is missing;
    `panel_mean` is the mean of the panel's points where the panel has a share.
    """

    rating = models.ForeignKey(
        SupplierRating, on_delete=models.PROTECT, verbose_name=_("评审结果"), related_name="scores"
    )
    dimension = models.CharField(_("评价维度"), max_length=12, choices=Dimension)
    weight = models.DecimalField(_("权重"), max_digits=5, decimal_places=2)
    numerator = models.DecimalField(_("分子"), max_digits=30, decimal_places=3)
    denominator = models.DecimalField(_("分母"), max_digits=30, decimal_places=3)
    rows = models.PositiveIntegerField(_("记录数"))
    panel_share = models.DecimalField(_("评审占比"), max_digits=5, decimal_places=2)
    panel_mean = models.DecimalField(_("评审均分"), max_digits=5, decimal_places=2, null=True)
    value = models.DecimalField(_("得分"), max_digits=5, decimal_places=2, null=True)

    class Meta:
        verbose_name = _("分项得分")
        verbose_name_plural = pgettext_lazy("plural", "分项得分")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["rating", "dimension"], name="scored_once_per_rating")
        ]

    def __str__(self) -> str:
        return f"{self.get_dimension_display()} {self.value}"
