"""Reads our identity towards WeChat Pay from one JSON file; in the demo it is the simulator's."""

import json
from pathlib import Path
from typing import Any

FIELDS = ("mchid", "appid", "serial", "private_key_pem", "apiv3_key", "trusted", "base_url")


def read_merchant(path: Path, notify_url: str) -> dict[str, Any]:
    """Returns the arguments of `billing.wechatpay.merchant.Merchant`; ignores other entries.

    Raises OSError when there is no file, KeyError when an entry is missing.
    """
    entries = json.loads(path.read_text())
    return {**{field: entries[field] for field in FIELDS}, "notify_url": notify_url}
