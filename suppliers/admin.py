"""Collects the screens of the suppliers' desks."""

from suppliers.supplier_desk import admin as supplier_desk

__all__ = ["supplier_desk"]
