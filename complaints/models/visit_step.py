from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models.visit import Visit
from office.models import Document, User
from office.scope import CompanyScope


class StepAnswer(models.TextChoices):
    DONE = "done", _("已办理")
    WITHDRAWN = "withdrawn", _("派工已撤回，内容留存")


class VisitStep(models.Model):
    """手机步骤: a step that a repairer's phone sent, once per key. Append-only.

    `happened_at` is the true time, `entered_at` the time of its arrival; the phone may have been
    offline in between. `phone_time` and `phone_sent_at` are what the phone's own clock showed when
    it happened and when it was sent: from them `happened_at` was corrected. `content` is the step's
    content, also of a step that came after the visit was withdrawn.
    """

    company_path = "visit__ticket__company"

    visit = models.ForeignKey(
        Visit, on_delete=models.PROTECT, verbose_name=_("上门"), related_name="steps"
    )
    key = models.UUIDField(unique=True, editable=False)
    verb = models.CharField(_("步骤"), max_length=24)
    # The column keeps its first name: to rename it would break the version that still runs.
    content = models.JSONField(_("内容"), default=dict, db_column="said")
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, verbose_name=_("照片"), related_name="+"
    )
    answer = models.CharField(_("结果"), max_length=10, choices=StepAnswer)
    happened_at = models.DateTimeField(_("发生时间"))
    entered_at = models.DateTimeField(_("收到时间"))
    phone_time = models.DateTimeField(_("手机显示的时间"), null=True)
    phone_sent_at = models.DateTimeField(_("手机显示的发送时间"), null=True)
    entered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("维修人"), related_name="+"
    )

    objects = CompanyScope["VisitStep"].as_manager()

    class Meta:
        verbose_name = _("手机步骤")
        verbose_name_plural = pgettext_lazy("plural", "手机步骤")
        ordering = ["visit", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(happened_at__lte=F("entered_at")), name="visit_step_happened_before"
            )
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.verb}"
