"""Addresses of customer service outside the admin: the repairer's phone."""

from django.urls import path

from complaints.views import crew_pages

urlpatterns = [
    path("crew/", crew_pages.crew_visits, name="crew_visits"),
    path("crew/visits/<int:pk>", crew_pages.crew_visit, name="crew_visit"),
    path("crew/visits/<int:pk>/steps", crew_pages.take_step, name="take_visit_step"),
    path("crew/worker.js", crew_pages.crew_worker, name="crew_worker"),
]
