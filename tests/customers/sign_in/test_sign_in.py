from datetime import UTC, datetime, timedelta

import pytest

from customers.models import CustomerToken, OneTimeCode, WechatIdentity
from customers.sign_in.live_tokens import find_token, openid_of
from customers.sign_in.operations import (
    forget_sign_ins,
    send_sign_in_code,
    sign_in,
    sign_in_by_wechat,
    sign_out,
)
from office.actors import Actor
from office.models import JournalEntry
from office.refusals import Refused
from office.tokens.digest import token_digest

pytestmark = pytest.mark.django_db

PHONE = "13800000001"
OPENID = "oTESTopenid0000000001"
BY = Actor.customer("138****0001", origin="192.0.2.7")
AT = datetime(2026, 1, 5, 4, tzinfo=UTC)


def a_code(at: datetime = AT, phone: str = PHONE) -> str:
    return send_sign_in_code(phone, by=BY, at=at)[1]


class TestSendSignInCode:
    def test_keeps_only_a_digest(self) -> None:
        row, code = send_sign_in_code("+86 138-0000-0001", by=BY, at=AT)
        assert row.phone == PHONE
        assert len(code) == 6
        assert code not in row.code_digest
        assert row.expires_at == AT + timedelta(minutes=5)

    @pytest.mark.parametrize(
        ("earlier", "retry_after"),
        [
            ([timedelta(seconds=20)], 41),
            ([timedelta(minutes=m) for m in (2, 3, 4, 5, 50)], 601),
            ([timedelta(hours=h) for h in (2, 3, 4, 5, 6, 7, 8, 9, 10, 23)], 3601),
        ],
    )
    def test_not_too_many_to_one_phone(self, earlier: list[timedelta], retry_after: int) -> None:
        for ago in earlier:
            OneTimeCode.objects.create(
                phone=PHONE, code_digest="x", sent_at=AT - ago, expires_at=AT
            )
        with pytest.raises(Refused) as refusal:
            a_code()
        assert refusal.value.code == "too_many_codes"
        assert refusal.value.facts == {"retry_after": retry_after}
        assert OneTimeCode.objects.count() == len(earlier)

    @pytest.mark.parametrize("phone", ["0351-7654321", "1380000000", "12800000001", "", "手机"])
    def test_refuses_what_is_no_mobile(self, phone: str) -> None:
        with pytest.raises(Refused, match="11 位手机号"):
            a_code(phone=phone)


class TestSignIn:
    def test_a_code_opens_once(self) -> None:
        code = a_code()
        token, secret = sign_in(PHONE, code, by=BY, at=AT)
        assert token.token_digest == token_digest(secret)
        assert token.expires_at == AT + timedelta(days=30)
        assert find_token(secret, at=AT) == token
        assert find_token(secret, at=token.expires_at) is None
        with pytest.raises(Refused, match="不正确或已过期"):
            sign_in(PHONE, code, by=BY, at=AT)
        assert CustomerToken.objects.count() == 1

    def test_five_wrong_ones_and_the_right_one_is_dead(self) -> None:
        code = a_code()
        wrong = f"{(int(code) + 1) % 1_000_000:06d}"
        for _ in range(5):
            with pytest.raises(Refused):
                sign_in(PHONE, wrong, by=BY, at=AT)
        assert OneTimeCode.objects.get().attempts == 5
        with pytest.raises(Refused):
            sign_in(PHONE, code, by=BY, at=AT)
        assert not CustomerToken.objects.exists()

    def test_too_late(self) -> None:
        code = a_code()
        with pytest.raises(Refused):
            sign_in(PHONE, code, by=BY, at=AT + timedelta(minutes=5))

    def test_only_the_newest_code_counts(self) -> None:
        old = a_code()
        new = a_code(AT + timedelta(minutes=2))
        if old != new:
            with pytest.raises(Refused):
                sign_in(PHONE, old, by=BY, at=AT + timedelta(minutes=2))
        sign_in(PHONE, new, by=BY, at=AT + timedelta(minutes=2))

    def test_a_code_is_for_its_phone(self) -> None:
        code = a_code()
        a_code(phone="13800000002")
        with pytest.raises(Refused):
            sign_in("13800000003", code, by=BY, at=AT)

    def test_binds_the_wechat_it_came_with(self) -> None:
        token, _ = sign_in(PHONE, a_code(), openid=OPENID, by=BY, at=AT)
        identity = WechatIdentity.objects.get()
        assert (identity.phone, identity.openid) == (PHONE, OPENID)
        assert OPENID not in identity.openid_sealed
        assert openid_of(token) == OPENID
        assert set(JournalEntry.objects.values_list("action", flat=True)) == {
            "bind_wechat",
            "sign_in",
        }
        facts = str(list(JournalEntry.objects.values_list("facts", "actor")))
        assert PHONE not in facts
        assert OPENID not in facts


class TestSignInByWechat:
    def test_knows_the_phone_bound_before(self) -> None:
        sign_in(PHONE, a_code(), openid=OPENID, by=BY, at=AT)
        token, _ = sign_in_by_wechat(OPENID, by=BY, at=AT)
        assert token.phone == PHONE

    def test_a_stranger_is_asked_for_a_phone(self) -> None:
        with pytest.raises(Refused) as refusal:
            sign_in_by_wechat(OPENID, by=BY, at=AT)
        assert refusal.value.code == "wechat_not_bound"

    def test_a_new_phone_takes_over(self) -> None:
        sign_in(PHONE, a_code(), openid=OPENID, by=BY, at=AT)
        sign_in("13800000002", a_code(phone="13800000002"), openid=OPENID, by=BY, at=AT)
        assert sign_in_by_wechat(OPENID, by=BY, at=AT)[0].phone == "13800000002"


class TestSignOut:
    def test_ends_the_token(self) -> None:
        token, secret = sign_in(PHONE, a_code(), by=BY, at=AT)
        sign_out(token, by=BY, at=AT)
        assert find_token(secret, at=AT) is None
        sign_out(token, by=BY, at=AT)
        assert JournalEntry.objects.filter(action="sign_out").count() == 1


class TestForgetSignIns:
    def test_phones_are_not_kept(self) -> None:
        sign_in(PHONE, a_code(), by=BY, at=AT)
        assert forget_sign_ins(by=BY, at=AT + timedelta(days=1)) == 0
        assert forget_sign_ins(by=BY, at=AT + timedelta(days=61)) == 2
