from django.db import models

from office.models import Company, User
from office.scope import CompanyScope


class Crew(models.Model):
    """班组: the repairers who are sent together."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name="公司", related_name="+"
    )
    name = models.CharField("名称", max_length=40)
    members = models.ManyToManyField(User, verbose_name="成员", blank=True, related_name="crews")
    active = models.BooleanField("在用", default=True)

    objects = CompanyScope["Crew"].as_manager()

    class Meta:
        verbose_name = "班组"
        verbose_name_plural = "班组"
        ordering = ["company", "name"]
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="one_crew_per_name")
        ]

    def __str__(self) -> str:
        return self.name
