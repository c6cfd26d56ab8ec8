"""Addresses outside the admin: the page of a supplier that has a link."""

from django.urls import path

from suppliers.own_page import views

urlpatterns = [
    path("supplier/thanks", views.papers_renewed, name="papers_renewed"),
    path("supplier/<slug:token>", views.renew_papers, name="renew_papers"),
]
