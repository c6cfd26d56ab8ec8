from customers.models.account import Account, SupplyState
from customers.models.annual_plan import AnnualPlan, SurveyedArea
from customers.models.connection import (
    Connection,
    ConnectionHold,
    ConnectionPaper,
    ConnectionStay,
    ConnectionSurvey,
)
from customers.models.connection_contract import (
    ConnectionContract,
    ConnectionDraft,
    ConnectionInstalment,
    ConnectionTerms,
)
from customers.models.connection_design import (
    ConnectionBudget,
    DesignReview,
    DesignReviewer,
    PreliminaryDesign,
    ReviewCondition,
    ReviewOpinion,
    ReviewVerdict,
)
from customers.models.connection_rule import ConnectionPaperRule, ConnectionRule, PaperOf
from customers.models.connection_works import (
    BuildingTable,
    ConnectionWorks,
    HeatOn,
    NodeInspection,
    WorksDefect,
    WorksNode,
)
from customers.models.contract import Charging, SupplyContract
from customers.models.contract_paper import (
    ContractKind,
    ContractPaper,
    ContractSignature,
    ContractTemplate,
    SigningRequest,
    SigningWay,
)
from customers.models.customer import Customer, CustomerKind
from customers.models.message import Message
from customers.models.place import Building, Community, HeatSource, HeatStation, Loop
from customers.models.premise import AreaLine, Premise
from customers.models.renewal import ParkedRenewal, RenewalDraft, RenewalRun
from customers.models.sign_in import CustomerToken, OneTimeCode, WechatIdentity
from customers.models.tariff_category import TariffCategory

__all__ = [
    "AnnualPlan",
    "SurveyedArea",
    "Account",
    "AreaLine",
    "Building",
    "BuildingTable",
    "Charging",
    "Community",
    "Connection",
    "ConnectionBudget",
    "ConnectionContract",
    "ConnectionDraft",
    "ConnectionInstalment",
    "ConnectionTerms",
    "ConnectionWorks",
    "ConnectionHold",
    "ConnectionPaper",
    "ConnectionPaperRule",
    "ConnectionRule",
    "ConnectionStay",
    "ConnectionSurvey",
    "ContractKind",
    "ContractPaper",
    "ContractSignature",
    "ContractTemplate",
    "Customer",
    "CustomerKind",
    "CustomerToken",
    "DesignReview",
    "DesignReviewer",
    "HeatOn",
    "HeatSource",
    "HeatStation",
    "Loop",
    "Message",
    "NodeInspection",
    "OneTimeCode",
    "PaperOf",
    "ParkedRenewal",
    "PreliminaryDesign",
    "Premise",
    "RenewalDraft",
    "RenewalRun",
    "SigningRequest",
    "SigningWay",
    "ReviewCondition",
    "ReviewOpinion",
    "ReviewVerdict",
    "SupplyContract",
    "SupplyState",
    "TariffCategory",
    "WechatIdentity",
    "WorksDefect",
    "WorksNode",
]
