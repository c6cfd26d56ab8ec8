from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from office.clock import ClockEvent, EventKind
from office.models.calendar_version import CalendarVersion
from office.models.user import User

EVENT_NAMES = {
    EventKind.RECEIVED: _("受理"),
    EventKind.PAUSED: _("暂停"),
    EventKind.RESUMED: _("恢复"),
    EventKind.DONE: _("办结"),
    EventKind.REDO: _("返工"),
}


class ClockEntry(models.Model):
    """The columns of an event of a promise: when it truly happened and when it was entered.

    The user's table adds the record, and the reasons and papers of a pause with its own check;
    it only grows.
    """

    ordinal = models.PositiveSmallIntegerField(_("序号"))
    kind = models.CharField(
        _("事件"),
        max_length=10,
        choices=[(kind.value, name) for kind, name in EVENT_NAMES.items()],
    )
    at = models.DateTimeField(_("发生时间"))
    note = models.CharField(_("说明"), max_length=200, blank=True)
    entered_at = models.DateTimeField(_("录入时间"))
    entered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("录入人"), related_name="+"
    )

    class Meta:
        abstract = True

    def pause_reason(self) -> str:
        """Returns why the record waits for somebody else, as the explanation shows it."""
        return ""

    def pure(self) -> ClockEvent:
        """Returns the event as the clock reads it, in Chinese whatever the reader's language."""
        with override("zh-hans"):
            return ClockEvent(self.at, EventKind(self.kind), str(self.pause_reason()))


class PromiseMade(models.Model):
    """The columns of a promise made to somebody. The latest of a record is in force.

    `due_at` is the due time without pauses; the record keeps the one that counts them in.
    `provisional` is true beyond the years whose holidays are published. `calendar` is the newest
    version there was when the promise was made: it is reckoned by the calendar as it stood then.
    The user's table adds the record, its rule and the cause; it only grows.
    """

    received_at = models.DateTimeField(_("首次受理"))
    due_at = models.DateTimeField(_("承诺时刻"))
    provisional = models.BooleanField(_("暂定"))
    calendar = models.ForeignKey(
        CalendarVersion,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("工作日历"),
        related_name="+",
    )
    made_at = models.DateTimeField(_("承诺时间"))
    made_by = models.CharField(_("经办"), max_length=80)

    class Meta:
        abstract = True
