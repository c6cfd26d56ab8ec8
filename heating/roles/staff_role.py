"""A role with everything it may do, and the bundles of permissions that several roles share."""

from dataclasses import dataclass

from office.roles import Role


@dataclass(frozen=True)
class StaffRole:
    """A role and its permissions, which are named like operations."""

    role: Role
    permissions: tuple[str, ...]

    @property
    def key(self) -> str:
        """The role's identifier."""
        return self.role.value

    @property
    def name(self) -> str:
        """The name of the role's group."""
        return self.role.group_name


def views(app: str, *models: str) -> tuple[str, ...]:
    """Returns the permissions to view these models."""
    return tuple(f"{app}.view_{model}" for model in models)


def edits(app: str, *models: str) -> tuple[str, ...]:
    """Returns the permissions to add and change these models."""
    return tuple(f"{app}.{verb}_{model}" for model in models for verb in ("add", "change"))


# For every member of staff.
EVERYBODY = ("office.view_interestdeclaration", "office.declare_interest", "office.end_interest")
CUSTOMER_FILE = (
    *views("customers", "account", "customer", "supplycontract", "premise", "arealine"),
    *views("customers", "heatsource", "heatstation", "loop", "contractpaper"),
    *views("customers", "community", "building", "tariffcategory"),
    *views("office", "company", "document"),
)
# Who follows a grid connection.
CONNECTIONS = views(
    "customers",
    *("connection", "connectionrule", "connectionpaperrule", "connectionterms", "annualplan"),
)
CONTRACTS = (
    "customers.view_contracttemplate",
    "customers.draw_up_contract",
    "customers.sign_contract",
    "customers.print_contract",
)
BILLS = (
    *views("billing", "bill", "billline", "adjustment", "payment", "receipt", "heatingseason"),
    *views("billing", "areachange", "areachangepolicy", "grouppayment"),
    *views("billing", "stopheat", "stopheatterms", "resumption", "advancerefund", "refundtosource"),
    *views("billing", "latefeerule", "latefeesuspension", "latefeewaiver"),
    *views("billing", "connectionfee", "creditmove", "debtage"),
    *views("billing", "dunninghold", "instalmentplan", "instalmentpart"),
    *views("billing", "dunningrun", "dunningdraft", "dunningnotice", "dunningstep"),
    *views("billing", "parkeddunning"),
    *views("billing", "meter", "meterreading", "meterreadinglimit"),
)
PRICES = views("billing", "pricedocument", "tariff")
RUNS = (*views("billing", "billingrun", "parkedaccount", "accountimport"), "office.view_job")
TILLS = views(
    "billing", "shift", "companybankaccount", "counterlimit", "largepayment", "rewardvoucher"
)
STATEMENTS = views("billing", "bankstatement", "statementline")
RECONCILIATION = views("billing", "channelday", "channeldifference")
MONEY_WATCH = views("billing", "alarm", "providerevent", "transfer", "attempt", "paymentintent")
APPROVALS = views("office", "approval", "approvalrule", "delegation")
# For those who decide a level of some approval.
APPROVERS = (*APPROVALS, "office.delegate_approvals", "office.end_delegation")
TRAIL = views("office", "journalentry", "job", "documentaccess")
# The organisation chart, for those who read it.
ORGANISATION = views(
    "office", "department", "postterm", "person", "appointment", "organisationlist"
)
SERVICE = (
    *views("complaints", "ticket", "ticketnote", "clockevent", "promise", "promiserule", "crew"),
    *views("complaints", "dutyperiod", "visitstep"),
    *views("complaints", "visit", "visititem", "incident", "notice", "noticerecipient"),
    *views("complaints", "callback", "callbackattempt", "callbackpolicy", "escalation"),
    *views("complaints", "temperaturetest", "temperaturereading"),
    *views("complaints", "spotcheckplan", "spotcheckitem"),
    *views("complaints", "article", "articleversion", "answer", "handover"),
    "office.view_calendarversion",
    *views("complaints", "ringingcall", "solutionverdict"),
    *views("customers", "message"),
)
SUPPLIER_FILE = views(
    "suppliers",
    *("supplier", "supplierbankaccount", "supplierpaper", "supplycategory", "paperrequirement"),
    *("admission", "qualification", "ban"),
    *("recheck", "supplierissue", "supplieractivity", "eventattendance"),
    *("supplyorder", "delivery", "aftersalescase", "evaluation", "wagededuction", "supplylist"),
    *("ratingrule", "ratingrun", "supplierrating", "suppliercertificate"),
    *("sourcing", "collusionlead", "commonnetwork", "contractterm", "priorityrule"),
)
# For those who answer for a department (complaints/departments.py).
DEPARTMENT = ("complaints.view_handover", "complaints.reply_to_hand_over")
KPIS = ("complaints.view_kpis", "complaints.view_kpicorrection")
