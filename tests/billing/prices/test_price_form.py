"""The form of a price document: percentages as people say them, categories of one company."""

from decimal import Decimal
from typing import Any

import pytest
from django.forms import ValidationError
from django.test import Client
from django.urls import reverse

from billing.models import PriceDocument, Tariff
from billing.prices.operations import publish_price_document
from billing.states import PriceDocumentState
from customers.models import TariffCategory
from heating.roles import CLERK, MANAGER
from office.actors import Actor
from office.forms.percent_field import PercentField, percentage
from office.models import User
from office.refusals import Refused
from tests.builders import NOW, a_company, a_member_of_staff

pytestmark = pytest.mark.django_db


def a_category(code: str = "11") -> TariffCategory:
    category, _ = TariffCategory.objects.get_or_create(
        company=a_company(code), name="居民住宅", residential=True
    )
    return category


def typed(category: TariffCategory, **changed: str) -> dict[str, str]:
    """What the browser sends for a document with one price."""
    return {
        "company": str(a_company().pk),
        "number": "并发改〔2026〕1号",
        "title": "热价",
        "issuer": "发改委",
        "issued_on": "2026-09-01",
        "effective_from": "2026-11-01",
        "stop_heat_ratio": "30",
        "height_rounding": "floor",
        "tariffs-TOTAL_FORMS": "1",
        "tariffs-INITIAL_FORMS": "0",
        "tariffs-0-category": str(category.pk),
        "tariffs-0-unit": "m2_month",
        "tariffs-0-area_basis": "building",
        "tariffs-0-amount": "3.60",
        "tariffs-0-vat_rate": "0",
    } | changed


ADD = "admin:billing_pricedocument_add"


@pytest.fixture
def clerk(client: Client) -> User:
    user = a_member_of_staff("clerk", CLERK, a_company())
    client.force_login(user)
    return user


def a_publisher() -> Actor:
    return Actor.staff(a_member_of_staff("manager", MANAGER, a_company()))


def errors_of(page: Any) -> str:
    (formset,) = page.context["inline_admin_formsets"]
    return str(formset.formset.errors) + str(formset.formset.non_form_errors())


class TestPriceForm:
    def test_the_default_rate_of_exempt_heat_is_taken(self, client: Client, clerk: User) -> None:
        page = client.get(reverse(ADD))
        assert 'name="tariffs-__prefix__-vat_rate" value="0"' in page.content.decode()
        client.post(reverse(ADD), typed(a_category()))
        tariff = Tariff.objects.get()
        assert (tariff.vat_rate, tariff.document.stop_heat_ratio) == (Decimal(0), Decimal("0.3000"))

    def test_three_means_three_percent(self, client: Client, clerk: User) -> None:
        client.post(reverse(ADD), typed(a_category(), **{"tariffs-0-vat_rate": "3"}))
        tariff = Tariff.objects.get()
        assert tariff.vat_rate == Decimal("0.0300")
        address = reverse("admin:billing_pricedocument_change", args=[tariff.document_id])
        page = client.get(address).content.decode()
        assert 'name="tariffs-0-vat_rate" value="3"' in page
        assert 'name="stop_heat_ratio" value="30"' in page

    def test_a_rate_beyond_hundred_says_what_is_meant(self, client: Client, clerk: User) -> None:
        page = client.post(reverse(ADD), typed(a_category(), **{"tariffs-0-vat_rate": "900"}))
        assert "增值税率 %应为 0 到 100 之间的百分数，如 9 表示 9%。" in errors_of(page)
        assert not PriceDocument.objects.exists()

    def test_the_category_of_another_company_is_refused(self, client: Client, clerk: User) -> None:
        """Forged for who has one company; slipped for who has two."""
        foreign = a_category("21")
        page = client.post(reverse(ADD), typed(foreign))
        assert "居民住宅" not in errors_of(page)
        assert not PriceDocument.objects.exists()
        clerk.companies.add(a_company("21"))
        page = client.post(reverse(ADD), typed(foreign))
        assert "热价类别“居民住宅”属于其他公司，请选择本公司的类别。" in errors_of(page)
        assert not PriceDocument.objects.exists()

    def test_categories_of_two_companies_are_told_apart(self, client: Client, clerk: User) -> None:
        clerk.companies.add(a_company("21"))
        own, foreign = a_category(), a_category("21")
        page = client.get(reverse(ADD)).content.decode()
        assert "太原再生 · 居民住宅" in page
        assert "兰州新区 · 居民住宅" in page
        client.post(reverse(ADD), typed(own))
        document = PriceDocument.objects.get()
        address = reverse("admin:billing_pricedocument_change", args=[document.pk])
        page = client.get(address).content.decode()
        assert f'<option value="{own.pk}" selected>居民住宅</option>' in page
        assert f'<option value="{foreign.pk}"' not in page

    def test_a_published_document_shows_percentages(self, client: Client, clerk: User) -> None:
        client.post(reverse(ADD), typed(a_category(), **{"tariffs-0-vat_rate": "9"}))
        document = PriceDocument.objects.get()
        publish_price_document(document, by=a_publisher(), at=NOW)
        page = client.get(reverse("admin:billing_pricedocument_change", args=[document.pk]))
        assert page.status_code == 200
        assert "0.0900" not in page.content.decode()
        assert "0.3000" not in page.content.decode()


class TestPublishPriceDocument:
    def test_a_foreign_category_is_never_published(self, client: Client, clerk: User) -> None:
        client.post(reverse(ADD), typed(a_category()))
        document = PriceDocument.objects.get()
        Tariff.objects.update(category=a_category("21"))
        with pytest.raises(Refused) as refusal:
            publish_price_document(document, by=a_publisher(), at=NOW)
        assert refusal.value.code == "foreign_category"
        document.refresh_from_db()
        assert document.state == PriceDocumentState.DRAFT


class TestPercentField:
    field = PercentField(label="税率", max_digits=4, decimal_places=4)

    @pytest.mark.parametrize(
        ("text", "ratio"),
        [("3", "0.0300"), ("0", "0.0000"), (" 9％", "0.0900"), ("0.55%", "0.0055")],
    )
    def test_percentages(self, text: str, ratio: str) -> None:
        assert str(self.field.clean(text)) == ratio

    @pytest.mark.parametrize("text", ["-1", "100", "101", "NaN", "1e9", "三", "0.555"])
    def test_refused(self, text: str) -> None:
        with pytest.raises(ValidationError):
            self.field.clean(text)

    def test_shown_as_typed(self) -> None:
        assert percentage(Decimal("0.0900")) == "9"
        assert percentage(Decimal("1.0000")) == "100"
        assert self.field.prepare_value("abc") == "abc"
