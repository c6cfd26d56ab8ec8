from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models.company import Company
from office.models.user import User
from office.scope import CompanyScope


class JobState(models.TextChoices):
    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("进行中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("失败")


class Job(models.Model):
    """A background job. This row is the truth about it; the broker only wakes a worker."""

    kind = models.CharField(_("任务"), max_length=60)
    key = models.CharField(_("唯一键"), max_length=120)
    params = models.JSONField(_("参数"), default=dict)
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, null=True, verbose_name=_("公司"), related_name="+"
    )
    requested_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("发起人"), related_name="+"
    )
    state = models.CharField(_("状态"), max_length=10, choices=JobState, default=JobState.QUEUED)
    done = models.PositiveIntegerField(_("已处理"), default=0)
    total = models.PositiveIntegerField(_("总数"), default=0)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    # Patience: interruptions since the job last came further than ever before.
    furthest = models.PositiveIntegerField(_("最远进度"), default=0, db_default=0)
    fruitless = models.PositiveSmallIntegerField(_("无进展的中断次数"), default=0, db_default=0)
    created_at = models.DateTimeField(_("创建时间"))
    heartbeat_at = models.DateTimeField(_("心跳"), null=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    result = models.JSONField(_("结果"), default=dict)
    error = models.TextField(_("错误"), blank=True)

    objects = CompanyScope["Job"].as_manager()

    class Meta:
        verbose_name = _("后台任务")
        verbose_name_plural = pgettext_lazy("plural", "后台任务")
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(state__in=["queued", "running"]),
                name="one_live_job_per_key",
            )
        ]
        indexes = [models.Index(fields=["state", "heartbeat_at"])]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def percent(self) -> int:
        """Returns the progress in whole percent; 100 only when the job is done."""
        if self.state == JobState.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0
