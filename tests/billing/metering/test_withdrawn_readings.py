"""Readings that counted and are taken back, and how the cards lead to readings."""

import html
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from billing.metering import panel
from billing.metering.meters import FinalReading, NewMeter, remove_meter, replace_meter
from billing.metering.on_record import histories, with_counted_readings
from billing.metering.readings import withdraw_meter_reading
from billing.models import HeatUnit, MeterReading, MeterReadingWithdrawal
from billing.rules.meter_readings import total_heat
from customers.models import Account
from office.models import JournalEntry
from office.refusals import Invalid, NotAllowed, Refused
from tests.billing.adjustments.desk import Desk
from tests.billing.metering.meter_desk import INSTALLED, READ, D, heat, install, publish, read
from tests.builders import NOW

pytestmark = pytest.mark.django_db


class TestWithdrawMeterReading:
    def withdraw(self, desk: Desk, reading: MeterReading) -> MeterReadingWithdrawal:
        return withdraw_meter_reading(reading, reason="看错一位", by=desk.manager, at=NOW)

    def test_a_reading_that_counted_is_entered_anew(self, desk: Desk, account: Account) -> None:
        meter = install(desk, account)
        wrong = read(desk, meter, "210")
        with pytest.raises(Refused, match="不能在 2025-11-02 变成 120"):
            read(desk, meter, "120", date(2025, 11, 2))
        withdrawal = self.withdraw(desk, wrong)
        assert (withdrawal.reason, withdrawal.withdrawn_by) == ("看错一位", desk.manager.user)
        entry = JournalEntry.objects.get(action="withdraw_meter_reading")
        assert entry.facts == {
            "read_on": "2025-11-01", "value": "210.000", "kind": "regular", "reason": "看错一位",
        }  # fmt: skip
        read(desk, meter, "120")
        [history] = histories(with_counted_readings(account.meters.all()))
        assert [item.value for item in history.readings] == [D("0.000"), D("120.000")]
        wrong.refresh_from_db()
        assert (wrong.counts, wrong.standing) == (False, "已撤销")
        with pytest.raises(Refused, match="没有计入"):
            self.withdraw(desk, wrong)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            MeterReadingWithdrawal.objects.update(reason="另")

    def test_who_entered_it_what_waits_and_a_missing_reason_are_refused(
        self, desk: Desk, account: Account
    ) -> None:
        publish(desk)
        meter = install(desk, account)
        reading, waiting = read(desk, meter, "120"), read(desk, meter, "1200", date(2025, 11, 5))
        with pytest.raises(Refused, match="请由另一人撤销"):
            withdraw_meter_reading(reading, reason="看错", by=desk.clerk, at=NOW)
        with pytest.raises(Invalid, match="请填写撤销的原因"):
            withdraw_meter_reading(reading, reason=" ", by=desk.manager, at=NOW)
        with pytest.raises(Refused, match="待核实的请选不采用"):
            self.withdraw(desk, waiting)
        with pytest.raises(NotAllowed):
            withdraw_meter_reading(reading, reason="看错", by=desk.cashier, at=NOW)
        assert not MeterReadingWithdrawal.objects.exists()

    def test_a_start_is_recorded_again_on_its_day(self, desk: Desk, account: Account) -> None:
        meter = install(desk, account)
        self.withdraw(desk, meter.readings.get(kind="start"))
        again = read(desk, meter, "7", INSTALLED)
        assert (again.kind, again.entry) == ("start", 2)
        with pytest.raises(Refused, match="已有读数"):
            read(desk, meter, "8", INSTALLED)

    def test_nothing_is_read_before_the_start_is_there_again(
        self, desk: Desk, account: Account
    ) -> None:
        publish(desk)
        meter = install(desk, account)
        self.withdraw(desk, meter.readings.get(kind="start"))
        with pytest.raises(Refused, match="起始读数已撤回，请先重新登记"):
            read(desk, meter, "1200")
        assert meter.readings.count() == 1
        read(desk, meter, "0", INSTALLED)
        assert read(desk, meter, "1200").held_reason != ""

    def test_a_final_reading_is_entered_again_on_the_day_of_the_new_meter(
        self, desk: Desk, account: Account
    ) -> None:
        old = install(desk, account, "OLD")
        plate = NewMeter("NEW", HeatUnit.GJ, D(0))
        replace_meter(
            old, FinalReading(D("86")), plate, on=READ, source="单", by=desk.clerk, at=NOW
        )
        self.withdraw(desk, old.readings.get(kind="final"))
        right, later = FinalReading(D("68")), date(2025, 11, 5)
        other = NewMeter("OTHER", HeatUnit.GJ, D(0))
        with pytest.raises(Refused, match="已于 2025-11-01 换成新表"):
            replace_meter(old, right, other, on=READ, source="单", by=desk.clerk, at=NOW)
        with pytest.raises(Refused, match="旧表应在同日拆除"):
            remove_meter(old, right, on=later, source="单", by=desk.clerk, at=NOW)
        with pytest.raises(Refused, match="已于 2025-11-01 拆除"):
            read(desk, old, "70", later)
        final = remove_meter(old, right, on=READ, source="单", by=desk.clerk, at=NOW)
        assert (final.entry, final.counts) == (2, True)
        history = histories(with_counted_readings(account.meters.filter(number="OLD")))
        assert total_heat(heat(history, READ)) == D("68.000")

    def test_the_screen_offers_it_and_says_who_did_it(
        self, client: Client, desk: Desk, account: Account
    ) -> None:
        meter = install(desk, account)
        reading = read(desk, meter, "210")
        manager = desk.manager.user
        assert manager is not None
        client.force_login(manager)
        page = reverse("admin:billing_meterreading_change", args=[reading.pk])
        assert "撤销读数" in client.get(page).content.decode()
        address = reverse("admin:billing_meterreading_withdraw_meter_reading", args=[reading.pk])
        assert client.post(address, {"reason": "看错一位"}).status_code == 302
        again = client.get(page).content.decode()
        assert f"看错一位（{manager.display_name}）" in again
        assert address not in again
        card = reverse("admin:billing_meter_change", args=[meter.pk])
        assert f"看错一位（{manager.display_name}）" in client.get(card).content.decode()


class TestAccountPage:
    def test_the_card_leads_to_the_forms_with_the_meter_and_to_all_readings(
        self, client: Client, desk: Desk, account: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        meter = install(desk, account)
        read(desk, meter, "5")
        monkeypatch.setattr(panel, "MOST_READINGS", 1)
        clerk = desk.clerk.user
        assert clerk is not None
        client.force_login(clerk)
        page = client.get(reverse("admin:customers_account_change", args=[account.pk]))
        text = page.content.decode()
        card = reverse("admin:billing_meter_change", args=[meter.pk])
        place = f"company={account.company_id}"
        links = [
            f"{reverse('admin:billing_meter_add')}?{place}&amp;account={account.number}",
            f"{card}?verb=record_meter_reading",
            f"{reverse('admin:billing_meterreading_changelist')}?{place}&amp;q={account.number}",
        ]
        assert [link for link in links if f'href="{link}"' not in text] == []
        form = client.get(html.unescape(links[0])).content.decode()
        assert f'value="{account.number}"' in form
        opened = client.get(links[1]).content.decode()
        assert opened.count('<details class="ask" name="ask" open>') == 1
        listed = client.get(html.unescape(links[2])).context["cl"].result_list
        assert len(listed) == 2
