"""Contract templates that never change, contract papers and signatures that only grow, renewal runs
and requests for electronic signatures whose states move along `customers/states.py`."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from office.tables.append_only import protect, unprotect

GUARD = """
CREATE OR REPLACE FUNCTION customers_contracttemplate_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
      RAISE EXCEPTION 'customers_contracttemplate begins as draft, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('draft', 'discarded'), ('draft', 'published')) THEN
    RAISE EXCEPTION 'customers_contracttemplate: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS customers_contracttemplate_state_guard ON customers_contracttemplate;
CREATE TRIGGER customers_contracttemplate_state_guard BEFORE INSERT OR UPDATE ON customers_contracttemplate
  FOR EACH ROW EXECUTE FUNCTION customers_contracttemplate_state_guard();
"""
UNGUARD = """
DROP TRIGGER IF EXISTS customers_contracttemplate_state_guard ON customers_contracttemplate;
DROP FUNCTION IF EXISTS customers_contracttemplate_state_guard();
"""
# Papers are printed from the wording of their template: of a draft nothing changes but that it is
# published or given up, and after that nothing at all.
FROZEN = """
CREATE FUNCTION customers_freeze_contract_template() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.state <> 'draft' OR
    (OLD.company_id, OLD.kind, OLD.version, OLD.title, OLD.wording, OLD.term_years,
     OLD.effective_from, OLD.drafted_by_id, OLD.drafted_at) IS DISTINCT FROM
    (NEW.company_id, NEW.kind, NEW.version, NEW.title, NEW.wording, NEW.term_years,
     NEW.effective_from, NEW.drafted_by_id, NEW.drafted_at) THEN
    RAISE EXCEPTION 'contract template % never changes', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER customers_contracttemplate_frozen BEFORE UPDATE OR DELETE
  ON customers_contracttemplate
  FOR EACH ROW EXECUTE FUNCTION customers_freeze_contract_template();
"""
FREE = """
DROP TRIGGER IF EXISTS customers_contracttemplate_frozen ON customers_contracttemplate;
DROP FUNCTION IF EXISTS customers_freeze_contract_template();
"""
APPEND_ONLY = ("customers_contractpaper", "customers_contractsignature")
GUARD_RENEWALS = """
CREATE OR REPLACE FUNCTION customers_renewalrun_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'scoped' THEN
      RAISE EXCEPTION 'customers_renewalrun begins as scoped, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('approved', 'cancelled'), ('approved', 'issuing'), ('approved', 'previewing'), ('issuing', 'issued'), ('previewed', 'approved'), ('previewed', 'cancelled'), ('previewed', 'previewing'), ('previewed', 'scoped'), ('previewing', 'previewed'), ('scoped', 'cancelled'), ('scoped', 'previewing')) THEN
    RAISE EXCEPTION 'customers_renewalrun: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS customers_renewalrun_state_guard ON customers_renewalrun;
CREATE TRIGGER customers_renewalrun_state_guard BEFORE INSERT OR UPDATE ON customers_renewalrun
  FOR EACH ROW EXECUTE FUNCTION customers_renewalrun_state_guard();
"""
UNGUARD_RENEWALS = """
DROP TRIGGER IF EXISTS customers_renewalrun_state_guard ON customers_renewalrun;
DROP FUNCTION IF EXISTS customers_renewalrun_state_guard();
"""
GUARD_SIGNING = """
CREATE OR REPLACE FUNCTION customers_signingrequest_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'asked' THEN
      RAISE EXCEPTION 'customers_signingrequest begins as asked, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('asked', 'cancelled'), ('asked', 'placed'), ('placed', 'cancelled'), ('placed', 'signed')) THEN
    RAISE EXCEPTION 'customers_signingrequest: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS customers_signingrequest_state_guard ON customers_signingrequest;
CREATE TRIGGER customers_signingrequest_state_guard BEFORE INSERT OR UPDATE ON customers_signingrequest
  FOR EACH ROW EXECUTE FUNCTION customers_signingrequest_state_guard();
"""
UNGUARD_SIGNING = """
DROP TRIGGER IF EXISTS customers_signingrequest_state_guard ON customers_signingrequest;
DROP FUNCTION IF EXISTS customers_signingrequest_state_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0007_connection'),
        ('office', '0010_paper_revocations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ContractTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('resident', '居民供用热合同'), ('business', '非居民供用热合同'), ('connection', '供热入网合同'), ('amendment', '补充协议'), ('transfer', '过户协议'), ('ending', '终止协议')], max_length=12, verbose_name='种类')),
                ('version', models.PositiveSmallIntegerField(verbose_name='版本')),
                ('state', models.CharField(choices=[('draft', '草稿'), ('published', '已发布'), ('discarded', '已放弃')], default='draft', max_length=10, verbose_name='状态')),
                ('title', models.CharField(max_length=40, verbose_name='标题')),
                ('wording', models.TextField(verbose_name='条款')),
                ('term_years', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='合同年限')),
                ('effective_from', models.DateField(verbose_name='启用日期')),
                ('drafted_at', models.DateTimeField(verbose_name='起草时间')),
                ('published_at', models.DateTimeField(null=True, verbose_name='发布时间')),
                ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('drafted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='起草人')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发布人')),
            ],
            options={
                'verbose_name': '合同文本',
                'verbose_name_plural': '合同文本',
                'ordering': ['-pk'],
                'permissions': [('draft_contract_template', '起草合同文本'), ('publish_contract_template', '发布合同文本')],
            },
        ),
        migrations.CreateModel(
            name='ContractPaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('resident', '居民供用热合同'), ('business', '非居民供用热合同'), ('connection', '供热入网合同'), ('amendment', '补充协议'), ('transfer', '过户协议'), ('ending', '终止协议')], max_length=12, verbose_name='种类')),
                ('number', models.CharField(max_length=32, unique=True, verbose_name='编号')),
                ('verification_code', models.CharField(max_length=16, unique=True, verbose_name='查验码')),
                ('party', models.CharField(max_length=80, verbose_name='乙方')),
                ('starts', models.DateField(null=True, verbose_name='起')),
                ('ends', models.DateField(null=True, verbose_name='止')),
                ('values', models.JSONField(verbose_name='填写内容')),
                ('drawn_on', models.DateField(verbose_name='拟订日期')),
                ('drawn_at', models.DateTimeField(verbose_name='拟订时间')),
                ('amends', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='amendments', to='customers.contractpaper', verbose_name='所依据的合同')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('drawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='拟订人')),
                ('supply_contract', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='customers.supplycontract', verbose_name='用热合同')),
                ('template', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='customers.contracttemplate', verbose_name='合同文本')),
            ],
            options={
                'verbose_name': '合同文书',
                'verbose_name_plural': '合同文书',
                'ordering': ['-pk'],
                'permissions': [('draw_up_contract', '拟订合同'), ('sign_contract', '登记签署'), ('print_contract', '打印合同'), ('revoke_contract_paper', '作废合同文书')],
            },
        ),
        migrations.CreateModel(
            name='ContractSignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('way', models.CharField(choices=[('paper', '纸质签署'), ('esign', '电子签署')], max_length=8, verbose_name='签署方式')),
                ('signer', models.CharField(max_length=80, verbose_name='签署人')),
                ('signed_on', models.DateField(verbose_name='签署日期')),
                ('reference', models.CharField(blank=True, max_length=64, verbose_name='电子签署编号')),
                ('proof', models.JSONField(default=dict, verbose_name='签署证明')),
                ('recorded_at', models.DateTimeField(verbose_name='登记时间')),
                ('paper', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='signature', to='customers.contractpaper', verbose_name='合同文书')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('scan', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.document', verbose_name='扫描件')),
            ],
            options={
                'verbose_name': '签署记录',
                'verbose_name_plural': '签署记录',
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('scan__isnull', False), ('way', 'paper')), models.Q(('way', 'esign'), models.Q(('reference', ''), _negated=True)), _connector='OR'), name='signature_has_its_proof'), models.UniqueConstraint(condition=models.Q(('reference', ''), _negated=True), fields=('reference',), name='one_signature_per_reference')],
            },
        ),
        migrations.AddConstraint(
            model_name='contracttemplate',
            constraint=models.UniqueConstraint(fields=('company', 'kind', 'version'), name='one_contract_template_per_version', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='contracttemplate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_by__isnull', False), ('state', 'published'), models.Q(('published_by', models.F('drafted_by')), _negated=True)), models.Q(models.Q(('state', 'published'), _negated=True), ('published_by__isnull', True)), _connector='OR'), name='contract_template_two_people'),
        ),
        migrations.AddIndex(
            model_name='contractpaper',
            index=models.Index(fields=['party'], name='contract_paper_party', opclasses=['text_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='contractpaper',
            index=models.Index(condition=models.Q(('ends__isnull', False)), fields=['company', 'ends'], name='contract_paper_ends'),
        ),
        migrations.AddConstraint(
            model_name='contractpaper',
            constraint=models.CheckConstraint(condition=models.Q(('ends__isnull', True), models.Q(('ends__gt', models.F('starts')), ('starts__isnull', False)), _connector='OR'), name='contract_paper_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='contractpaper',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'connection'), ('supply_contract__isnull', True)), ('kind__in', ['amendment']), models.Q(models.Q(('kind', 'connection'), _negated=True), ('supply_contract__isnull', False)), _connector='OR'), name='contract_paper_of_its_contract'),
        ),
        migrations.AddConstraint(
            model_name='contractpaper',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'amendment'), _negated=True), ('amends__isnull', False), _connector='OR'), name='amendment_names_its_contract'),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(FROZEN, FREE),
        *(migrations.RunSQL(protect(table), unprotect(table)) for table in APPEND_ONLY),
        migrations.AlterModelOptions(
            name='supplycontract',
            options={'ordering': ['account', '-starts'], 'permissions': [('transfer_ownership', '办理过户'), ('end_contract', '终止合同')], 'verbose_name': '用热合同', 'verbose_name_plural': '用热合同'},
        ),
        migrations.CreateModel(
            name='RenewalRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(verbose_name='创建时间')),
                ('approved_at', models.DateTimeField(null=True, verbose_name='审核时间')),
                ('business_date', models.DateField(null=True, verbose_name='入账日期')),
                ('summary', models.JSONField(default=dict, verbose_name='试算汇总')),
                ('state', models.CharField(choices=[('scoped', '已建立'), ('previewing', '预览中'), ('previewed', '待审核'), ('approved', '已审核'), ('issuing', '续签中'), ('issued', '已续签'), ('cancelled', '已取消')], default='scoped', max_length=12, verbose_name='状态')),
                ('ends_from', models.DateField(verbose_name='届满日期起')),
                ('ends_until', models.DateField(verbose_name='届满日期止')),
                ('draft_count', models.PositiveIntegerField(default=0, verbose_name='待续签合同')),
                ('begun_at', models.DateTimeField(null=True, verbose_name='开始续签时间')),
                ('renewed_through', models.BigIntegerField(default=0, verbose_name='已续签至序')),
                ('printed_through', models.BigIntegerField(default=0, verbose_name='已打印至序')),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审核人')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='创建人')),
            ],
            options={
                'verbose_name': '续签批次',
                'verbose_name_plural': '续签批次',
                'ordering': ['-id'],
                'permissions': [('create_renewal_run', '创建续签批次'), ('approve_renewal_run', '审核续签批次'), ('issue_renewal_run', '办理续签')],
            },
        ),
        migrations.CreateModel(
            name='RenewalDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts', models.DateField(verbose_name='起')),
                ('ends', models.DateField(verbose_name='止')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.supplycontract', verbose_name='用热合同')),
                ('template', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.contracttemplate', verbose_name='合同文本')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='customers.renewalrun', verbose_name='批次')),
            ],
            options={
                'verbose_name': '续签草稿',
                'verbose_name_plural': '续签草稿',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ParkedRenewal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=30, verbose_name='原因')),
                ('sentence', models.CharField(max_length=200, verbose_name='说明')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.supplycontract', verbose_name='用热合同')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parked', to='customers.renewalrun', verbose_name='批次')),
            ],
            options={
                'verbose_name': '暂缓续签',
                'verbose_name_plural': '暂缓续签',
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='contractpaper',
            name='renewal',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='customers.renewalrun', verbose_name='续签批次'),
        ),
        migrations.AddConstraint(
            model_name='contractpaper',
            constraint=models.UniqueConstraint(condition=models.Q(('renewal__isnull', False)), fields=('renewal', 'supply_contract'), name='one_paper_per_renewal'),
        ),
        migrations.AddConstraint(
            model_name='renewalrun',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('created_by')), _negated=True), _connector='OR'), name='renewal_run_approved_by_another'),
        ),
        migrations.AddConstraint(
            model_name='renewalrun',
            constraint=models.CheckConstraint(condition=models.Q(('ends_from__lte', models.F('ends_until'))), name='renewal_run_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='renewaldraft',
            constraint=models.UniqueConstraint(fields=('run', 'contract'), name='renewed_once_per_run'),
        ),
        migrations.AddConstraint(
            model_name='parkedrenewal',
            constraint=models.UniqueConstraint(fields=('run', 'contract'), name='renewal_parked_once_per_run'),
        ),
        migrations.RunSQL(GUARD_RENEWALS, UNGUARD_RENEWALS),
        migrations.CreateModel(
            name='SigningRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(unique=True)),
                ('state', models.CharField(choices=[('asked', '待发送'), ('placed', '待对方签署'), ('signed', '已签署'), ('cancelled', '已取消')], default='asked', max_length=10, verbose_name='状态')),
                ('signer', models.CharField(max_length=80, verbose_name='签署人')),
                ('mobile', models.CharField(max_length=20, verbose_name='电话')),
                ('digest', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('reference', models.CharField(blank=True, max_length=64, verbose_name='电子签署编号')),
                ('page', models.CharField(blank=True, max_length=300, verbose_name='签署页面')),
                ('asked_at', models.DateTimeField(verbose_name='发起时间')),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发起人')),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signing_requests', to='customers.contractpaper', verbose_name='合同文书')),
            ],
            options={
                'verbose_name': '电子签署申请',
                'verbose_name_plural': '电子签署申请',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['asked', 'placed'])), fields=('paper',), name='one_open_signing_per_paper')],
            },
        ),
        migrations.RunSQL(GUARD_SIGNING, UNGUARD_SIGNING),
    ]
