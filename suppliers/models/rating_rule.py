from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from suppliers.dimensions import Dimension, WithoutData
from suppliers.rating_states import RatingRuleState

PERCENT = (MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100)))


class RatingRule(models.Model):
    """评审规则: by what suppliers are rated from a year on; a draft until a second person has
    published it, and frozen from the first day: another rule is another row.

    `grace_days` is how late a delivery still counts as in time; all bounds are inclusive.
    `panel_from` is the least mean of the panel's points face to face, in percent.
    """

    state = models.CharField(
        _("状态"), max_length=10, choices=RatingRuleState, default=RatingRuleState.DRAFT
    )
    title = models.CharField(_("名称"), max_length=80)
    source = models.CharField(_("依据"), max_length=120)
    from_year = models.PositiveSmallIntegerField(_("自评审年度"))
    grace_days = models.PositiveSmallIntegerField(_("交货宽限天数"), default=0)
    qualified_from = models.DecimalField(
        _("合格线"), max_digits=5, decimal_places=2, validators=PERCENT
    )
    excellent_from = models.DecimalField(
        _("优秀线"), max_digits=5, decimal_places=2, validators=PERCENT
    )
    panel_from = models.DecimalField(
        _("面对面评审合格线"), max_digits=5, decimal_places=2, validators=PERCENT
    )
    objection_days = models.PositiveSmallIntegerField(
        _("公示天数"), validators=[MinValueValidator(1), MaxValueValidator(90)]
    )
    drafted_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("起草人"), related_name="+"
    )
    drafted_at = models.DateTimeField(_("起草时间"))
    published_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("发布人"),
        related_name="+",
    )
    published_at = models.DateTimeField(_("发布时间"), null=True)

    class Meta:
        verbose_name = _("评审规则")
        verbose_name_plural = pgettext_lazy("plural", "评审规则")
        ordering = ["-from_year", "-pk"]
        permissions = [
            ("draft_rating_rule", _("起草评审规则")),
            ("publish_rating_rule", _("发布评审规则")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    qualified_from__gte=0,
                    qualified_from__lte=F("excellent_from"),
                    excellent_from__lte=100,
                    panel_from__gte=0,
                    panel_from__lte=100,
                    objection_days__gte=1,
                    objection_days__lte=90,
                ),
                name="rating_rule_bounds",
            ),
            models.CheckConstraint(
                condition=Q(state=RatingRuleState.DRAFT, published_by__isnull=True)
                | Q(state=RatingRuleState.PUBLISHED, published_by__isnull=False)
                & ~Q(published_by=F("drafted_by")),
                name="rating_rule_two_people",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RatingRuleLine(models.Model):
    """评审规则明细: weight, panel share and least score of one dimension, in percent."""

    rule = models.ForeignKey(
        RatingRule, on_delete=models.PROTECT, verbose_name=_("评审规则"), related_name="lines"
    )
    dimension = models.CharField(_("评价维度"), max_length=12, choices=Dimension)
    weight = models.DecimalField(_("权重"), max_digits=5, decimal_places=2)
    panel_share = models.DecimalField(_("评审占比"), max_digits=5, decimal_places=2)
    without_data = models.CharField(_("无数据时"), max_length=10, choices=WithoutData)
    # The least score of an excellent supplier; None: no such condition.
    excellent_least = models.DecimalField(
        _("优秀最低分"), max_digits=5, decimal_places=2, null=True
    )

    class Meta:
        verbose_name = _("评审规则明细")
        verbose_name_plural = pgettext_lazy("plural", "评审规则明细")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "dimension"], name="dimension_once_per_rule"),
            # Five dimensions, each once: a published rule, which has all, takes no more lines.
            models.CheckConstraint(
                condition=Q(dimension__in=Dimension.values), name="rating_rule_dimension"
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=0, weight__lte=100)
                & Q(panel_share__gte=0, panel_share__lte=100)
                & (
                    Q(excellent_least__isnull=True)
                    | Q(excellent_least__gte=0, excellent_least__lte=100)
                ),
                name="rating_rule_percentages",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_dimension_display()} {self.weight}"
