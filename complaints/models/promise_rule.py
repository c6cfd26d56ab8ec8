from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.classes import TicketClass
from office.models import Company, User
from office.scope import GroupScope


class PromiseRule(models.Model):
    """时限规则: the promise for a class of tickets received from a day on. Append-only.

    A rule without a company is valid for every company of the group without a rule of its own.
    `terms` are a rule of the service clock (`office/clock/terms.py`).
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, null=True, verbose_name=_("公司"), related_name="+"
    )
    ticket_class = models.CharField(_("工单类别"), max_length=14, choices=TicketClass)
    effective_from = models.DateField(_("执行日期"))
    terms = models.JSONField(_("时限"))
    source = models.CharField(_("依据"), max_length=120)
    published_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("发布人"), related_name="+"
    )
    published_at = models.DateTimeField(_("发布时间"))

    objects = GroupScope["PromiseRule"].as_manager()

    class Meta:
        permissions = [
            ("publish_promise_rule", _("发布时限规则")),
        ]
        verbose_name = _("时限规则")
        verbose_name_plural = pgettext_lazy("plural", "时限规则")
        ordering = ["ticket_class", "-effective_from", "-id"]
        indexes = [models.Index(fields=["ticket_class", "company", "-effective_from"])]

    def __str__(self) -> str:
        return f"{self.get_ticket_class_display()} {self.effective_from}"


class AfterUnanswered(models.TextChoices):
    GIVE_UP = "give_up", _("结束回访")
    ESCALATE = "escalate", _("转客服主管回访")


class CallBackPolicy(models.Model):
    """回访规则: which customers are called back, how often, and what follows. Append-only.

    Every complaint is called back, and `sample_percent` % of the other tickets.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, null=True, verbose_name=_("公司"), related_name="+"
    )
    effective_from = models.DateField(_("执行日期"))
    sample_percent = models.PositiveSmallIntegerField(_("抽样 %"))
    most_attempts = models.PositiveSmallIntegerField(_("最多拨打次数"))
    hours_between = models.PositiveSmallIntegerField(
        _("未接通后至少间隔（小时）"), default=2, db_default=2
    )
    after_unanswered = models.CharField(_("未能接通时"), max_length=10, choices=AfterUnanswered)
    source = models.CharField(_("依据"), max_length=120)
    published_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("发布人"), related_name="+"
    )
    published_at = models.DateTimeField(_("发布时间"))

    objects = GroupScope["CallBackPolicy"].as_manager()

    class Meta:
        permissions = [
            ("publish_call_back_policy", _("发布回访规则")),
        ]
        verbose_name = _("回访规则")
        verbose_name_plural = pgettext_lazy("plural", "回访规则")
        ordering = ["-effective_from", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sample_percent__lte=100), name="sample_of_a_hundred"
            ),
            models.CheckConstraint(
                condition=models.Q(most_attempts__gte=1), name="call_back_tried_at_least_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effective_from} {self.sample_percent} %"
