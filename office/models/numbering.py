from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class NumberSeries(models.Model):
    """A gap-free series of numbers; whoever draws a number locks the row."""

    name = models.CharField(max_length=80, unique=True)
    next_value = models.BigIntegerField(default=1)

    class Meta:
        verbose_name = _("编号序列")
        verbose_name_plural = pgettext_lazy("plural", "编号序列")

    def __str__(self) -> str:
        return self.name
