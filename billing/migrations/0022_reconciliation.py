"""Days of a payment channel, the provider's lines, and what differs from the books."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from office.tables.append_only import protect, unprotect
from office.workflow import guard_sql

# What a provider printed stays as it was fetched.
APPEND_ONLY = ("billing_providerbill", "billing_providerline")


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0021_group_payments'),
        ('office', '0011_organisation'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ChannelDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('wechatpay', '微信支付')], max_length=20, verbose_name='渠道')),
                ('day', models.DateField(verbose_name='日期')),
                ('state', models.CharField(choices=[('open', '未结清'), ('closed', '已结清')], default='open', max_length=10, verbose_name='状态')),
                ('provider_count', models.PositiveIntegerField(default=0, verbose_name='渠道笔数')),
                ('provider_fen', models.BigIntegerField(default=0, verbose_name='渠道收款（分）')),
                ('refunded_fen', models.BigIntegerField(default=0, verbose_name='渠道退款（分）')),
                ('fee_fen', models.BigIntegerField(default=0, verbose_name='手续费（分）')),
                ('books_count', models.PositiveIntegerField(default=0, verbose_name='账上笔数')),
                ('books_fen', models.BigIntegerField(default=0, verbose_name='账上收款（分）')),
                ('open_count', models.PositiveIntegerField(default=0, verbose_name='未说明差异')),
                ('compared_at', models.DateTimeField(verbose_name='最近核对')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='结账时间')),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='结账人')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
            ],
            options={
                'verbose_name': '渠道对账日',
                'verbose_name_plural': '渠道对账日',
                'ordering': ['-day', '-pk'],
                'permissions': [('reconcile_channel_day', '核对渠道对账日'), ('explain_difference', '说明对账差异'), ('close_channel_day', '结清渠道对账日')],
            },
        ),
        migrations.CreateModel(
            name='ProviderBill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('wechatpay', '微信支付')], max_length=20, verbose_name='渠道')),
                ('day', models.DateField(verbose_name='日期')),
                ('sha1', models.CharField(max_length=40)),
                ('line_count', models.PositiveIntegerField(verbose_name='笔数')),
                ('fetched_at', models.DateTimeField(verbose_name='取得时间')),
            ],
            options={
                'verbose_name': '渠道账单',
                'verbose_name_plural': '渠道账单',
                'constraints': [models.UniqueConstraint(fields=('channel', 'day'), name='one_bill_of_a_channel_day')],
            },
        ),
        migrations.CreateModel(
            name='ProviderLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('payment', '收款'), ('refund', '退款')], max_length=10, verbose_name='种类')),
                ('transaction_id', models.CharField(max_length=80, verbose_name='渠道流水号')),
                ('order_number', models.CharField(max_length=64, verbose_name='商户订单号')),
                ('refund_id', models.CharField(blank=True, max_length=80, verbose_name='退款单号')),
                ('refund_number', models.CharField(blank=True, max_length=64, verbose_name='商户退款单号')),
                ('amount_fen', models.BigIntegerField(verbose_name='金额（分）')),
                ('fee_millifen', models.BigIntegerField(verbose_name='手续费（千分之一分）')),
                ('occurrence', models.PositiveIntegerField(verbose_name='第几次列出')),
                ('traded_at', models.DateTimeField(verbose_name='交易时间')),
                ('bill', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='billing.providerbill')),
                ('day', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='billing.channelday', verbose_name='对账日')),
            ],
            options={
                'verbose_name': '渠道明细',
                'verbose_name_plural': '渠道明细',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='ChannelDifference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('not_in_books', '渠道有、账上没有'), ('not_at_provider', '账上有、渠道没有'), ('amount', '金额不同'), ('twice', '渠道重复列出'), ('other_day', '账上在另一天'), ('refund_unknown', '账上没有的退款')], max_length=20, verbose_name='差异')),
                ('number', models.CharField(max_length=120, verbose_name='渠道流水号')),
                ('provider_fen', models.BigIntegerField(verbose_name='渠道金额（分）')),
                ('books_fen', models.BigIntegerField(verbose_name='账上金额（分）')),
                ('found_at', models.DateTimeField(verbose_name='发现时间')),
                ('gone_at', models.DateTimeField(null=True, verbose_name='消除时间')),
                ('explanation', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                ('explained_at', models.DateTimeField(null=True, verbose_name='说明时间')),
                ('day', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='differences', to='billing.channelday', verbose_name='对账日')),
                ('explained_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='说明人')),
                ('payment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.payment', verbose_name='收款')),
                ('line', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.providerline', verbose_name='渠道明细')),
            ],
            options={
                'verbose_name': '对账差异',
                'verbose_name_plural': '对账差异',
                'ordering': ['-pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='channelday',
            constraint=models.UniqueConstraint(fields=('company', 'channel', 'day'), name='one_channel_day'),
        ),
        migrations.AddIndex(
            model_name='providerline',
            index=models.Index(fields=['transaction_id'], name='provider_line_transaction'),
        ),
        migrations.AddConstraint(
            model_name='providerline',
            constraint=models.UniqueConstraint(fields=('bill', 'kind', 'transaction_id', 'refund_id', 'occurrence'), name='one_line_of_a_bill'),
        ),
        migrations.AddConstraint(
            model_name='channeldifference',
            constraint=models.UniqueConstraint(fields=('day', 'kind', 'number'), name='one_difference'),
        ),
        # States move only along CHANNEL_DAY in billing/states.py.
        migrations.RunSQL(
            guard_sql("billing_channelday", "state", "open", [("open", "closed")]),
            """
            DROP TRIGGER billing_channelday_state_guard ON billing_channelday;
            DROP FUNCTION billing_channelday_state_guard;
            """,
        ),
        *[migrations.RunSQL(protect(table), unprotect(table)) for table in APPEND_ONLY],
    ]
