"""`/api/v1/accounts`: the customer's own accounts and their balances."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from billing.portal.api import examples
from billing.portal.api.serializers import (
    AccountBillsSerializer,
    AccountPageSerializer,
    AccountSerializer,
)
from billing.portal.own_records import own_account, own_accounts, own_bills
from customers.sign_in.authentication import signed_in
from customers.sign_in.throttles import PerCustomer
from office.api.api_operations import described
from office.api.paging import PageQuerySerializer
from office.calendar import business_date


class AccountsView(APIView):
    throttle_classes = [PerCustomer]
    throttle_scope = "read"

    @described(
        "list_accounts",
        _("我的户号及余额，含已过户但仍有旧账的。"),
        answers=AccountPageSerializer,
        example=examples.ACCOUNTS,
        parameters=[PageQuerySerializer],
    )
    def get(self, request: Request) -> Response:
        query = PageQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        page = query.validated_data["page"]
        accounts, more = own_accounts(
            signed_in(request), page=page, on=business_date(timezone.now())
        )
        answer = {"accounts": accounts, "next_page": page + 1 if more else None}
        return Response(AccountPageSerializer(answer).data)


class AccountView(APIView):
    throttle_classes = [PerCustomer]
    throttle_scope = "read"

    @described(
        "show_account",
        _("一个户号及其余额。"),
        answers=AccountSerializer,
        example=examples.ACCOUNT,
    )
    def get(self, request: Request, account_id: int) -> Response:
        own = own_account(signed_in(request), account_id, on=business_date(timezone.now()))
        return Response(AccountSerializer(own).data)


class AccountBillsView(APIView):
    throttle_classes = [PerCustomer]
    throttle_scope = "read"

    @described(
        "list_bills",
        _("该户属于您的账单，新的在前，每行写明算式。"),
        answers=AccountBillsSerializer,
        example=examples.BILLS,
    )
    def get(self, request: Request, account_id: int) -> Response:
        own = own_account(signed_in(request), account_id, on=business_date(timezone.now()))
        bills = own_bills(signed_in(request)).filter(account=own.account)
        return Response(AccountBillsSerializer({"account": own, "bills": bills}).data)
