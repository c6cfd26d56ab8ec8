"""What the address of a list may ask: declared filters, declared columns, nothing else."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.utils import get_fields_from_path
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from complaints.models import Crew, DutyPeriod
from customers.models import Customer, HeatStation, TariffCategory
from heating.roles import CLERK, DISPATCHER, SECURITY_ADMINISTRATOR
from office.models import User
from office.screens.reference import ReferenceAdmin
from office.screens.reference_form import company_columns
from tests.builders import a_company, a_customer, a_member_of_staff, a_tariff
from tests.shown_form import send_shown

pytestmark = pytest.mark.django_db
HIDDEN = {"phone", "caller_phone", "id_digest", "id_sealed", "secret", "password"}


def screens() -> list[Any]:
    return sorted(admin.site._registry.values(), key=lambda screen: screen.opts.label)


def list_of(screen: Any) -> str:
    return reverse(f"admin:{screen.opts.app_label}_{screen.opts.model_name}_changelist")


@pytest.fixture
def boss(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("boss", password="x"))
    return client


def a_request(address: str = "/", **parameters: str) -> HttpRequest:
    """A request of somebody who may see everything."""
    request = RequestFactory().get(address, parameters)
    request.user, _ = User.objects.get_or_create(
        username="boss", defaults={"is_superuser": True, "is_staff": True}
    )
    return request


class TestUndeclaredLookUps:
    def test_no_list_looks_a_column_up_by_its_address(self) -> None:
        for screen in screens():
            for column in screen.opts.concrete_fields:
                look_ups = [f"{column.name}__startswith", f"{column.name}__lt"]
                if column.related_model is not None:
                    look_ups.append(f"{column.name}__pk__gt")
                for name in look_ups:
                    with pytest.raises(DisallowedModelAdminLookup):
                        screen.get_changelist_instance(a_request(**{name: "4"}))

    def test_a_name_that_no_column_has_is_refused_like_one_that_is_there(
        self, boss: Client
    ) -> None:
        for screen in screens():
            answer = boss.get(list_of(screen), {"nonsense": "1"})
            assert answer.status_code == 400, (screen, answer.status_code)

    def test_every_declared_filter_still_answers(self) -> None:
        for screen in screens():
            changes = screen.get_changelist_instance(a_request())
            for spec in changes.filter_specs:
                for choice in list(spec.choices(changes))[-1:]:
                    narrowed = screen.get_changelist_instance(
                        a_request(f"/{choice['query_string']}")
                    )
                    assert set(narrowed.result_list) <= set(changes.queryset), (screen, choice)

    def test_an_authenticators_secret_is_not_to_be_guessed(self, client: Client) -> None:
        owner = a_member_of_staff("owner", CLERK, a_company())
        device = TOTPDevice.objects.create(user=owner, name="x", confirmed=True)
        client.force_login(a_member_of_staff("sec", SECURITY_ADMINISTRATOR, a_company()))
        address = reverse("admin:otp_totp_totpdevice_changelist")
        right, wrong = device.key[0], "0" if device.key[0] != "0" else "1"
        answers = [
            client.get(address, {"id": device.pk, "key__startswith": digit})
            for digit in (right, wrong)
        ]
        assert [answer.status_code for answer in answers] == [400, 400]
        assert answers[0].content == answers[1].content

    def test_nor_by_the_column_in_which_a_page_finds_its_record(self, boss: Client) -> None:
        customer = a_customer(a_company())
        address = reverse("admin:customers_customer_change", args=[customer.phone])
        answer = boss.get(address, {"_to_field": "phone"})
        assert (answer.status_code, customer.name in answer.content.decode()) == (404, False)


class TestSortingAndSearching:
    def test_lists_sort_by_columns_that_they_show(self) -> None:
        """A masked column has no order: it would tell what the mask hides."""
        request = a_request()
        for screen in screens():
            changes = screen.get_changelist_instance(request)
            for name in screen.get_list_display(request):
                column = changes.get_ordering_field(name)
                path = str(getattr(column, "name", column) or "")
                if screen.model is not DutyPeriod:  # Its telephone is the crew's, shown whole.
                    assert path.rpartition("__")[2] not in HIDDEN, (screen, name)

    def test_no_list_and_no_export_of_it_has_a_masked_column_itself(self) -> None:
        request = a_request()
        for screen in screens():
            shown = {name for name in screen.get_list_display(request) if isinstance(name, str)}
            if screen.model is not DutyPeriod:  # Its telephone is the crew's, shown whole.
                assert not HIDDEN & {name.rpartition("__")[2] for name in shown}, screen

    def test_a_masked_column_is_searched_by_its_whole_value_only(self) -> None:
        for screen in screens():
            # The telephone of a colleague is shown whole, as a supplier's is.
            if screen.model is User:
                continue
            for name in screen.search_fields:
                column, _, look_up = name.removeprefix("=").rpartition("__")
                last = column.rpartition("__")[2] if look_up == "exact" else look_up
                whole = name.startswith("=") or look_up == "exact"
                assert whole or not HIDDEN & {last, *column.split("__")}, (screen, name)

    def test_a_search_box_says_how_much_of_a_value_it_needs(self) -> None:
        """Searches of their own have tests of their own; these follow from the columns."""
        promised = 0
        for screen in screens():
            own = not type(screen).get_search_results.__qualname__.startswith("ModelAdmin.")
            if own or not screen.search_help_text:
                continue
            words = str(screen.search_help_text)
            for name in screen.search_fields:
                wanted: tuple[str, ...]
                if name.startswith("=") or name.endswith("__exact"):
                    wanted = ("完整", "用户名")
                elif name.startswith("^") or name.endswith("__startswith"):
                    wanted = ("开头",)
                else:
                    wanted = ("一部分", "中的字")
                assert any(word in words for word in wanted), (screen, name, words)
                promised += 1
        assert promised > 40


class TestChoicesOfFilters:
    def test_the_filter_of_duty_rosters_names_only_the_companys_crews(self, client: Client) -> None:
        own, other = a_company("11"), a_company("21")
        for company, names in ((own, ("东城班", "西城班")), (other, ("兰州班",))):
            for name in names:
                Crew.objects.create(company=company, name=name)
        client.force_login(a_member_of_staff("dispatcher", DISPATCHER, own))
        page = client.get(reverse("admin:complaints_dutyperiod_changelist")).content.decode()
        assert "东城班" in page
        assert "兰州班" not in page

    def test_every_filter_by_a_relation_offers_what_may_be_seen(self) -> None:
        """A filter class that reads its choices past `visible_to` is found by its parent."""
        from office.lists.filters import VisibleRecordsFilter

        request = a_request()
        for screen in screens():
            for item in screen.get_list_filter(request):
                path, spec = item if isinstance(item, tuple) else (item, None)
                if not isinstance(path, str):
                    continue
                field = get_fields_from_path(screen.model, path)[-1]
                if field.is_relation and spec is not None:
                    assert issubclass(spec, VisibleRecordsFilter), (screen, path)


class TestCompanyOfARecord:
    def test_a_clerk_of_two_companies_moves_no_category(self, client: Client) -> None:
        first, second = a_company("11"), a_company("21")
        category = a_tariff(first).category
        clerk = a_member_of_staff("clerk", CLERK, first)
        clerk.companies.add(second)
        client.force_login(clerk)
        address = reverse("admin:customers_tariffcategory_change", args=[category.pk])
        sent = {"company": second.pk, "name": "住宅", "residential": "on"}
        assert send_shown(client, address, sent).status_code == 302
        category.refresh_from_db()
        assert (category.company, category.name) == (first, "住宅")

    def test_no_form_changes_the_company(self) -> None:
        """The walk over all forms: an unlisted model with a company is checked as well."""
        request = a_request()
        company = a_company()
        owners = {"company": company, "heat_station": HeatStation(company=company, name="一站")}
        checked = set()
        for screen in screens():
            if not isinstance(screen, ReferenceAdmin):
                continue
            record = screen.model(pk=1)
            for column in company_columns(screen.model):
                setattr(record, column, owners[column])
            for column in company_columns(screen.model):
                form = screen.get_form(request, record, change=True)
                screen_fields = form(instance=record).fields
                assert screen_fields[column].disabled, screen
                checked.add(screen.model)
        assert {TariffCategory, Crew} <= checked
        assert Customer not in checked
