"""Collects the screens of the suppliers' desks."""

from suppliers.admission import admin as admission
from suppliers.supplier_desk import admin as supplier_desk

__all__ = ["admission", "supplier_desk"]
