"""Examples of the call centre's requests for the API document; all of them are invented."""

CALL = {"number": "13800000001", "agent": "agent"}
RINGING = {**CALL, "call_id": "cc-20260112-0017", "rang_at": "2026-01-12T09:00:00+08:00"}
POP = {
    "number": "13800000001",
    "accounts": [
        {
            "number": "1101002345",
            "address": "迎泽花园 3 号楼 2 单元 1504",
            "customer": "王秀英",
            "former": False,
            "supply_state": "正常供热",
            "arrears_fen": 162000,
            "tickets": [
                {
                    "number": "GD11202600000042",
                    "kind_text": "报修",
                    "subject_text": "不热",
                    "state_text": "待派工",
                    "reported_at": "2026-01-12T08:40:00+08:00",
                    "due_at": "2026-01-13T08:40:00+08:00",
                    "due_text": "还有 23 小时",
                }
            ],
            "incidents": [],
        }
    ],
    "tickets": [],
    "more": False,
    "intake_url": "https://heating.example.cn/admin/tickets/open/?phone=13800000001",
}
