"""Addresses outside the admin: the pages of suppliers that have a link, the proof of a
certificate."""

from django.urls import path

from suppliers.certificates.views import verify_supplier_certificate
from suppliers.own_page import views as own_page
from suppliers.sourcing import views as sourcing

urlpatterns = [
    path("offer/received", sourcing.offer_received, name="offer_received"),
    path("offer/<slug:token>", sourcing.submit_offer, name="submit_offer"),
    path("supplier/thanks", own_page.papers_renewed, name="papers_renewed"),
    path("supplier/<slug:token>", own_page.renew_papers, name="renew_papers"),
    path(
        "verify/certificate/<slug:code>",
        verify_supplier_certificate,
        name="verify_supplier_certificate",
    ),
]
