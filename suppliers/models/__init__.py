from suppliers.models.admission import (
    Admission,
    AdmissionCheck,
    AdmissionCondition,
    CheckItem,
    Qualification,
)
from suppliers.models.ban import (
    Ban,
    BanAppeal,
    BanClearance,
    BanReview,
    BanSubject,
    SubjectKind,
)
from suppliers.models.bank_account import SupplierBankAccount
from suppliers.models.category import CategoryKind, SupplyCategory
from suppliers.models.certificate import AWARDS, SupplierCertificate
from suppliers.models.collusion_lead import (
    CollusionLead,
    CommonNetwork,
    LeadVerdict,
    Signal,
    Strength,
)
from suppliers.models.contract_term import ContractTerm, PriorityRule, TermKind
from suppliers.models.offer_trace import OfferTrace
from suppliers.models.panel import PanelMark, PanelMember, PanelSheet, RatingObjection
from suppliers.models.paper import (
    PaperRequirement,
    PaperType,
    PaperVerification,
    SupplierPaper,
)
from suppliers.models.rating import RatingRun, RatingScore, SupplierRating
from suppliers.models.rating_rule import RatingRule, RatingRuleLine
from suppliers.models.site_visit import (
    MOST_POINTS,
    SiteVisit,
    VisitedUser,
    VisitFinding,
    VisitItem,
)
from suppliers.models.sourcing import (
    Invitation,
    Offer,
    OfferFile,
    OfferPrice,
    OpenedOffer,
    Sourcing,
    SourcingItem,
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
from suppliers.models.supply_entry import (
    AfterSalesCase,
    Delivery,
    Evaluation,
    SupplyEntry,
    SupplyOrder,
    WageDeduction,
)
from suppliers.models.supply_list import ListKind, SupplyList
from suppliers.models.trial import Trial, TrialOpinion, TrialRole
from suppliers.models.watch import (
    EventAttendance,
    EventKind,
    PaperWarning,
    Recheck,
    SupplierActivity,
    SupplierIssue,
)

__all__ = [
    "EventAttendance",
    "EventKind",
    "PaperWarning",
    "Recheck",
    "SupplierActivity",
    "SupplierIssue",
    "AWARDS",
    "CollusionLead",
    "CommonNetwork",
    "ContractTerm",
    "OfferTrace",
    "PriorityRule",
    "TermKind",
    "LeadVerdict",
    "Signal",
    "Strength",
    "MOST_POINTS",
    "Admission",
    "AdmissionCheck",
    "AdmissionCondition",
    "AfterSalesCase",
    "Delivery",
    "Evaluation",
    "ListKind",
    "SupplyEntry",
    "SupplyList",
    "SupplyOrder",
    "WageDeduction",
    "Ban",
    "BanAppeal",
    "BanClearance",
    "BanReview",
    "BanSubject",
    "CategoryKind",
    "SubjectKind",
    "CheckItem",
    "DeclaredRelation",
    "PanelMark",
    "PanelMember",
    "PanelSheet",
    "PaperRequirement",
    "PaperType",
    "PaperVerification",
    "Qualification",
    "RatingObjection",
    "RatingRule",
    "RatingRuleLine",
    "RatingRun",
    "RatingScore",
    "Region",
    "SiteVisit",
    "Supplier",
    "SupplierBankAccount",
    "SupplierCertificate",
    "SupplierContact",
    "SupplierOwner",
    "SupplierPaper",
    "SupplierRating",
    "SupplierTrait",
    "SupplyCategory",
    "TraitKind",
    "Trial",
    "TrialOpinion",
    "TrialRole",
    "VisitFinding",
    "VisitItem",
    "VisitedUser",
    "Invitation",
    "Offer",
    "OfferFile",
    "OfferPrice",
    "OpenedOffer",
    "Sourcing",
    "SourcingItem",
]
