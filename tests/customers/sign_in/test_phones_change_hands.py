"""A telephone number that is given out again opens nothing by the sign-ins of who had it before."""

import pytest

from customers.models import Customer, CustomerToken, OneTimeCode, WechatIdentity
from customers.sign_in.live_tokens import find_token
from customers.sign_in.operations import sign_in_by_wechat
from office.actors import Actor
from office.refusals import Refused
from tests.builders import a_company, a_contract, a_customer, an_account
from tests.clock import present
from tests.customer_api import PHONE, ApiClient, token_for

pytestmark = pytest.mark.django_db
OTHER_PHONE = "13800000002"
BY = Actor.customer("test")


def signed_in(secret: str) -> bool:
    return find_token(secret, at=present()) is not None


class TestSignIn:
    def test_ends_when_the_number_comes_to_another_customer(self) -> None:
        company = a_company()
        a_contract(an_account(company), a_customer(company, "李旧", phone=PHONE))
        secret = token_for(PHONE, openid="o-old")
        old_phone = ApiClient(secret)
        assert len(old_phone.read("/accounts").json()["accounts"]) == 1
        a_contract(an_account(company), a_customer(company, "王新", phone=PHONE))
        assert old_phone.read("/accounts").status_code == 401
        assert not WechatIdentity.objects.exists()
        with pytest.raises(Refused, match="还没有绑定手机号"):
            sign_in_by_wechat("o-old", by=BY, at=present())
        # A code proves the number anew.
        OneTimeCode.objects.all().delete()
        assert ApiClient(token_for(PHONE)).read("/accounts").status_code == 200

    def test_ends_when_the_number_leaves_its_customer(self) -> None:
        customer = a_customer(a_company(), phone=PHONE)
        a_customer(a_company(), phone=OTHER_PHONE)
        secret, others = token_for(PHONE, openid="o-1"), token_for(OTHER_PHONE, openid="o-2")
        customer.phone = "13800000003"
        customer.save()
        assert (signed_in(secret), signed_in(others)) == (False, True)
        assert list(WechatIdentity.objects.values_list("phone", flat=True)) == [OTHER_PHONE]

    def test_stays_when_something_else_of_a_customer_changes(self) -> None:
        customer = a_customer(a_company(), phone=PHONE)
        secret = token_for(PHONE)
        customer.name = "李新名"
        customer.save()
        a_customer(a_company(), phone="")
        assert signed_in(secret)
        revoked = CustomerToken.objects.filter(revoked_at__isnull=False)
        assert not revoked.exists()

    def test_ends_at_the_number_that_a_customer_takes_over(self) -> None:
        customer = a_customer(a_company(), phone=PHONE)
        a_customer(a_company(), phone=OTHER_PHONE)
        theirs = token_for(OTHER_PHONE)
        Customer.objects.filter(pk=customer.pk).update(phone=OTHER_PHONE)
        assert not signed_in(theirs)
