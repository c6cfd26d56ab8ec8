"""Addresses outside the admin: the repairer's phone and customers' own pages."""

from django.urls import path

from complaints.call_backs import views as call_back
from complaints.portal import pages as own_tickets
from complaints.visits import crew_pages

urlpatterns = [
    path("crew/", crew_pages.crew_visits, name="crew_visits"),
    path("crew/visits/<int:pk>", crew_pages.crew_visit, name="crew_visit"),
    path("crew/visits/<int:pk>/steps", crew_pages.take_step, name="take_visit_step"),
    path("crew/worker.js", crew_pages.crew_worker, name="crew_worker"),
    path("my/tickets", own_tickets.tickets, name="my_tickets"),
    path("my/tickets/new", own_tickets.report, name="my_report"),
    path("my/tickets/<slug:number>", own_tickets.ticket, name="my_ticket"),
    path("my/tickets/<slug:number>/add", own_tickets.add, name="my_ticket_add"),
    path("my/tickets/<slug:number>/verdict", own_tickets.judge, name="my_ticket_judge"),
    path("my/tickets/<slug:number>/opinion", own_tickets.opinion, name="my_ticket_opinion"),
    path("rate/thanks", call_back.thanks, name="call_back_thanks"),
    path("rate/again", call_back.thanks, {"again": True}, name="call_back_again"),
    path("rate/<slug:token>", call_back.answer_call_back, name="answer_call_back"),
]
