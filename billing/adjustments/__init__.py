"""Adjustments: supplementary bills and credit notes, drafted, approved by others and issued."""
