"""Sourcing: requests, invitations, sealed offers, awards, and leads of collusion."""

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
import suppliers.models.collusion_lead
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from office.tables.append_only import protect, unprotect

SOURCING = """
CREATE OR REPLACE FUNCTION suppliers_sourcing_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
      RAISE EXCEPTION 'suppliers_sourcing begins as draft, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('draft', 'called_off'), ('draft', 'inviting'), ('inviting', 'called_off'), ('inviting', 'unlocked'), ('opened', 'called_off'), ('opened', 'proposed'), ('proposed', 'awarded'), ('proposed', 'opened'), ('unlocked', 'called_off'), ('unlocked', 'opened')) THEN
    RAISE EXCEPTION 'suppliers_sourcing: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS suppliers_sourcing_state_guard ON suppliers_sourcing;
CREATE TRIGGER suppliers_sourcing_state_guard BEFORE INSERT OR UPDATE ON suppliers_sourcing
  FOR EACH ROW EXECUTE FUNCTION suppliers_sourcing_state_guard();
"""
NO_SOURCING = """
DROP TRIGGER IF EXISTS suppliers_sourcing_state_guard ON suppliers_sourcing;
DROP FUNCTION IF EXISTS suppliers_sourcing_state_guard();
"""
# What was received or opened is evidence.
APPEND_ONLY = (
    "suppliers_invitation",
    "suppliers_offer",
    "suppliers_openedoffer",
    "suppliers_offerprice",
    "suppliers_offerfile",
    "suppliers_collusionlead_suppliers",
)


class Migration(migrations.Migration):

    dependencies = [
        ('office', '0009_patience_with_jobs'),
        ('suppliers', '0010_certificates'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CommonNetworkEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('network', models.CharField(max_length=43, validators=[suppliers.models.collusion_lead.check_network], verbose_name='网段')),
                ('name', models.CharField(max_length=80, verbose_name='名称')),
                ('starts', models.DateField(verbose_name='启用日期')),
                ('ends', models.DateField(blank=True, null=True, verbose_name='停用日期')),
            ],
            options={
                'verbose_name': '公共网络变更',
                'verbose_name_plural': '公共网络变更',
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('invited_at', models.DateTimeField(verbose_name='邀请时间')),
            ],
            options={
                'verbose_name': '邀请',
                'verbose_name_plural': '邀请',
                'ordering': ['sourcing', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('received_at', models.DateTimeField(verbose_name='收到时间')),
                ('sealed', models.TextField(verbose_name='密封内容')),
            ],
            options={
                'verbose_name': '报价',
                'verbose_name_plural': '报价',
                'ordering': ['invitation', '-pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='OfferFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='文件名')),
                ('sha256', models.CharField(max_length=64)),
                ('author', models.CharField(blank=True, max_length=120, verbose_name='作者')),
                ('template', models.CharField(blank=True, max_length=120, verbose_name='模板')),
            ],
            options={
                'verbose_name': '报价文件',
                'verbose_name_plural': '报价文件',
                'ordering': ['opened', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='OfferPrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('price_fen', models.BigIntegerField(verbose_name='单价（分）')),
            ],
            options={
                'verbose_name': '单价',
                'verbose_name_plural': '单价',
                'ordering': ['opened', 'item__line'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='OpenedOffer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('with_tax', models.BooleanField(verbose_name='单价含税')),
                ('vat_rate', models.DecimalField(decimal_places=4, max_digits=5, verbose_name='税率')),
                ('freight_fen', models.BigIntegerField(verbose_name='另计运费（分，不含税）')),
                ('delivery_days', models.PositiveSmallIntegerField(verbose_name='交货天数')),
                ('contact', models.CharField(max_length=40, verbose_name='联系人')),
                ('phone', models.CharField(max_length=20, verbose_name='电话')),
                ('account_number', models.CharField(blank=True, max_length=30, verbose_name='保证金账号')),
                ('remark', models.CharField(blank=True, max_length=400, verbose_name='说明')),
                ('address', models.GenericIPAddressField(null=True, verbose_name='网络地址')),
                ('device', models.CharField(blank=True, max_length=64, verbose_name='设备')),
            ],
            options={
                'verbose_name': '开启的报价',
                'verbose_name_plural': '开启的报价',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Sourcing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='编号')),
                ('title', models.CharField(max_length=80, verbose_name='名称')),
                ('state', models.CharField(choices=[('draft', '准备'), ('inviting', '报价中'), ('unlocked', '等待第二人开启'), ('opened', '评比'), ('proposed', '定标审批中'), ('awarded', '已定标'), ('called_off', '已终止')], default='draft', max_length=10, verbose_name='状态')),
                ('offers_until', models.DateTimeField(verbose_name='报价截止')),
                ('requested_at', models.DateTimeField(verbose_name='发起时间')),
                ('exemption', models.CharField(blank=True, max_length=400, verbose_name='豁免理由')),
                ('exempted_at', models.DateTimeField(blank=True, null=True, verbose_name='豁免时间')),
                ('unlocked_at', models.DateTimeField(blank=True, null=True, verbose_name='第一开启时间')),
                ('opened_at', models.DateTimeField(blank=True, null=True, verbose_name='开启时间')),
                ('award_reason', models.CharField(blank=True, max_length=500, verbose_name='定标理由')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                ('remark', models.CharField(blank=True, max_length=400, verbose_name='结束原因')),
            ],
            options={
                'verbose_name': '询价采购',
                'verbose_name_plural': '询价采购',
                'ordering': ['-pk'],
                'permissions': [('request_sourcing', '发起采购'), ('invite_suppliers', '邀请供应商报价'), ('exempt_sourcing', '批准少于三家的采购'), ('open_offers', '开启报价'), ('propose_award', '提出定标'), ('approve_award', '批准定标'), ('call_off_sourcing', '终止采购')],
            },
        ),
        migrations.CreateModel(
            name='SourcingItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveSmallIntegerField(verbose_name='行号')),
                ('name', models.CharField(max_length=80, verbose_name='名称规格')),
                ('quantity', models.DecimalField(decimal_places=3, max_digits=14, verbose_name='数量')),
                ('unit', models.CharField(max_length=10, verbose_name='单位')),
                ('published_fen', models.BigIntegerField(blank=True, null=True, verbose_name='公布单价（分，不含税）')),
            ],
            options={
                'verbose_name': '采购项目',
                'verbose_name_plural': '采购项目',
                'ordering': ['sourcing', 'line'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='CollusionLead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('signal', models.CharField(choices=[('shared_address', '同一网络地址'), ('shared_device', '同一台设备'), ('shared_account', '同一银行账户'), ('shared_contact', '同一联系方式'), ('same_file', '同一份文件'), ('same_author', '同一文件作者'), ('same_template', '同一文件模板'), ('equal_prices', '报价分毫不差'), ('fixed_ratio', '报价成固定比例'), ('rotation', '轮流中标')], max_length=16, verbose_name='信号')),
                ('strength', models.PositiveSmallIntegerField(choices=[(1, '弱'), (2, '中'), (3, '强')], verbose_name='强度')),
                ('evidence', models.CharField(max_length=500, verbose_name='依据')),
                ('found_at', models.DateTimeField(verbose_name='发现时间')),
                ('verdict', models.CharField(blank=True, choices=[('innocent', '排除'), ('confirmed', '属实')], max_length=10, verbose_name='判断')),
                ('reason', models.CharField(blank=True, max_length=400, verbose_name='判断理由')),
                ('judged_at', models.DateTimeField(blank=True, null=True, verbose_name='判断时间')),
                ('judged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='判断人')),
                ('suppliers', models.ManyToManyField(related_name='leads', to='suppliers.supplier', verbose_name='供应商')),
            ],
            options={
                'verbose_name': '串标线索',
                'verbose_name_plural': '串标线索',
                'ordering': ['-pk'],
                'permissions': [('judge_lead', '判断串标线索')],
            },
        ),
        migrations.CreateModel(
            name='CommonNetwork',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('network', models.CharField(max_length=43, unique=True, validators=[suppliers.models.collusion_lead.check_network], verbose_name='网段')),
                ('name', models.CharField(max_length=80, verbose_name='名称')),
                ('starts', models.DateField(verbose_name='启用日期')),
                ('ends', models.DateField(blank=True, null=True, verbose_name='停用日期')),
            ],
            options={
                'verbose_name': '公共网络',
                'verbose_name_plural': '公共网络',
                'ordering': ['network'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends__isnull', True), ('ends__gte', models.F('starts')), _connector='OR'), name='common_network_ends_after_start')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commonnetwork',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "suppliers_commonnetworkevent" ("ends", "id", "name", "network", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts") VALUES (OLD."ends", OLD."id", OLD."name", OLD."network", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."starts"); RETURN NULL;', hash='8eb5008954b82b9963471e023f0afc1933568846', operation='UPDATE', pgid='pgtrigger_update_update_5c736', table='suppliers_commonnetwork', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commonnetwork',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "suppliers_commonnetworkevent" ("ends", "id", "name", "network", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts") VALUES (OLD."ends", OLD."id", OLD."name", OLD."network", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."starts"); RETURN NULL;', hash='3b1a79087973f02495da2a05b9e55a19bf7a0246', operation='DELETE', pgid='pgtrigger_delete_delete_d446f', table='suppliers_commonnetwork', when='AFTER')),
        ),
        migrations.AddField(
            model_name='commonnetworkevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='+', to='suppliers.commonnetwork'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='invited_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='邀请人'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='supplier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='suppliers.supplier', verbose_name='供应商'),
        ),
        migrations.AddField(
            model_name='offer',
            name='invitation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='suppliers.invitation', verbose_name='邀请'),
        ),
        migrations.AddField(
            model_name='openedoffer',
            name='offer',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='opened', to='suppliers.offer', verbose_name='报价'),
        ),
        migrations.AddField(
            model_name='offerprice',
            name='opened',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prices', to='suppliers.openedoffer', verbose_name='报价'),
        ),
        migrations.AddField(
            model_name='offerfile',
            name='opened',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='suppliers.openedoffer', verbose_name='报价'),
        ),
        migrations.AddField(
            model_name='sourcing',
            name='award',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='suppliers.offer', verbose_name='中选报价'),
        ),
        migrations.AddField(
            model_name='sourcing',
            name='category',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sourcings', to='suppliers.supplycategory', verbose_name='采购类别'),
        ),
        migrations.AddField(
            model_name='sourcing',
            name='company',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司'),
        ),
        migrations.AddField(
            model_name='sourcing',
            name='exempted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='豁免批准人'),
        ),
        migrations.AddField(
            model_name='sourcing',
            name='opened_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='第二开启人'),
        ),
        migrations.AddField(
            model_name='sourcing',
            name='requested_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发起人'),
        ),
        migrations.AddField(
            model_name='sourcing',
            name='unlocked_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='第一开启人'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='sourcing',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='suppliers.sourcing', verbose_name='询价采购'),
        ),
        migrations.AddField(
            model_name='collusionlead',
            name='sourcing',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leads', to='suppliers.sourcing', verbose_name='询价采购'),
        ),
        migrations.AddField(
            model_name='sourcingitem',
            name='sourcing',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='suppliers.sourcing', verbose_name='询价采购'),
        ),
        migrations.AddField(
            model_name='offerprice',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prices', to='suppliers.sourcingitem', verbose_name='采购项目'),
        ),
        migrations.AddConstraint(
            model_name='openedoffer',
            constraint=models.CheckConstraint(condition=models.Q(('freight_fen__gte', 0), ('vat_rate__gte', 0), ('vat_rate__lt', 1)), name='opened_offer_terms'),
        ),
        migrations.AddIndex(
            model_name='sourcing',
            index=models.Index(fields=['company', 'state', 'offers_until'], name='sourcing_standing'),
        ),
        migrations.AddConstraint(
            model_name='sourcing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('exempted_at__isnull', True), ('exempted_by__isnull', True), ('exemption', '')), models.Q(models.Q(('exemption', ''), _negated=True), ('exempted_at__isnull', False), ('exempted_by__isnull', False), models.Q(('exempted_by', models.F('requested_by')), _negated=True)), _connector='OR'), name='sourcing_exempted_by_another'),
        ),
        migrations.AddConstraint(
            model_name='sourcing',
            constraint=models.CheckConstraint(condition=models.Q(('opened_by__isnull', True), models.Q(('unlocked_by__isnull', False), models.Q(('opened_by', models.F('unlocked_by')), _negated=True)), _connector='OR'), name='sourcing_opened_by_two'),
        ),
        migrations.AddConstraint(
            model_name='sourcing',
            constraint=models.CheckConstraint(condition=models.Q(('unlocked_at__isnull', True), ('unlocked_at__gte', models.F('offers_until')), _connector='OR'), name='sourcing_opened_after_the_end'),
        ),
        migrations.AddConstraint(
            model_name='sourcing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('award__isnull', False), ('state__in', ['proposed', 'awarded'])), models.Q(('award__isnull', True), models.Q(('state__in', ['proposed', 'awarded']), _negated=True)), _connector='OR'), name='sourcing_award_named'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(fields=('sourcing', 'supplier'), name='sourcing_invited_once'),
        ),
        migrations.AddConstraint(
            model_name='collusionlead',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('judged_at__isnull', True), ('judged_by__isnull', True), ('reason', ''), ('verdict', '')), models.Q(models.Q(('verdict', ''), _negated=True), models.Q(('reason', ''), _negated=True), ('judged_at__isnull', False), ('judged_by__isnull', False)), _connector='OR'), name='lead_judged_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='sourcingitem',
            constraint=models.UniqueConstraint(fields=('sourcing', 'line'), name='sourcing_item_line'),
        ),
        migrations.AddConstraint(
            model_name='sourcingitem',
            constraint=models.UniqueConstraint(fields=('sourcing', 'name'), name='sourcing_item_name'),
        ),
        migrations.AddConstraint(
            model_name='sourcingitem',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', Decimal('0'))), name='sourcing_item_of_something'),
        ),
        migrations.AddConstraint(
            model_name='offerprice',
            constraint=models.UniqueConstraint(fields=('opened', 'item'), name='priced_once'),
        ),
        migrations.AddConstraint(
            model_name='offerprice',
            constraint=models.CheckConstraint(condition=models.Q(('price_fen__gt', 0)), name='price_of_offer'),
        ),
        migrations.RunSQL(SOURCING, NO_SOURCING),
        *(migrations.RunSQL(protect(table), unprotect(table)) for table in APPEND_ONLY),
    ]
