"""`/api/v1/accounts`: the customer's own accounts and their balances."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from billing.portal.api.serializers import (
    AccountBillsSerializer,
    AccountPageSerializer,
    AccountSerializer,
)
from billing.portal.own_records import own_account, own_accounts, own_bills
from customers.sign_in.authentication import signed_in
from customers.sign_in.throttles import PerCustomer
from office.calendar import business_date
from office.paging import PageQuerySerializer


class AccountsView(APIView):
    throttle_classes = [PerCustomer]
    throttle_scope = "read"

    @extend_schema(
        operation_id="list_accounts",
        parameters=[PageQuerySerializer],
        responses=AccountPageSerializer,
    )
    def get(self, request: Request) -> Response:
        """我的户号及余额，含已过户但仍有旧账的。"""
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

    @extend_schema(operation_id="show_account", responses=AccountSerializer)
    def get(self, request: Request, account_id: int) -> Response:
        """一个户号及其余额。"""
        own = own_account(signed_in(request), account_id, on=business_date(timezone.now()))
        return Response(AccountSerializer(own).data)


class AccountBillsView(APIView):
    throttle_classes = [PerCustomer]
    throttle_scope = "read"

    @extend_schema(operation_id="list_bills", responses=AccountBillsSerializer)
    def get(self, request: Request, account_id: int) -> Response:
        """该户属于您的账单，新的在前，每行写明算式。"""
        own = own_account(signed_in(request), account_id, on=business_date(timezone.now()))
        bills = own_bills(signed_in(request)).filter(account=own.account)
        return Response(AccountBillsSerializer({"account": own, "bills": bills}).data)
