import django.db.models.deletion
import pghistory.utils
import uuid
from django.conf import settings
from django.db import migrations, models

from billing.migrations import REPLACED

# Partitioned by hand: Django knows no partitions. Reasons:
# docs/decisions/bills-are-partitioned-by-season-and-the-ledger-by-book.md
# Keys are immediate, not deferred: a season's rows are checked in bulk when it is attached.
BILL = """
CREATE SEQUENCE billing_bill_id_seq;
CREATE TABLE billing_bill (
    id bigint NOT NULL DEFAULT nextval('billing_bill_id_seq'),
    company_id bigint NOT NULL REFERENCES office_company (id),
    season_id bigint NOT NULL REFERENCES billing_heatingseason (id),
    number varchar(24) NOT NULL,
    kind varchar(10) NOT NULL,
    account_id bigint NOT NULL REFERENCES customers_account (id),
    contract_id bigint NOT NULL REFERENCES customers_supplycontract (id),
    customer_id bigint NOT NULL REFERENCES customers_customer (id),
    run_id bigint REFERENCES billing_billingrun (id),
    amount_fen bigint NOT NULL CONSTRAINT bill_above_zero CHECK (amount_fen > 0),
    tax_fen bigint NOT NULL CONSTRAINT bill_tax_within CHECK (tax_fen BETWEEN 0 AND amount_fen),
    due_on date NOT NULL,
    issued_at timestamptz NOT NULL,
    account_number varchar(20) NOT NULL,
    customer_name varchar(80) NOT NULL,
    address varchar(160) NOT NULL,
    CONSTRAINT billing_bill_pkey PRIMARY KEY (id, season_id),
    CONSTRAINT one_bill_per_account_season_and_kind UNIQUE (account_id, season_id, kind),
    CONSTRAINT one_bill_per_number UNIQUE (number, season_id)
) PARTITION BY LIST (season_id);
ALTER SEQUENCE billing_bill_id_seq OWNED BY billing_bill.id;
CREATE INDEX billing_bill_contract ON billing_bill (contract_id);
"""
BILL_REVERSE = "DROP TABLE billing_bill;"

BILL_LINE = """
CREATE SEQUENCE billing_billline_id_seq;
CREATE TABLE billing_billline (
    id bigint NOT NULL DEFAULT nextval('billing_billline_id_seq'),
    season_id bigint NOT NULL,
    bill_id bigint NOT NULL,
    ordinal smallint NOT NULL,
    area_line_id bigint NOT NULL REFERENCES customers_arealine (id),
    tariff_id bigint NOT NULL REFERENCES billing_tariff (id),
    category_name varchar(40) NOT NULL,
    area_basis varchar(10) NOT NULL,
    area numeric(10, 2) NOT NULL CONSTRAINT line_area_above_zero CHECK (area > 0),
    height numeric(5, 2),
    over_height_percent numeric(9, 4) NOT NULL,
    unit varchar(10) NOT NULL,
    unit_price numeric(10, 4) NOT NULL,
    periods numeric(6, 2) NOT NULL,
    ratio numeric(5, 4) NOT NULL,
    vat_rate numeric(4, 4) NOT NULL,
    amount_fen bigint NOT NULL,
    tax_fen bigint NOT NULL,
    CONSTRAINT billing_billline_pkey PRIMARY KEY (id, season_id),
    CONSTRAINT one_line_per_ordinal UNIQUE (bill_id, ordinal, season_id),
    CONSTRAINT line_of_a_bill FOREIGN KEY (bill_id, season_id)
        REFERENCES billing_bill (id, season_id)
) PARTITION BY LIST (season_id);
ALTER SEQUENCE billing_billline_id_seq OWNED BY billing_billline.id;
"""
BILL_LINE_REVERSE = "DROP TABLE billing_billline;"

TRANSFER = """
CREATE SEQUENCE billing_transfer_id_seq;
CREATE TABLE billing_transfer (
    id bigint NOT NULL DEFAULT nextval('billing_transfer_id_seq'),
    book integer NOT NULL,
    company_id bigint NOT NULL REFERENCES office_company (id),
    kind varchar(10) NOT NULL,
    debit integer NOT NULL,
    credit integer NOT NULL,
    amount_fen bigint NOT NULL CONSTRAINT transfer_above_zero CHECK (amount_fen > 0),
    business_date date NOT NULL,
    posted_at timestamptz NOT NULL,
    contract_id bigint REFERENCES customers_supplycontract (id),
    season_id bigint,
    bill_id bigint,
    payment_id bigint REFERENCES billing_payment (id),
    CONSTRAINT billing_transfer_pkey PRIMARY KEY (id, book),
    CONSTRAINT transfer_between_two_accounts CHECK (debit <> credit),
    CONSTRAINT transfer_of_customer_has_contract CHECK (
        contract_id IS NOT NULL OR (debit NOT IN (112200, 220300) AND credit NOT IN (112200, 220300))
    ),
    CONSTRAINT bill_postings_in_season_book CHECK (book = CASE kind WHEN 'bill' THEN season_id ELSE 0 END),
    CONSTRAINT bill_named_whole CHECK ((bill_id IS NULL) = (season_id IS NULL)),
    CONSTRAINT transfer_of_a_bill FOREIGN KEY (bill_id, season_id)
        REFERENCES billing_bill (id, season_id)
) PARTITION BY LIST (book);
ALTER SEQUENCE billing_transfer_id_seq OWNED BY billing_transfer.id;
CREATE INDEX billing_transfer_contract ON billing_transfer (contract_id);
CREATE INDEX billing_transfer_bill ON billing_transfer (bill_id) WHERE kind <> 'bill';
CREATE INDEX billing_transfer_payment ON billing_transfer (payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX billing_transfer_day ON billing_transfer (business_date) WHERE kind <> 'bill';
CREATE UNIQUE INDEX one_posting_per_bill_and_account
    ON billing_transfer (bill_id, credit, book) WHERE kind = 'bill';
CREATE UNIQUE INDEX one_posting_per_payment
    ON billing_transfer (payment_id, book) WHERE kind = 'payment';
CREATE TABLE billing_transfer_day_book PARTITION OF billing_transfer FOR VALUES IN (0);
"""
TRANSFER_REVERSE = "DROP TABLE billing_transfer;"


class Migration(migrations.Migration):
    initial = True
    replaces = REPLACED
    dependencies = [
        ("customers", "0002_rules"),
        ("office", "0002_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=200, verbose_name='文件名')),
                ('file', models.FileField(upload_to='account-lists/%Y/%m/', verbose_name='文件')),
                ('sha256', models.CharField(max_length=64)),
                ('dry_run', models.BooleanField(verbose_name='仅预览')),
                ('imported_at', models.DateTimeField(verbose_name='时间')),
                ('report', models.JSONField(default=dict, verbose_name='结果')),
                ('refused_file', models.FileField(blank=True, upload_to='account-lists/%Y/%m/', verbose_name='待更正文件')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('imported_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办')),
                ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.job', verbose_name='任务')),
            ],
            options={
                'verbose_name': '台账导入',
                'verbose_name_plural': '台账导入',
                'ordering': ['-id'],
                'permissions': [('import_accounts', '导入用户台账')],
            },
        ),
        migrations.CreateModel(
            name='Alarm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, verbose_name='种类')),
                ('key', models.CharField(max_length=120, unique=True, verbose_name='唯一键')),
                ('sentence', models.CharField(max_length=300, verbose_name='说明')),
                ('facts', models.JSONField(default=dict, verbose_name='事实')),
                ('raised_at', models.DateTimeField(verbose_name='发生时间')),
                ('resolved_at', models.DateTimeField(null=True, verbose_name='处理时间')),
                ('decision', models.CharField(blank=True, max_length=300, verbose_name='处理意见')),
                ('company', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('resolved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='处理人')),
            ],
            options={
                'verbose_name': '资金告警',
                'verbose_name_plural': '资金告警',
                'ordering': ['-id'],
                'permissions': [('resolve_alarm', '处理资金告警')],
            },
        ),
        migrations.CreateModel(
            name='HeatingSeason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(help_text='如 2025-2026', max_length=9, verbose_name='年度')),
                ('starts', models.DateField(verbose_name='计费起日')),
                ('ends', models.DateField(verbose_name='计费止日')),
                ('ends_inclusive', models.BooleanField(default=True, verbose_name='含止日')),
                ('billable_months', models.DecimalField(blank=True, decimal_places=2, max_digits=4, null=True, verbose_name='计费月数')),
                ('due_on', models.DateField(verbose_name='缴费截止日')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seasons', to='office.company', verbose_name='公司')),
            ],
            options={
                'verbose_name': '采暖季',
                'verbose_name_plural': '采暖季',
                'ordering': ['company', '-label'],
                'constraints': [models.UniqueConstraint(fields=('company', 'label'), name='one_season_per_label'), models.CheckConstraint(condition=models.Q(('ends__gt', models.F('starts'))), name='season_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='BillingRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('scoped', '已定范围'), ('previewing', '试算中'), ('previewed', '待审核'), ('approved', '已审核'), ('issuing', '出账中'), ('issued', '已出账'), ('closed', '已关闭'), ('cancelled', '已取消')], default='scoped', max_length=12, verbose_name='状态')),
                ('created_at', models.DateTimeField(verbose_name='创建时间')),
                ('approved_at', models.DateTimeField(null=True, verbose_name='审核时间')),
                ('issued_at', models.DateTimeField(null=True, verbose_name='出账时间')),
                ('previewed_through', models.BigIntegerField(default=0, verbose_name='已试算至户号序')),
                ('issued_through', models.BigIntegerField(default=0, verbose_name='已出账至序')),
                ('bill_count', models.PositiveIntegerField(default=0, verbose_name='账单数')),
                ('amount_fen', models.BigIntegerField(default=0, verbose_name='金额（分）')),
                ('summary', models.JSONField(default=dict, verbose_name='试算汇总')),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审核人')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='创建人')),
                ('season', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='billing.heatingseason', verbose_name='采暖季')),
                ('communities', models.ManyToManyField(blank=True, help_text='不选为全公司', to='customers.community', verbose_name='小区')),
            ],
            options={
                'verbose_name': '出账批次',
                'verbose_name_plural': '出账批次',
                'ordering': ['-id'],
                'permissions': [('create_billing_run', '创建出账批次'), ('preview_billing_run', '试算出账批次'), ('approve_billing_run', '审核出账批次'), ('issue_billing_run', '出账'), ('close_billing_run', '关闭出账批次'), ('cancel_billing_run', '取消出账批次')],
                'constraints': [models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('created_by')), _negated=True), _connector='OR'), name='run_approved_by_a_second_person')],
            },
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    sql=BILL,
                    reverse_sql=BILL_REVERSE,
                ),
            ],
            state_operations=[
                migrations.CreateModel(
                    name='Bill',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                        ('season', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bills', to='billing.heatingseason', verbose_name='采暖季')),
                        ('number', models.CharField(max_length=24, verbose_name='账单号')),
                        ('kind', models.CharField(choices=[('season', '采暖费'), ('opening', '期初欠费')], max_length=10, verbose_name='种类')),
                        ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bills', to='customers.account', verbose_name='户号')),
                        ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bills', to='customers.supplycontract', verbose_name='合同')),
                        ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bills', to='customers.customer', verbose_name='付款人')),
                        ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bills', to='billing.billingrun', verbose_name='批次')),
                        ('amount_fen', models.BigIntegerField(verbose_name='金额（分）')),
                        ('tax_fen', models.BigIntegerField(default=0, verbose_name='其中税额（分）')),
                        ('due_on', models.DateField(verbose_name='缴费截止日')),
                        ('issued_at', models.DateTimeField(verbose_name='出账时间')),
                        ('account_number', models.CharField(max_length=20, verbose_name='户号')),
                        ('customer_name', models.CharField(max_length=80, verbose_name='户名')),
                        ('address', models.CharField(max_length=160, verbose_name='地址')),
                    ],
                    options={
                        'verbose_name': '账单',
                        'verbose_name_plural': '账单',
                        'ordering': ['-season_id', '-id'],
                        'permissions': [('print_bill', '打印缴费通知单')],
                    },
                ),
            ],
        ),
        migrations.CreateModel(
            name='ParkedAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=30, verbose_name='原因')),
                ('sentence', models.CharField(max_length=200, verbose_name='说明')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.account', verbose_name='户号')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parked', to='billing.billingrun', verbose_name='批次')),
            ],
            options={
                'verbose_name': '暂缓账户',
                'verbose_name_plural': '暂缓账户',
                'constraints': [models.UniqueConstraint(fields=('run', 'account'), name='parked_once_per_run')],
            },
        ),
        migrations.CreateModel(
            name='PaymentIntent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('amount_fen', models.BigIntegerField(verbose_name='金额（分）')),
                ('state', models.CharField(choices=[('open', '待支付'), ('paid', '已支付'), ('cancelled', '已取消')], default='open', max_length=10, verbose_name='状态')),
                ('created_at', models.DateTimeField(verbose_name='创建时间')),
                ('created_by', models.CharField(max_length=80, verbose_name='创建人')),
                ('idempotency_key', models.CharField(max_length=120, null=True, unique=True)),
                ('request_digest', models.CharField(blank=True, max_length=64)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='intents', to='customers.supplycontract', verbose_name='合同')),
                ('first_answer', models.JSONField(editable=False, null=True, verbose_name='首次应答')),
            ],
            options={
                'verbose_name': '缴费意向',
                'verbose_name_plural': '缴费意向',
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0)), name='intent_above_zero')],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('method', models.CharField(choices=[('cash', '现金'), ('card', '银行卡'), ('wechat_native', '微信扫码'), ('wechat_jsapi', '微信公众号'), ('transfer', '对公转账')], max_length=16, verbose_name='方式')),
                ('number', models.CharField(max_length=32, unique=True, verbose_name='商户订单号')),
                ('amount_fen', models.BigIntegerField(verbose_name='金额（分）')),
                ('state', models.CharField(choices=[('created', '已创建'), ('unknown', '结果未知'), ('open', '待付款'), ('paid', '已支付'), ('closed', '已关闭'), ('failed', '下单失败')], default='created', max_length=10, verbose_name='状态')),
                ('parameters', models.JSONField(default=dict, verbose_name='下单参数')),
                ('code_url', models.CharField(blank=True, max_length=256, verbose_name='二维码')),
                ('prepay_id', models.CharField(blank=True, max_length=128, verbose_name='预支付')),
                ('error_code', models.CharField(blank=True, max_length=64, verbose_name='错误码')),
                ('created_at', models.DateTimeField(verbose_name='创建时间')),
                ('expires_at', models.DateTimeField(verbose_name='失效时间')),
                ('next_query_at', models.DateTimeField(db_index=True, null=True, verbose_name='下次查询')),
                ('queries', models.PositiveSmallIntegerField(default=0, verbose_name='查询次数')),
                ('intent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='billing.paymentintent', verbose_name='意向')),
            ],
            options={
                'verbose_name': '支付尝试',
                'verbose_name_plural': '支付尝试',
            },
        ),
        migrations.CreateModel(
            name='PaymentIntentBill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('open_fen', models.BigIntegerField(verbose_name='当时欠费（分）')),
                ('bill', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='intents', to='billing.bill')),
                ('intent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bills', to='billing.paymentintent')),
            ],
            options={
                'verbose_name': '意向账单',
                'verbose_name_plural': '意向账单',
                'constraints': [models.UniqueConstraint(fields=('intent', 'bill'), name='bill_once_per_intent')],
            },
        ),
        migrations.CreateModel(
            name='PriceDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=60, verbose_name='文号')),
                ('title', models.CharField(max_length=120, verbose_name='标题')),
                ('issuer', models.CharField(max_length=80, verbose_name='发文机关')),
                ('issued_on', models.DateField(verbose_name='发文日期')),
                ('effective_from', models.DateField(verbose_name='执行日期')),
                ('state', models.CharField(choices=[('draft', '起草'), ('published', '已发布')], default='draft', max_length=10, verbose_name='状态')),
                ('stop_heat_ratio', models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True, verbose_name='报停基本费比例')),
                ('base_height', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, verbose_name='基准层高 (m)')),
                ('height_step', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, verbose_name='超高级差 (m)')),
                ('percent_per_step', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='每级加收 %')),
                ('height_rounding', models.CharField(choices=[('floor', '不足一级不计'), ('ceil', '不足一级按一级'), ('prorata', '按比例')], default='floor', max_length=8, verbose_name='超高取整')),
                ('height_cap_percent', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='加收上限 %')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='price_documents', to='office.company', verbose_name='公司')),
            ],
            options={
                'verbose_name': '热价文件',
                'verbose_name_plural': '热价文件',
                'ordering': ['company', '-effective_from'],
                'permissions': [('publish_price_document', '发布热价文件')],
                'constraints': [models.UniqueConstraint(fields=('company', 'number'), name='one_price_document'), models.CheckConstraint(condition=models.Q(models.Q(('base_height__isnull', True), ('height_step__isnull', True), ('percent_per_step__isnull', True)), models.Q(('base_height__gt', 0), ('height_step__gt', 0), ('percent_per_step__gt', 0)), _connector='OR'), name='over_height_rule_whole')],
            },
        ),
        migrations.CreateModel(
            name='ProviderEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=20, verbose_name='渠道')),
                ('event_id', models.CharField(max_length=64, verbose_name='通知编号')),
                ('event_type', models.CharField(max_length=40, verbose_name='通知类型')),
                ('out_trade_no', models.CharField(blank=True, db_index=True, max_length=64, verbose_name='商户订单号')),
                ('headers', models.JSONField(verbose_name='报头')),
                ('body', models.BinaryField(verbose_name='报文')),
                ('received_at', models.DateTimeField(verbose_name='收到时间')),
                ('verdict', models.CharField(choices=[('received', '待处理'), ('booked', '已入账'), ('repeated', '重复'), ('refused', '拒绝'), ('alarmed', '告警'), ('ignored', '无需处理')], default='received', max_length=10, verbose_name='结论')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('processed_at', models.DateTimeField(null=True, verbose_name='处理时间')),
            ],
            options={
                'verbose_name': '渠道通知',
                'verbose_name_plural': '渠道通知',
                'indexes': [models.Index(fields=['verdict', 'received_at'], name='billing_pro_verdict_dfc1a5_idx')],
                'constraints': [models.UniqueConstraint(fields=('provider', 'event_id'), name='one_row_per_event')],
            },
        ),
        migrations.CreateModel(
            name='Shift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('till', models.CharField(max_length=20, verbose_name='窗口')),
                ('state', models.CharField(choices=[('open', '当班'), ('closed', '已交班')], default='open', max_length=8, verbose_name='状态')),
                ('opened_at', models.DateTimeField(verbose_name='开班时间')),
                ('float_fen', models.BigIntegerField(verbose_name='备用金（分）')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='交班时间')),
                ('expected_fen', models.BigIntegerField(null=True, verbose_name='应有现金（分）')),
                ('counted_fen', models.BigIntegerField(null=True, verbose_name='实点现金（分）')),
                ('difference_reason', models.CharField(blank=True, max_length=200, verbose_name='差额原因')),
                ('cashier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shifts', to=settings.AUTH_USER_MODEL, verbose_name='收费员')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
            ],
            options={
                'verbose_name': '班次',
                'verbose_name_plural': '班次',
                'ordering': ['-id'],
                'permissions': [('open_shift', '开班'), ('close_shift', '交班')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('cashier',), name='one_open_shift_per_cashier')],
            },
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('method', models.CharField(choices=[('cash', '现金'), ('card', '银行卡'), ('wechat_native', '微信扫码'), ('wechat_jsapi', '微信公众号'), ('transfer', '对公转账')], max_length=16, verbose_name='方式')),
                ('amount_fen', models.BigIntegerField(verbose_name='金额（分）')),
                ('provider', models.CharField(max_length=20, verbose_name='渠道')),
                ('transaction_id', models.CharField(max_length=80, verbose_name='渠道流水号')),
                ('reference', models.CharField(blank=True, max_length=120, verbose_name='凭证')),
                ('in_suspense', models.BooleanField(default=False, verbose_name='待查')),
                ('paid_at', models.DateTimeField(verbose_name='支付时间')),
                ('business_date', models.DateField(db_index=True, verbose_name='业务日期')),
                ('attempt', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='billing.attempt')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='customers.supplycontract', verbose_name='合同')),
                ('received_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办')),
                ('intent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='billing.paymentintent')),
                ('shift', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='billing.shift', verbose_name='班次')),
            ],
            options={
                'verbose_name': '收款',
                'verbose_name_plural': '收款',
                'ordering': ['-id'],
                'permissions': [('take_cash', '收现金'), ('take_card', '刷卡收款'), ('enter_transfer', '登记对公转账'), ('start_wechat_payment', '发起微信收款')],
                'constraints': [models.UniqueConstraint(fields=('provider', 'transaction_id'), name='one_payment_per_transaction'), models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0)), name='payment_above_zero')],
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=32, unique=True, verbose_name='收据号')),
                ('issued_at', models.DateTimeField(verbose_name='开具时间')),
                ('amount_fen', models.BigIntegerField(verbose_name='金额（分）')),
                ('verification_code', models.CharField(max_length=16, unique=True, verbose_name='验证码')),
                ('paper', models.JSONField(verbose_name='内容')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('payment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='receipt', to='billing.payment', verbose_name='收款')),
            ],
            options={
                'verbose_name': '收据',
                'verbose_name_plural': '收据',
                'ordering': ['-id'],
                'permissions': [('print_receipt', '打印收据')],
            },
        ),
        migrations.CreateModel(
            name='Tariff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.CharField(choices=[('m2_month', '元/m²·月'), ('m2_season', '元/m²·季'), ('m2_day', '元/m²·日')], max_length=10, verbose_name='计价单位')),
                ('area_basis', models.CharField(choices=[('building', '建筑面积'), ('inner', '套内面积'), ('usable', '使用面积'), ('charge', '计费面积')], default='building', max_length=10, verbose_name='面积口径')),
                ('amount', models.DecimalField(decimal_places=4, max_digits=10, verbose_name='单价 (元)')),
                ('vat_rate', models.DecimalField(decimal_places=4, default=0, help_text='0 为免税', max_digits=4, verbose_name='增值税率')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tariffs', to='customers.tariffcategory', verbose_name='热价类别')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tariffs', to='billing.pricedocument', verbose_name='热价文件')),
            ],
            options={
                'verbose_name': '热价',
                'verbose_name_plural': '热价',
                'ordering': ['document', 'category'],
                'constraints': [models.UniqueConstraint(fields=('document', 'category'), name='one_tariff_per_category'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='tariff_above_zero')],
            },
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    sql=BILL_LINE,
                    reverse_sql=BILL_LINE_REVERSE,
                ),
            ],
            state_operations=[
                migrations.CreateModel(
                    name='BillLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('season', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.heatingseason')),
                        ('bill', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='billing.bill')),
                        ('ordinal', models.PositiveSmallIntegerField(verbose_name='序号')),
                        ('area_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.arealine')),
                        ('tariff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.tariff')),
                        ('category_name', models.CharField(max_length=40, verbose_name='热价类别')),
                        ('area_basis', models.CharField(choices=[('building', '建筑面积'), ('inner', '套内面积'), ('usable', '使用面积'), ('charge', '计费面积')], max_length=10, verbose_name='面积口径')),
                        ('area', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='面积')),
                        ('height', models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name='层高')),
                        ('over_height_percent', models.DecimalField(decimal_places=4, max_digits=9, verbose_name='超高加收 %')),
                        ('unit', models.CharField(choices=[('m2_month', '元/m²·月'), ('m2_season', '元/m²·季'), ('m2_day', '元/m²·日')], max_length=10, verbose_name='计价单位')),
                        ('unit_price', models.DecimalField(decimal_places=4, max_digits=10, verbose_name='单价')),
                        ('periods', models.DecimalField(decimal_places=2, max_digits=6, verbose_name='期数')),
                        ('ratio', models.DecimalField(decimal_places=4, max_digits=5, verbose_name='收取比例')),
                        ('vat_rate', models.DecimalField(decimal_places=4, max_digits=4, verbose_name='税率')),
                        ('amount_fen', models.BigIntegerField(verbose_name='金额（分）')),
                        ('tax_fen', models.BigIntegerField(verbose_name='税额（分）')),
                    ],
                    options={
                        'verbose_name': '账单明细',
                        'verbose_name_plural': '账单明细',
                        'ordering': ['bill', 'ordinal'],
                    },
                ),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    sql=TRANSFER,
                    reverse_sql=TRANSFER_REVERSE,
                ),
            ],
            state_operations=[
                migrations.CreateModel(
                    name='Transfer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('book', models.IntegerField(default=0, verbose_name='账册')),
                        ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                        ('kind', models.CharField(choices=[('bill', '出账'), ('payment', '收款'), ('allocation', '销账'), ('difference', '现金长短款'), ('assignment', '待查款项转入')], max_length=10, verbose_name='种类')),
                        ('debit', models.IntegerField(choices=[(100100, '库存现金'), (100200, '银行存款'), (101201, '银行卡在途'), (101202, '微信支付在途'), (112200, '应收供热费'), (220300, '预收供热费'), (222100, '应交增值税'), (224100, '待查款项'), (300000, '期初余额'), (190100, '待处理现金长短款'), (600101, '免税供热收入'), (600102, '应税供热收入')], verbose_name='借方')),
                        ('credit', models.IntegerField(choices=[(100100, '库存现金'), (100200, '银行存款'), (101201, '银行卡在途'), (101202, '微信支付在途'), (112200, '应收供热费'), (220300, '预收供热费'), (222100, '应交增值税'), (224100, '待查款项'), (300000, '期初余额'), (190100, '待处理现金长短款'), (600101, '免税供热收入'), (600102, '应税供热收入')], verbose_name='贷方')),
                        ('amount_fen', models.BigIntegerField(verbose_name='金额（分）')),
                        ('business_date', models.DateField(verbose_name='业务日期')),
                        ('posted_at', models.DateTimeField(verbose_name='入账时间')),
                        ('contract', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='customers.supplycontract')),
                        ('season', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.heatingseason')),
                        ('bill', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='billing.bill')),
                        ('payment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='billing.payment')),
                    ],
                    options={
                        'verbose_name': '分录',
                        'verbose_name_plural': '分录',
                        'ordering': ['-id'],
                    },
                ),
            ],
        ),
        migrations.CreateModel(
            name='HeatingSeasonEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('label', models.CharField(help_text='如 2025-2026', max_length=9, verbose_name='年度')),
                ('starts', models.DateField(verbose_name='计费起日')),
                ('ends', models.DateField(verbose_name='计费止日')),
                ('ends_inclusive', models.BooleanField(default=True, verbose_name='含止日')),
                ('billable_months', models.DecimalField(blank=True, decimal_places=2, max_digits=4, null=True, verbose_name='计费月数')),
                ('due_on', models.DateField(verbose_name='缴费截止日')),
                ('company', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='office.company', verbose_name='公司')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='+', to='billing.heatingseason')),
            ],
            options={
                'verbose_name': '采暖季变更',
                'verbose_name_plural': '采暖季变更',
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='PriceDocumentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('number', models.CharField(max_length=60, verbose_name='文号')),
                ('title', models.CharField(max_length=120, verbose_name='标题')),
                ('issuer', models.CharField(max_length=80, verbose_name='发文机关')),
                ('issued_on', models.DateField(verbose_name='发文日期')),
                ('effective_from', models.DateField(verbose_name='执行日期')),
                ('state', models.CharField(choices=[('draft', '起草'), ('published', '已发布')], default='draft', max_length=10, verbose_name='状态')),
                ('stop_heat_ratio', models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True, verbose_name='报停基本费比例')),
                ('base_height', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, verbose_name='基准层高 (m)')),
                ('height_step', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, verbose_name='超高级差 (m)')),
                ('percent_per_step', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='每级加收 %')),
                ('height_rounding', models.CharField(choices=[('floor', '不足一级不计'), ('ceil', '不足一级按一级'), ('prorata', '按比例')], default='floor', max_length=8, verbose_name='超高取整')),
                ('height_cap_percent', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='加收上限 %')),
                ('company', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='office.company', verbose_name='公司')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='+', to='billing.pricedocument')),
            ],
            options={
                'verbose_name': '热价文件变更',
                'verbose_name_plural': '热价文件变更',
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='TariffEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('unit', models.CharField(choices=[('m2_month', '元/m²·月'), ('m2_season', '元/m²·季'), ('m2_day', '元/m²·日')], max_length=10, verbose_name='计价单位')),
                ('area_basis', models.CharField(choices=[('building', '建筑面积'), ('inner', '套内面积'), ('usable', '使用面积'), ('charge', '计费面积')], default='building', max_length=10, verbose_name='面积口径')),
                ('amount', models.DecimalField(decimal_places=4, max_digits=10, verbose_name='单价 (元)')),
                ('vat_rate', models.DecimalField(decimal_places=4, default=0, help_text='0 为免税', max_digits=4, verbose_name='增值税率')),
                ('category', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.tariffcategory', verbose_name='热价类别')),
                ('document', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='billing.pricedocument', verbose_name='热价文件')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='+', to='billing.tariff')),
            ],
            options={
                'verbose_name': '热价变更',
                'verbose_name_plural': '热价变更',
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='PlatformCertificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('serial', models.CharField(max_length=64, unique=True, verbose_name='序列号')),
                ('pem', models.TextField(verbose_name='证书')),
                ('learnt_at', models.DateTimeField(verbose_name='取得时间')),
            ],
            options={
                'verbose_name': '微信支付平台证书',
                'verbose_name_plural': '微信支付平台证书',
            },
        ),
        migrations.CreateModel(
            name='SuspenseAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=200, verbose_name='核实说明')),
                ('assigned_at', models.DateTimeField(verbose_name='转入时间')),
                ('assigned_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.supplycontract', verbose_name='转入合同')),
                ('payment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='assignment', to='billing.payment', verbose_name='收款')),
            ],
            options={
                'verbose_name': '待查款项转入',
                'verbose_name_plural': '待查款项转入',
                'ordering': ['-id'],
                'permissions': [('assign_suspense', '待查款项转入')],
            },
        ),
    ]
