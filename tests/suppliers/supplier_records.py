"""Suppliers for tests, entered by the operations that staff use."""

from datetime import UTC, date, datetime
from typing import Any

from office.actors import Actor
from office.identity import credit_check_character
from suppliers.models import CategoryKind, PaperType, Region, Supplier, SupplyCategory
from suppliers.papers.operations import PaperFacts, hand_in_paper, verify_paper
from suppliers.registry.facts import SupplierFacts
from suppliers.registry.operations import register_supplier
from tests.builders import HERE

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def a_credit_code(number: int) -> str:
    """A credit code of a firm in Taiyuan whose check character is right."""
    body = f"91140100{number:09d}"
    return body + credit_check_character(body)


def facts(number: int = 1, **changes: Any) -> SupplierFacts:
    """The facts of a firm that has nothing in common with those of other numbers."""
    values: dict[str, Any] = {
        "credit_code": a_credit_code(number),
        "name": f"第{number}管件有限公司",
        "representative": f"法人{number}",
        "region": Region.NORTH,
        "address": f"太原市迎泽大街{number}号",
    }
    return SupplierFacts(**(values | changes))


def a_supplier(number: int = 1, *, at: datetime = NOON, **changes: Any) -> Supplier:
    return register_supplier(facts(number, **changes), by=HERE, at=at)


def a_category(code: str = "01", kind: CategoryKind = CategoryKind.MATERIAL) -> SupplyCategory:
    category, _ = SupplyCategory.objects.get_or_create(
        code=code, defaults={"name": f"类别{code}", "kind": kind}
    )
    return category


def a_verified_paper(
    supplier: Supplier, paper_type: PaperType, *, verifier: Actor, **changes: Any
) -> None:
    """A paper of the year 2026 that somebody else has verified."""
    values = {"valid_from": date(2026, 1, 1), "valid_until": date(2026, 12, 31)} | changes
    paper = hand_in_paper(supplier, PaperFacts(paper_type, **values), by=HERE, at=NOON)
    verify_paper(paper, looked_at="国家认监委网站", seen="有效", by=verifier, at=NOON)
