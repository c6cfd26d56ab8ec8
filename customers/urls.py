"""Addresses outside the admin: the proof of a contract, the customer's own contracts, and the
pages of outside experts who have a link."""

from django.urls import path

from customers.connection import review_views
from customers.connection.follow_views import follow_connection
from customers.contract_papers.views import verify_contract
from customers.portal import pages as own

urlpatterns = [
    path("verify/contract/<slug:code>", verify_contract, name="verify_contract"),
    path("my/contracts", own.contracts, name="my_contracts"),
    path("my/contracts/<slug:number>", own.contract, name="my_contract"),
    path("connection/follow", follow_connection, name="follow_connection"),
    path("review/received", review_views.opinion_received, name="opinion_received"),
    path("review/<slug:token>", review_views.give_outside_opinion, name="give_outside_opinion"),
    path("review/<slug:token>/drawing", review_views.show_drawing, name="show_drawing"),
]
