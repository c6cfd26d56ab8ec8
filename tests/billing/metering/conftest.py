"""The desk of adjustments serves here too."""

from tests.billing.adjustments.conftest import desk

__all__ = ["desk"]
