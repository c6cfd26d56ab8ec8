from suppliers.models.admission import (
    Admission,
    AdmissionCheck,
    AdmissionCondition,
    CheckItem,
    Qualification,
)
from suppliers.models.bank_account import SupplierBankAccount
from suppliers.models.category import CategoryKind, SupplyCategory
from suppliers.models.paper import (
    PaperRequirement,
    PaperType,
    PaperVerification,
    SupplierPaper,
)
from suppliers.models.site_visit import (
    MOST_POINTS,
    SiteVisit,
    VisitedUser,
    VisitFinding,
    VisitItem,
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
from suppliers.models.trial import Trial, TrialOpinion, TrialRole

__all__ = [
    "MOST_POINTS",
    "Admission",
    "AdmissionCheck",
    "AdmissionCondition",
    "CategoryKind",
    "CheckItem",
    "DeclaredRelation",
    "PaperRequirement",
    "PaperType",
    "PaperVerification",
    "Qualification",
    "Region",
    "SiteVisit",
    "Supplier",
    "SupplierBankAccount",
    "SupplierContact",
    "SupplierOwner",
    "SupplierPaper",
    "SupplierTrait",
    "SupplyCategory",
    "TraitKind",
    "Trial",
    "TrialOpinion",
    "TrialRole",
    "VisitFinding",
    "VisitItem",
    "VisitedUser",
]
