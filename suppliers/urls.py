"""Addresses outside the admin: the page of a supplier that has a link, the proof of a
certificate."""

from django.urls import path

from suppliers.certificates.views import verify_supplier_certificate
from suppliers.own_page import views

urlpatterns = [
    path("supplier/thanks", views.papers_renewed, name="papers_renewed"),
    path("supplier/<slug:token>", views.renew_papers, name="renew_papers"),
    path(
        "verify/certificate/<slug:code>",
        verify_supplier_certificate,
        name="verify_supplier_certificate",
    ),
]
