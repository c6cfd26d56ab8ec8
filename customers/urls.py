"""Addresses outside the admin: the proof of a contract, and the customer's own contracts."""

from django.urls import path

from customers.contract_papers.views import verify_contract
from customers.portal import pages as own

urlpatterns = [
    path("verify/contract/<slug:code>", verify_contract, name="verify_contract"),
    path("my/contracts", own.contracts, name="my_contracts"),
    path("my/contracts/<slug:number>", own.contract, name="my_contract"),
]
