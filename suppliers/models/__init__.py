from suppliers.models.bank_account import SupplierBankAccount
from suppliers.models.category import CategoryKind, SupplyCategory
from suppliers.models.paper import (
    PaperRequirement,
    PaperType,
    PaperVerification,
    SupplierPaper,
)
from suppliers.models.supplier import (
    DeclaredRelation,
    Region,
    Supplier,
    SupplierContact,
    SupplierOwner,
    SupplierTrait,
    TraitKind,
)

__all__ = [
    "CategoryKind",
    "DeclaredRelation",
    "PaperRequirement",
    "PaperType",
    "PaperVerification",
    "Region",
    "Supplier",
    "SupplierBankAccount",
    "SupplierContact",
    "SupplierOwner",
    "SupplierPaper",
    "SupplierTrait",
    "SupplyCategory",
    "TraitKind",
]
