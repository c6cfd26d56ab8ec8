from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models.ticket import Ticket
from customers.models import Account
from office.models import Company, Document, User
from office.scope import CompanyScope


class TemperatureTest(models.Model):
    """测温: the temperatures of a flat, signed by both sides. Append-only evidence.

    Temperatures are in °C; `required` is the promised minimum of every room.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        verbose_name=_("户号"),
        related_name="temperature_tests",
    )
    ticket = models.ForeignKey(
        Ticket,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("工单"),
        related_name="temperature_tests",
    )
    instrument = models.CharField(_("仪器编号"), max_length=40)
    calibrated_until = models.DateField(_("检定有效期至"))
    tested_at = models.DateTimeField(_("测温时间"))
    outside = models.DecimalField(_("室外温度 (°C)"), max_digits=4, decimal_places=1)
    required = models.DecimalField(_("约定室温 (°C)"), max_digits=4, decimal_places=1)
    tested_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("测温人"), related_name="+"
    )
    tester_signature = models.ForeignKey(
        Document, on_delete=models.PROTECT, verbose_name=_("测温人签字"), related_name="+"
    )
    customer_name = models.CharField(_("用户签字人"), max_length=80)
    customer_signature = models.ForeignKey(
        Document, on_delete=models.PROTECT, verbose_name=_("用户签字"), related_name="+"
    )
    entered_at = models.DateTimeField(_("录入时间"))

    objects = CompanyScope["TemperatureTest"].as_manager()

    class Meta:
        permissions = [
            ("record_temperature_test", _("登记测温")),
        ]
        verbose_name = _("测温记录")
        verbose_name_plural = pgettext_lazy("plural", "测温记录")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(tester_signature=F("customer_signature")),
                name="test_signed_by_both",
            ),
            models.CheckConstraint(
                condition=Q(tested_at__lte=F("entered_at")), name="test_before_entry"
            ),
        ]
        indexes = [
            models.Index(fields=["tested_at"], name="temperature_tested"),
            models.Index(fields=["company", "-id"], name="temperature_newest"),
            models.Index(fields=["company", "instrument"], name="temperature_instrument"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {timezone.localtime(self.tested_at):%Y-%m-%d %H:%M}"

    @property
    def coldest(self) -> Decimal:
        return min(reading.celsius for reading in self.readings.all())

    @property
    def passed(self) -> bool:
        """Returns whether every room was as warm as promised."""
        return self.coldest >= self.required


class TemperatureReading(models.Model):
    """The temperature of one room at one time, in °C. Append-only."""

    company_path = "test__company"

    test = models.ForeignKey(
        TemperatureTest, on_delete=models.PROTECT, verbose_name=_("测温"), related_name="readings"
    )
    room = models.CharField(_("房间"), max_length=20)
    measured_at = models.DateTimeField(_("时间"))
    celsius = models.DecimalField(_("温度 (°C)"), max_digits=4, decimal_places=1)

    objects = CompanyScope["TemperatureReading"].as_manager()

    class Meta:
        verbose_name = _("测温读数")
        verbose_name_plural = pgettext_lazy("plural", "测温读数")
        ordering = ["test", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["test", "room", "measured_at"], name="one_reading_per_room_and_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.room} {self.celsius} °C"
