"""Addresses of tickets, call-backs and the call centre, below `/api/v1/`."""

from django.urls import path

from complaints.calls import api as call_centre
from complaints.portal.api import call_backs, tickets

urlpatterns = [
    path("ticket-kinds", tickets.TicketKindsView.as_view(), name="list_ticket_kinds"),
    path("tickets", tickets.TicketsView.as_view(), name="open_own_ticket"),
    path("tickets/<slug:number>", tickets.TicketView.as_view(), name="show_own_ticket"),
    path("tickets/<slug:number>/notes", tickets.TicketNotesView.as_view(), name="add_own_note"),
    path("tickets/<slug:number>/photos", tickets.TicketPhotosView.as_view(), name="add_own_photo"),
    path(
        "tickets/<slug:number>/verdict", tickets.TicketVerdictView.as_view(), name="judge_solution"
    ),
    path(
        "tickets/<slug:number>/opinion",
        tickets.TicketOpinionView.as_view(),
        name="answer_own_call_back",
    ),
    path("incidents", tickets.IncidentsView.as_view(), name="list_own_incidents"),
    path("call-backs/answer", call_backs.CallBackAnswerView.as_view(), name="api_answer_call_back"),
    path("call-centre/screen-pop", call_centre.ScreenPopView.as_view(), name="show_screen_pop"),
    path("call-centre/calls", call_centre.RingingCallsView.as_view(), name="record_ringing"),
]
