"""`manage.py wechatpay_check`: tests signed calls to WeChat Pay without moving money."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing.wechat.merchants import new_client
from billing.wechat.platform_certificates import learn_certificates
from billing.wechat.wechat_calls import REFRESH, has_no_certificates
from billing.wechatpay.client import WechatPay
from billing.wechatpay.merchant import PUBLIC_KEY_ID
from billing.wechatpay.outcomes import Accepted, Rejected, Unknown, Why
from billing.wechatpay.trust import Distrust
from office.calendar import business_date
from office.refusals import Refused

WORD = "供热缴费自检"
EXPIRES_SOON = timedelta(days=30)
NOTICED_SECONDS = 30
_WHY = {
    Why.NOT_SENT: "请求没有发出，请检查网络、域名解析和出口防火墙",
    Why.NO_ANSWER: "没有收到应答，请检查网络后重试",
    Why.BUSY: "请求过于频繁，请稍后重试",
    Why.SERVER_ERROR: "微信支付系统异常，请稍后重试",
    Why.UNEXPECTED_STATUS: "应答异常，请检查接口地址",
    Why.UNREADABLE: "应答无法解读，请检查 APIv3 密钥",
}
_DISTRUST = {
    Distrust.UNKNOWN_SERIAL: "应答由未登记的密钥签名，请核对 trusted 中的公钥 ID 或平台证书",
    Distrust.EXPIRED_CERTIFICATE: "应答由已过期的平台证书签名，请更新平台证书",
    Distrust.STALE: "应答时间与本机相差 5 分钟以上，请校准时钟",
    Distrust.BAD_SIGNATURE: "应答签名不正确，请核对 trusted 中的公钥或平台证书",
}
_CODES = {
    "SIGN_ERROR": "签名不正确，请核对商户号、证书序列号和商户私钥",
    "PARAM_ERROR": "参数不被接受，请核对公钥 ID 或平台证书序列号",
    "NO_AUTH": "商户没有接口权限，请在商户平台开通",
}


class Command(BaseCommand):
    help = "微信支付自检：签名与验签、时钟、受信任的密钥；不发生资金往来，有问题则退出码非零"

    def handle(self, *args: Any, **options: Any) -> None:
        self.faults = 0
        try:
            client = new_client()
        except Refused as refusal:
            raise CommandError(refusal.sentence) from None
        except (KeyError, TypeError, ValueError) as error:
            raise CommandError(f"商户文件无法使用：{error!r}") from None
        with client:
            self.stdout.write(f"商户号 {client.merchant.mchid}，接口 {client.merchant.base_url}")
            self._certificates(client)
            self._trusted(client)
            self._echo(client)
            self._clock(client)
        if self.faults:
            raise CommandError(f"{self.faults} 项有问题，请按上面的提示处理。")
        self.stdout.write("一切正常。")

    def _certificates(self, client: WechatPay) -> None:
        """Downloads the platform certificates and stores the new ones."""
        outcome = client.refresh_certificates()
        if has_no_certificates(outcome) and _has_public_key(client):
            self._good("平台证书：商户只使用微信支付公钥，无需平台证书")
        elif isinstance(outcome, Accepted):
            certificates = {
                serial: pem
                for serial, pem in outcome.value.items()
                if serial not in client.merchant.trusted
            }
            new = learn_certificates(certificates, by=REFRESH, at=timezone.now())
            self._good(f"平台证书：下载 {len(outcome.value)} 张，其中新增 {len(new)} 张")
        else:
            self._bad(f"平台证书：{_sentence(outcome)}")

    def _trusted(self, client: WechatPay) -> None:
        """Lists the trusted keys and certificates with the dates on which they expire."""
        if not client.trust.serials:
            self._bad("受信任的密钥：没有，任何应答和回调都不会被接受；请在商户文件 trusted 中登记")
        now = timezone.now()
        for serial, until in client.trust.expiries.items():
            if until is None:
                self._good(f"公钥 {serial}，长期有效")
            elif until <= now:
                self._bad(f"平台证书 {serial} 已于 {business_date(until)} 过期")
            elif until - now < EXPIRES_SOON:
                self._good(f"平台证书 {serial}，{business_date(until)} 到期，即将到期，请留意更换")
            else:
                self._good(f"平台证书 {serial}，{business_date(until)} 到期")

    def _echo(self, client: WechatPay) -> None:
        """Sends a signed request that WeChat Pay returns unchanged: proves both signatures."""
        outcome = client.echo(WORD)
        if isinstance(outcome, Accepted) and outcome.value == WORD:
            self._good("签名与验签：正常")
        elif isinstance(outcome, Accepted):
            self._bad("签名与验签：应答内容与请求不符，请检查中间代理是否改写内容")
        else:
            self._bad(f"签名与验签：{_sentence(outcome)}")

    def _clock(self, client: WechatPay) -> None:
        """Compares this machine's clock with WeChat Pay's."""
        outcome = client.clock_ahead()
        if not isinstance(outcome, Accepted):
            if isinstance(outcome, Rejected) and outcome.clock_drift_seconds is not None:
                self._bad(f"时钟：{_drift(outcome.clock_drift_seconds)}，请立即校准")
            return
        if abs(outcome.value) > NOTICED_SECONDS:
            self._bad(f"时钟：{_drift(outcome.value)}，请校准；超过 5 分钟将无法收款")
        else:
            self._good(f"时钟：{_drift(outcome.value)}")

    def _good(self, sentence: str) -> None:
        self.stdout.write(f"✓ {sentence}")

    def _bad(self, sentence: str) -> None:
        self.faults += 1
        self.stdout.write(f"✗ {sentence}")


def _has_public_key(client: WechatPay) -> bool:
    return any(serial.startswith(PUBLIC_KEY_ID) for serial in client.trust.serials)


def _drift(ahead: int) -> str:
    """Returns by how many seconds this machine's clock differs from WeChat Pay's, as a sentence."""
    if not ahead:
        return "与微信支付一致"
    return f"本机比微信支付{'快' if ahead > 0 else '慢'} {abs(ahead)} 秒"


def _sentence(outcome: Rejected | Unknown) -> str:
    """Returns what went wrong and what to do, in Chinese."""
    if isinstance(outcome, Rejected):
        if outcome.clock_drift_seconds is not None:
            return f"{_drift(outcome.clock_drift_seconds)}，请立即校准时钟"
        reason = _CODES.get(outcome.code, outcome.message or "被拒绝")
        return f"{reason}（{outcome.status} {outcome.code}）"
    if outcome.why == Why.NOT_TRUSTED:
        reasons = {str(why): sentence for why, sentence in _DISTRUST.items()}
        return reasons.get(str(outcome.detail), f"应答不可信（{outcome.detail}）")
    return f"{_WHY.get(outcome.why, '结果不明')}（{outcome.detail}）"
