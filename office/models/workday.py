from django.db import models


class WorkdayOverride(models.Model):
    """A day that differs from Monday-to-Friday, as the State Council's notice says (调休)."""

    date = models.DateField("日期", unique=True)
    is_workday = models.BooleanField("上班")
    notice = models.CharField("依据", max_length=80)

    class Meta:
        verbose_name = "节假日安排"
        verbose_name_plural = "节假日安排"
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {'上班' if self.is_workday else '放假'}"
