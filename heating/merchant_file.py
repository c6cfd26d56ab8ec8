"""Reads who we are towards WeChat Pay: one JSON file, the simulator's in the demo."""

import json
from pathlib import Path
from typing import Any

FIELDS = ("mchid", "appid", "serial", "private_key_pem", "apiv3_key", "trusted", "base_url")


def read_merchant(path: Path, notify_url: str) -> dict[str, Any]:
    """The arguments of `billing.wechatpay.merchant.Merchant`; other entries are not ours.

    Raises OSError when there is no file, KeyError when an entry is missing.
    """
    said = json.loads(path.read_text())
    return {**{field: said[field] for field in FIELDS}, "notify_url": notify_url}
