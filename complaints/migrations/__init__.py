"""The tables begin here; a database of the files before these counts as having them."""

REPLACED = [
    ("complaints", "0001_initial"),
    ("complaints", "0002_guards"),
    ("complaints", "0003_state_guards"),
    ("complaints", "0004_ticket_notes"),
    ("complaints", "0005_rosters"),
    ("complaints", "0006_visit_steps"),
    ("complaints", "0007_promises_keep_their_calendar"),
    ("complaints", "0008_promises_of_the_first_calendar"),
    ("complaints", "0009_nightly_kpis"),
    ("complaints", "0010_ticket_list_indexes"),
    ("complaints", "0011_spot_checks"),
    ("complaints", "0012_customers_side"),
    ("complaints", "0013_live_visits_by_crew"),
    ("complaints", "0014_incidents_over_sources_and_loops"),
    ("complaints", "0015_escalations_by_role"),
    ("complaints", "0016_kpi_tallies"),
    ("complaints", "0017_degrees_in_two_signs"),
    ("complaints", "0018_service_lists_by_company"),
    ("complaints", "0019_call_backs_apart_and_the_managers"),
    ("complaints", "0020_replies_to_hand_overs"),
]
