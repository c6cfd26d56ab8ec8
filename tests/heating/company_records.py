"""One record of every kind of a company, to walk the screens with."""

from datetime import timedelta
from decimal import Decimal

from django.core.files.base import ContentFile
from django.db.models import Model

from billing.adjustments.corrections import AdjustmentFacts, Correction
from billing.adjustments.operations import draft_adjustment
from billing.alarms.operations import raise_alarm
from billing.area_changes.operations import NewArea, draft_area_change
from billing.counter.large_payments import ask_large_payment
from billing.counter.limits import publish_counter_limit
from billing.counter.money_facts import CounterForm
from billing.counter.operations import show_wechat_code, take_cash
from billing.counter.shifts import open_shift
from billing.models import (
    AccountImport,
    AreaChangePolicy,
    AreaChangeWay,
    BankStatement,
    ChannelDay,
    ChannelDifference,
    GroupPayment,
    LateFeeBase,
    LateFeeRule,
    LateFeeSuspension,
    LateFeeWaiver,
    Method,
    ParkedAccount,
    PriceDocument,
    ProviderEvent,
    Resumption,
    ResumptionCause,
    RewardVoucher,
    SpendingOrder,
    StatementLine,
    StopHeat,
    StopHeatTerms,
    Transfer,
)
from billing.runs.kind import BILLING_RUN_APPROVAL
from billing.runs.operations import create_billing_run
from customers.messages.operations import Words, queue_message
from customers.models import (
    HeatSource,
    HeatStation,
    Loop,
    Message,
    RenewalRun,
    TariffCategory,
)
from heating.roles import CASHIER, CLERK
from office.actors import Actor
from office.approvals.rules import publish_approval_rule
from office.approvals.steps import open_approval
from office.calendar import business_date
from office.models import (
    AccessOutcome,
    Delegation,
    Document,
    DocumentAccess,
    Job,
    JournalEntry,
    MachineToken,
)
from tests.billing.connection_fees.fee_desk import fee_rows
from tests.billing.dunning.dunning_records import dunning_rows
from tests.billing.metering.meter_desk import meter_rows
from tests.builders import (
    NOW,
    a_bank_account,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    a_season,
    an_account,
    an_issued_bill,
)
from tests.customers.connection_records import connection_rows
from tests.customers.contract_records import a_draft, a_paper
from tests.heating.organisation_records import organisation_records
from tests.heating.refund_records import refund_rows
from tests.heating.service_records import service_records
from tests.service_desk import a_desk, a_repair, a_ticket, publish_rules
from tests.suppliers.sourcing_records import sourcing_rows
from tests.suppliers.supply_records import one_of_each


def company_records(code: str, prefix: str, *, weeks: int = 0) -> dict[type[Model], Model]:
    """Builds one record of every kind that a screen shows and returns them by their class.

    Usernames and keys that are unique in the house begin with `prefix`; customer service's
    records lie `weeks` later, since nights are frozen for all companies together.
    """
    company = a_company(code)
    cashier = a_member_of_staff(f"{prefix}_cashier", CASHIER, company)
    clerk = a_member_of_staff(f"{prefix}_clerk", CLERK, company)
    till, desk = Actor.staff(cashier), Actor.staff(clerk)
    season = a_season(company)
    account = an_account(company)
    contract = a_contract(account, a_customer(company))
    bill = an_issued_bill(contract, season)
    shift = open_shift(company, till="1", float_fen=0, by=till, at=NOW)
    form = CounterForm(f"{company.pk:032x}", [bill], bill.amount_fen, bill.amount_fen)
    payment = take_cash(contract, form, by=till, at=NOW)
    ahead = CounterForm(f"1{company.pk:031x}", [], 100, 0, beyond_debt=True)
    attempt = show_wechat_code(contract, ahead, by=till, at=NOW)
    run = create_billing_run(season, by=desk, at=NOW)
    corrections = AdjustmentFacts(bill, [Correction(amount_fen=-100)], "退费", "申请")
    adjustment = draft_adjustment(corrections, by=desk, at=NOW)
    fee_rule = LateFeeRule.objects.create(
        company=company,
        effective_from=business_date(NOW),
        per_day=Decimal("0.002"),
        base=LateFeeBase.OUTSTANDING,
        order=SpendingOrder.PRINCIPAL_FIRST,
        source="合同",
        published_at=NOW,
    )
    suspension = LateFeeSuspension.objects.create(
        company=company,
        contract=contract,
        starts=business_date(NOW),
        ends=business_date(NOW),
        reason="分期",
        source="协议",
        entered_at=NOW,
    )
    waiver = LateFeeWaiver.objects.create(
        company=company,
        contract=contract,
        season=season,
        amount_fen=1,
        reason="困难",
        source="申请",
        created_by=clerk,
        created_at=NOW,
    )
    policy = AreaChangePolicy.objects.create(
        company=company,
        effective_from=business_date(NOW),
        way=AreaChangeWay.BY_DAYS,
        source="办法",
        published_at=NOW,
    )
    area_change = draft_area_change(
        company,
        [NewArea(account, Decimal("80.00"))],
        effective_from=season.ends + timedelta(days=1),
        reason="实测",
        source="实测记录",
        by=desk,
        at=NOW,
    )
    terms = StopHeatTerms.objects.create(
        company=company,
        season=season,
        opens_on=business_date(NOW),
        closes_on=business_date(NOW),
        source="办法",
        published_at=NOW,
    )
    stop = StopHeat.objects.create(
        company=company,
        season=season,
        account=account,
        contract=contract,
        source="申请",
        created_by=clerk,
        created_at=NOW,
    )
    resumption = Resumption.objects.create(
        company=company,
        stop=stop,
        cause=ResumptionCause.APPLIED,
        due_on=business_date(NOW),
        fee_fen=0,
        source="申请",
        created_by=clerk,
        created_at=NOW,
    )
    refunds = refund_rows(payment, contract, clerk)
    reward = RewardVoucher.objects.create(
        company=company, code_digest=code * 32, code_tail="0", amount_fen=1, issued_on=NOW.date()
    )
    alarm = raise_alarm("test", key=code, sentence="金额不符", at=NOW, company=company)
    job = Job.objects.create(kind="import_accounts", key=code, company=company, created_at=NOW)
    listing = AccountImport.objects.create(
        company=company,
        file_name="a.xlsx",
        file=ContentFile(b"", name="a.xlsx"),
        refused_file=ContentFile(b"", name="b.xlsx"),
        sha256="",
        dry_run=True,
        imported_at=NOW,
        report={"opening_arrears_fen": 0},
    )
    bank_account = a_bank_account(company)
    statement = BankStatement.objects.create(
        company=company,
        bank_account=bank_account,
        file_name="a.csv",
        file=ContentFile(b"", name="a.csv"),
        sha256="",
        dry_run=True,
        opening_fen=0,
        closing_fen=100,
        line_count=1,
        new_count=1,
        imported_at=NOW,
        report={"sound": True, "received_fen": 100, "paid_fen": 0},
    )
    statement_line = StatementLine.objects.create(
        company=company,
        bank_account=bank_account,
        statement=statement,
        row=2,
        day=business_date(NOW),
        received_fen=100,
        paid_fen=0,
        payer_name="王秀英",
        content=code,
        occurrence=0,
        kind="received",
        reason="nothing",
    )
    group = GroupPayment.objects.create(
        company=company,
        method=Method.TRANSFER,
        provider="bank",
        transaction_id=code,
        payer_name="某某厂",
        amount_fen=100,
        part_count=1,
        business_date=business_date(NOW),
        form_key=f"group-{code}",
        entered_at=NOW,
    )
    channel_day = ChannelDay.objects.create(
        company=company, channel="wechatpay", day=business_date(NOW), compared_at=NOW
    )
    difference = ChannelDifference.objects.create(
        day=channel_day,
        kind="not_at_provider",
        number=code,
        provider_fen=0,
        books_fen=100,
        found_at=NOW,
    )
    parked = ParkedAccount.objects.create(run=run, account=account, reason="x", sentence="无热价")
    event = ProviderEvent.objects.create(
        provider="wechatpay",
        event_id=code,
        event_type="TRANSACTION.SUCCESS",
        out_trade_no=attempt.number,
        headers={},
        body=b"",
        received_at=NOW,
    )
    entry = JournalEntry.objects.filter(company=company).latest("pk")
    document = Document.objects.create(
        company=company,
        kind="other",
        title="x",
        content_type="application/pdf",
        size=1,
        sha256="",
        record_type=entry.record_type,
        record_id=1,
        uploaded_at=NOW,
    )
    access = DocumentAccess.objects.create(
        document=document, at=NOW, actor="x", outcome=AccessOutcome.OPENED
    )
    source = HeatSource.objects.create(company=company, name="东热源")
    station = HeatStation.objects.create(company=company, name="一站", heat_source=source)
    loop = Loop.objects.create(heat_station=station, name="高区")
    publish_rules()
    service = a_desk(code)
    ticket = a_ticket(service, "2026-01-12 09:00", a_repair(account=account))
    words = Words("ticket_accepted", {"number": ticket.number})
    queue_message(
        company, "13800000009", words, cause=f"test {code}", life=timedelta(days=1), at=NOW
    )
    machine = MachineToken.objects.create(
        company=company, name="呼叫中心", token_digest=code, issued_at=NOW, expires_at=NOW
    )
    rule = publish_approval_rule(
        "billing_run",
        company,
        ["billing.approve_billing_run"],
        effective_from=business_date(NOW),
        source="审批权限表",
        by=Actor.system("test"),
        at=NOW,
    )
    approval = open_approval(
        run, BILLING_RUN_APPROVAL, company=company, drafted_by=run.created_by, at=NOW
    )
    day = business_date(NOW)
    delegation = Delegation.objects.create(
        delegator=clerk, deputy=cashier, first_day=day, last_day=day, reason="x", entered_at=NOW
    )
    building = account.premise.building
    template = a_draft(company, clerk)
    rows: list[Model] = [
        company,
        clerk,
        season,
        account,
        contract,
        contract.customer,
        bill,
        shift,
        payment,
        payment.receipt,
        bank_account,
        statement,
        statement_line,
        group,
        channel_day,
        difference,
        publish_counter_limit(
            company,
            limit_fen=10**9,
            effective_from=business_date(NOW),
            source="收费管理办法",
            by=Actor.system("test"),
            at=NOW,
        ),
        ask_large_payment(contract, method=Method.CASH, amount_fen=10**9 + 1, by=till, at=NOW),
        attempt,
        attempt.intent,
        run,
        adjustment,
        fee_rule,
        policy,
        area_change,
        terms,
        stop,
        resumption,
        *refunds,
        *dunning_rows(contract, desk),
        reward,
        suspension,
        waiver,
        alarm,
        job,
        listing,
        parked,
        event,
        entry,
        document,
        access,
        source,
        station,
        loop,
        ticket,
        Message.objects.get(company=company),
        machine,
        rule,
        approval,
        delegation,
        *(building, building.community, template, a_paper(contract, template)),
        RenewalRun.objects.create(
            company=company,
            ends_from=business_date(NOW),
            ends_until=business_date(NOW),
            created_by=clerk,
            created_at=NOW,
        ),
        account.premise,
        PriceDocument.objects.get(company=company),
        TariffCategory.objects.get(company=company),
        Transfer.objects.filter(company=company).latest("pk"),
        *sourcing_rows(company, clerk),
        *connection_rows(code),
        *fee_rows(company, clerk),
        *organisation_records(company, clerk),
        *meter_rows(account, clerk),
    ]
    return {
        type(row): row
        for row in [*rows, *service_records(service, weeks=weeks), *one_of_each(company)]
    }
