"""Model wordings that a drafter begins with, after GF-1999-0502 (城市供用热力合同)."""

from collections.abc import Mapping
from pathlib import Path

from customers.models import ContractKind

# Titles of contracts are Chinese only, as all papers are.
_TITLES = {
    ContractKind.RESIDENT: "居民供用热合同",
    ContractKind.BUSINESS: "非居民供用热合同",
    ContractKind.CONNECTION: "供热入网合同",
    ContractKind.AMENDMENT: "合同补充协议",
    ContractKind.TRANSFER: "供用热过户协议",
    ContractKind.ENDING: "供用热合同终止协议",
}
_WORDINGS = Path(__file__).parent / "wordings"

# By kind: title and wording.
STANDARD: Mapping[str, tuple[str, str]] = {
    kind: (title, (_WORDINGS / f"{kind}.txt").read_text(encoding="utf-8"))
    for kind, title in _TITLES.items()
}
