"""Open debts by season, community, kind of payer and due day: one view, which the page reads."""

import django.db.models.deletion
from django.db import migrations, models

# The bill's payer, not today's owner: debts stay with whom was billed. A condition on the columns
# of GROUP BY reaches below it, so that the page of one company reads the bills of that company.
DEBT_AGE = """
CREATE VIEW billing_debt_age AS
SELECT bill.season_id || '-' || building.community_id || '-' || payer.kind
           || '-' || to_char(bill.due_on, 'YYYYMMDD') AS key,
       bill.company_id, bill.season_id, building.community_id, payer.kind AS payer_kind,
       bill.due_on, count(DISTINCT bill.contract_id) AS contract_count,
       sum(bill.amount_fen - COALESCE(settlement.settled_fen, 0))::bigint AS open_fen
FROM billing_bill bill
LEFT JOIN billing_bill_settlement settlement ON settlement.bill_id = bill.id
JOIN customers_account account ON account.id = bill.account_id
JOIN customers_premise premise ON premise.id = account.premise_id
JOIN customers_building building ON building.id = premise.building_id
JOIN customers_customer payer ON payer.id = bill.customer_id
WHERE bill.amount_fen <> COALESCE(settlement.settled_fen, 0)
GROUP BY bill.company_id, bill.season_id, building.community_id, payer.kind, bill.due_on;
"""
DEBT_AGE_REVERSE = "DROP VIEW billing_debt_age;"


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0025_refunds_to_source"),
        ("customers", "0011_annual_plans_and_papers"),
        ("office", "0001_tables"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DEBT_AGE, DEBT_AGE_REVERSE)],
            state_operations=[
                migrations.CreateModel(
                    name="DebtAge",
                    fields=[
                        (
                            "key",
                            models.CharField(
                                editable=False, max_length=80, primary_key=True, serialize=False
                            ),
                        ),
                        ("payer_kind", models.CharField(max_length=12, verbose_name="用户类型")),
                        ("due_on", models.DateField(verbose_name="缴费截止日")),
                        ("contract_count", models.BigIntegerField(verbose_name="户数")),
                        ("open_fen", models.BigIntegerField(verbose_name="欠费（分）")),
                        *(
                            (
                                name,
                                models.ForeignKey(
                                    on_delete=django.db.models.deletion.DO_NOTHING,
                                    related_name="+",
                                    to=table,
                                    verbose_name=label,
                                ),
                            )
                            for name, table, label in (
                                ("company", "office.company", "公司"),
                                ("season", "billing.heatingseason", "采暖季"),
                                ("community", "customers.community", "小区"),
                            )
                        ),
                    ],
                    options={
                        "verbose_name": "欠费账龄",
                        "verbose_name_plural": "欠费账龄",
                        "db_table": "billing_debt_age",
                        "ordering": ["-due_on", "key"],
                        "managed": False,
                        "default_permissions": ("view",),
                    },
                ),
            ],
        ),
    ]
