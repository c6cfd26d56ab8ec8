"""The merchant's identity towards WeChat Pay, and the checks that production must pass."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

OFFICIAL_HOSTS = frozenset({"api.mch.weixin.qq.com", "api2.mch.weixin.qq.com"})
PUBLIC_KEY_ID = "PUB_KEY_ID_"
SIMULATOR_MARK = (
    "53494D554C41544F52"  # "SIMULATOR" in hex: every serial the simulator gives out begins with it
)


@dataclass(frozen=True)
class Merchant:
    """One direct merchant; `trusted` maps WeChat Pay's key ids and certificate serials to PEMs."""

    mchid: str
    appid: str
    serial: str
    private_key_pem: str = field(repr=False)
    apiv3_key: str = field(repr=False)
    trusted: Mapping[str, str] = field(repr=False, hash=False)
    base_url: str
    notify_url: str

    def __post_init__(self) -> None:
        if len(self.apiv3_key.encode()) != 32:
            raise ValueError("the APIv3 key must be exactly 32 bytes")

    @property
    def answer_serial(self) -> str:
        """Returns the id of the public key that must sign answers; empty in certificate mode."""
        return next((serial for serial in self.trusted if serial.startswith(PUBLIC_KEY_ID)), "")


def production_faults(merchant: Merchant) -> list[str]:
    """Returns the reasons against using this merchant in production: a foreign host, simulator
    keys.
    """
    faults = []
    base = urlsplit(merchant.base_url)
    if base.scheme != "https" or base.netloc not in OFFICIAL_HOSTS or base.path.strip("/"):
        faults.append(f"base_url {merchant.base_url} is not an official WeChat Pay host")
    notify = urlsplit(merchant.notify_url)
    if notify.scheme != "https" or notify.query or notify.fragment:
        faults.append("notify_url must be https and carry no query")
    simulated = [
        serial
        for serial in (merchant.serial, *merchant.trusted)
        if SIMULATOR_MARK in serial.upper()
    ]
    faults.extend(f"{serial} is a key of the simulator" for serial in simulated)
    if not merchant.trusted:
        faults.append("no key of WeChat Pay is trusted, so no answer could be believed")
    return faults
