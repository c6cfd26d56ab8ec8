"""Dunning: the ladder of a company, runs that climb it, and each step that was taken."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from office.tables.append_only import protect, unprotect

GUARD = """
CREATE OR REPLACE FUNCTION billing_dunningrun_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'scoped' THEN
      RAISE EXCEPTION 'billing_dunningrun begins as scoped, not %', NEW.state;
    END IF;
  ELSIF NEW.state <> OLD.state
    AND (OLD.state, NEW.state) NOT IN (('approved', 'cancelled'), ('approved', 'previewing'), ('approved', 'reminding'), ('previewed', 'approved'), ('previewed', 'cancelled'), ('previewed', 'previewing'), ('previewed', 'scoped'), ('previewing', 'previewed'), ('reminding', 'done'), ('scoped', 'cancelled'), ('scoped', 'previewing')) THEN
    RAISE EXCEPTION 'billing_dunningrun: no way from % to %', OLD.state, NEW.state;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS billing_dunningrun_state_guard ON billing_dunningrun;
CREATE TRIGGER billing_dunningrun_state_guard BEFORE INSERT OR UPDATE ON billing_dunningrun
  FOR EACH ROW EXECUTE FUNCTION billing_dunningrun_state_guard();
"""
UNGUARD = """
DROP TRIGGER IF EXISTS billing_dunningrun_state_guard ON billing_dunningrun;
DROP FUNCTION IF EXISTS billing_dunningrun_state_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0027_dunning_holds'),
        ('customers', '0011_annual_plans_and_papers'),
        ('office', '0011_organisation'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DunningRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(verbose_name='创建时间')),
                ('approved_at', models.DateTimeField(null=True, verbose_name='审核时间')),
                ('business_date', models.DateField(null=True, verbose_name='入账日期')),
                ('summary', models.JSONField(default=dict, verbose_name='试算汇总')),
                ('state', models.CharField(choices=[('scoped', '已定范围'), ('previewing', '预览中'), ('previewed', '待审核'), ('approved', '已审核'), ('reminding', '催缴中'), ('done', '已完成'), ('cancelled', '已取消')], default='scoped', max_length=12, verbose_name='状态')),
                ('draft_count', models.PositiveIntegerField(default=0, verbose_name='待催缴户数')),
                ('net_fen', models.BigIntegerField(default=0, verbose_name='净欠费（分）')),
                ('begun_at', models.DateTimeField(null=True, verbose_name='开始催缴时间')),
                ('reminded_through', models.BigIntegerField(default=0, verbose_name='已催缴至序')),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审核人')),
                ('community', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.community', verbose_name='小区')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='创建人')),
            ],
            options={
                'verbose_name': '催缴批次',
                'verbose_name_plural': '催缴批次',
                'ordering': ['-id'],
                'permissions': [('create_dunning_run', '创建催缴批次'), ('approve_dunning_run', '审核催缴批次'), ('start_dunning_run', '开始催缴')],
            },
        ),
        migrations.CreateModel(
            name='DunningStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='级次')),
                ('effective_from', models.DateField(verbose_name='执行日期')),
                ('days_after_due', models.PositiveSmallIntegerField(verbose_name='逾期天数')),
                ('channel', models.CharField(choices=[('sms', '短信'), ('phone', '电话'), ('visit', '上门'), ('poster', '张贴')], max_length=8, verbose_name='方式')),
                ('least_fen', models.BigIntegerField(default=0, verbose_name='最低净欠费（分）')),
                ('text', models.CharField(max_length=120, verbose_name='内容')),
                ('in_use', models.BooleanField(default=True, verbose_name='启用')),
                ('source', models.CharField(max_length=120, verbose_name='依据')),
                ('published_at', models.DateTimeField(verbose_name='发布时间')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dunning_steps', to='office.company', verbose_name='公司')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发布人')),
            ],
            options={
                'verbose_name': '催缴阶梯',
                'verbose_name_plural': '催缴阶梯',
                'ordering': ['company', 'number', '-effective_from'],
                'permissions': [('publish_dunning_step', '发布催缴阶梯')],
            },
        ),
        migrations.CreateModel(
            name='DunningNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='级次')),
                ('channel', models.CharField(choices=[('sms', '短信'), ('phone', '电话'), ('visit', '上门'), ('poster', '张贴')], max_length=8, verbose_name='方式')),
                ('oldest_bill_id', models.BigIntegerField(verbose_name='最早逾期账单')),
                ('net_fen', models.BigIntegerField(verbose_name='净欠费（分）')),
                ('days', models.IntegerField(verbose_name='逾期天数')),
                ('noticed_on', models.DateField(verbose_name='催缴日期')),
                ('noticed_at', models.DateTimeField(verbose_name='催缴时间')),
                ('result', models.CharField(blank=True, max_length=200, verbose_name='结果')),
                ('done_on', models.DateField(null=True, verbose_name='办理日期')),
                ('recorded_at', models.DateTimeField(null=True, verbose_name='登记时间')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dunning_notices', to='customers.supplycontract', verbose_name='合同')),
                ('done_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='billing.dunningrun', verbose_name='批次')),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.dunningstep', verbose_name='催缴阶梯')),
            ],
            options={
                'verbose_name': '催缴记录',
                'verbose_name_plural': '催缴记录',
                'ordering': ['-id'],
                'permissions': [('record_dunning_result', '登记催缴结果')],
            },
        ),
        migrations.CreateModel(
            name='DunningDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('net_fen', models.BigIntegerField(verbose_name='净欠费（分）')),
                ('days', models.IntegerField(verbose_name='逾期天数')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.supplycontract', verbose_name='合同')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='billing.dunningrun', verbose_name='批次')),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.dunningstep', verbose_name='催缴阶梯')),
            ],
            options={
                'verbose_name': '催缴草稿',
                'verbose_name_plural': '催缴草稿',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ParkedDunning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=30, verbose_name='原因')),
                ('sentence', models.CharField(max_length=200, verbose_name='说明')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.supplycontract', verbose_name='合同')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parked', to='billing.dunningrun', verbose_name='批次')),
            ],
            options={
                'verbose_name': '未催缴',
                'verbose_name_plural': '未催缴',
                'default_permissions': ('view',),
            },
        ),
        migrations.AddConstraint(
            model_name='dunningrun',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('created_by')), _negated=True), _connector='OR'), name='dunning_run_approved_by_another'),
        ),
        migrations.AddConstraint(
            model_name='dunningstep',
            constraint=models.UniqueConstraint(fields=('company', 'number', 'effective_from'), name='one_dunning_step_per_day'),
        ),
        migrations.AddConstraint(
            model_name='dunningstep',
            constraint=models.CheckConstraint(condition=models.Q(('days_after_due__gte', 1), ('least_fen__gte', 0), ('number__gte', 1)), name='dunning_step_after_due'),
        ),
        migrations.AddIndex(
            model_name='dunningnotice',
            index=models.Index(condition=models.Q(('recorded_at__isnull', True), models.Q(('channel', 'sms'), _negated=True)), fields=['company', 'noticed_at'], name='dunning_task_open'),
        ),
        migrations.AddConstraint(
            model_name='dunningnotice',
            constraint=models.UniqueConstraint(fields=('contract', 'oldest_bill_id', 'number'), name='dunning_step_taken_once'),
        ),
        migrations.AddConstraint(
            model_name='dunningnotice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_on__isnull', True), ('recorded_at__isnull', True), ('result', '')), models.Q(('done_on__isnull', False), ('recorded_at__isnull', False), models.Q(('result', ''), _negated=True)), _connector='OR'), name='dunning_result_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='dunningdraft',
            constraint=models.UniqueConstraint(fields=('run', 'contract'), name='reminded_once_per_run'),
        ),
        migrations.AddConstraint(
            model_name='parkeddunning',
            constraint=models.UniqueConstraint(fields=('run', 'contract'), name='dunning_parked_once_per_run'),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(protect("billing_dunningstep"), unprotect("billing_dunningstep")),
    ]
