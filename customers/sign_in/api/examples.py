"""Examples of the sign-in for the API document; phone, code and tokens are invented."""

PHONE = "13800000001"
CODE_REQUEST = {"phone": PHONE}
CODE_SENT = {"expires_in": 300, "retry_after": 60}
SIGN_IN = {"phone": PHONE, "code": "482913", "keep": "token"}
WECHAT_SIGN_IN = {"code": "081Ks2000abcd1a2B3C4", "keep": "token"}
SIGNED_IN = {
    "token": "k3V0h0pH2m8Jx9Qd5cYtW1sZr7uLbNfAeGiOoPqRsTu",
    "phone": "138****0001",
    "expires_at": "2026-02-09T10:15:00+08:00",
}
WHO = {
    "phone": "138****0001",
    "through_wechat": False,
    "expires_at": "2026-02-09T10:15:00+08:00",
}
