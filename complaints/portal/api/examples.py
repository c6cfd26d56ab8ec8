"""Examples of tickets for the API document; all of them are invented."""

KINDS = [
    {
        "kind": "repair",
        "text": "报修",
        "subjects": [{"subject": "no_heat", "text": "不热"}, {"subject": "leak", "text": "漏水"}],
    }
]
NEW_TICKET = {
    "account": 1024,
    "kind": "repair",
    "subject": "no_heat",
    "summary": "客厅暖气不热，阀门已开",
}
TICKET = {
    "number": "GD11202600000042",
    "kind": "repair",
    "kind_text": "报修",
    "subject": "no_heat",
    "subject_text": "不热",
    "summary": "客厅暖气不热，阀门已开",
    "account_number": "1101002345",
    "address": "迎泽花园 3 号楼 2 单元 1504",
    "reported_at": "2026-01-12T09:00:00+08:00",
    "stage": "accepted",
    "stage_text": "已受理",
    "promise": "承诺 1 月 13 日 09:00 前修好",
}
TICKETS = {"tickets": [TICKET], "next_page": None}
OWN_TICKET = {
    "ticket": TICKET,
    "due_at": "2026-01-13T09:00:00+08:00",
    "photos": 1,
    "incidents": [],
    "asks_opinion": False,
    "asks_solved": False,
    "steps": [
        {
            "at": "2026-01-12T09:00:00+08:00",
            "code": "received",
            "text": "已受理",
            "detail": "",
        }
    ],
}
DONE_TICKET = {
    **OWN_TICKET,
    "ticket": {**TICKET, "stage": "resolved", "stage_text": "已办结", "promise": ""},
    "due_at": None,
}
NOTE = {"text": "晚上七点以后在家"}
ADDED_NOTE = {"text": "晚上七点以后在家", "at": "2026-01-12T09:20:00+08:00"}
# A multipart form carries the bytes of the file.
PHOTO = {"file": "radiator.jpg"}
KEPT_PHOTO = {
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "size": 204800,
}
VERDICT = {"solved": True, "remark": ""}
OPINION = {"satisfaction": "satisfied", "remark": "师傅很快就到了"}
LINK_OPINION = {**OPINION, "token": "Jx9Qd5cYtW1sZr7uLbNfAe"}
THANKS = {"satisfaction": "satisfied", "revisit": False}
INCIDENTS = [
    {
        "number": "SG11202600000003",
        "planned": False,
        "starts_at": "2026-01-12T07:30:00+08:00",
        "expected_end_at": "2026-01-12T18:00:00+08:00",
        "text": "迎泽花园换热站抢修，预计今日 18:00 前恢复供热。",
        "accounts": ["1101002345"],
    }
]
