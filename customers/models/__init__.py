from customers.models.account import Account, SupplyState
from customers.models.contract import Charging, SupplyContract
from customers.models.customer import Customer, CustomerKind
from customers.models.message import Message
from customers.models.place import Building, Community, HeatSource, HeatStation, Loop
from customers.models.premise import AreaLine, Premise
from customers.models.sign_in import CustomerToken, OneTimeCode, WechatIdentity
from customers.models.tariff_category import TariffCategory

__all__ = [
    "Account",
    "AreaLine",
    "Building",
    "Charging",
    "Community",
    "Customer",
    "CustomerKind",
    "CustomerToken",
    "HeatSource",
    "HeatStation",
    "Loop",
    "Message",
    "OneTimeCode",
    "Premise",
    "SupplyContract",
    "SupplyState",
    "TariffCategory",
    "WechatIdentity",
]
