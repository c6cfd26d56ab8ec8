from django.db import models


class NumberSeries(models.Model):
    """A gap-free series of numbers: the row is locked by whoever draws from it."""

    name = models.CharField(max_length=80, unique=True)
    next_value = models.BigIntegerField(default=1)

    class Meta:
        verbose_name = "编号序列"
        verbose_name_plural = "编号序列"

    def __str__(self) -> str:
        return self.name
