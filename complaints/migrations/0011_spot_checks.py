import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# A draw is drawn once; what came of a flat is said once. Neither is changed or deleted after.
FROZEN_DRAW = """
CREATE FUNCTION complaints_frozen_draw() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'complaints_spotcheckplan' THEN
    IF OLD.drawn_at IS NOT NULL THEN
      RAISE EXCEPTION 'spot check plan % is drawn', OLD.id
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  ELSIF TG_OP = 'DELETE' OR OLD.settled_at IS NOT NULL
    OR (NEW.plan_id, NEW.ordinal, NEW.account_id, NEW.station, NEW.position, NEW.digest)
      IS DISTINCT FROM
       (OLD.plan_id, OLD.ordinal, OLD.account_id, OLD.station, OLD.position, OLD.digest)
  THEN
    RAISE EXCEPTION 'spot check % was drawn or settled', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER complaints_frozen_draw BEFORE UPDATE OR DELETE ON complaints_spotcheckplan
  FOR EACH ROW EXECUTE FUNCTION complaints_frozen_draw();
CREATE TRIGGER complaints_frozen_draw BEFORE UPDATE OR DELETE ON complaints_spotcheckitem
  FOR EACH ROW EXECUTE FUNCTION complaints_frozen_draw();
"""
FROZEN_DRAW_REVERSE = """
DROP TRIGGER complaints_frozen_draw ON complaints_spotcheckitem;
DROP TRIGGER complaints_frozen_draw ON complaints_spotcheckplan;
DROP FUNCTION complaints_frozen_draw();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0010_ticket_list_indexes'),
        ('customers', '0006_keys_said_once'),
        ('office', '0008_document_archive'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SpotCheckPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=80, verbose_name='名称')),
                ('starts_on', models.DateField(verbose_name='开始日期')),
                ('ends_on', models.DateField(verbose_name='结束日期')),
                ('flats', models.PositiveIntegerField(null=True, verbose_name='户数')),
                ('share_percent', models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name='占比 %')),
                ('seed', models.CharField(max_length=32, verbose_name='随机种子')),
                ('planned_at', models.DateTimeField(verbose_name='制定时间')),
                ('drawn_at', models.DateTimeField(null=True, verbose_name='抽取时间')),
                ('scope_size', models.PositiveIntegerField(null=True, verbose_name='范围户数')),
                ('scope_sha256', models.CharField(blank=True, max_length=64, verbose_name='范围校验值')),
                ('layers', models.JSONField(default=list, verbose_name='分层')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('drawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='抽取人')),
                ('planned_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='制定人')),
            ],
            options={
                'verbose_name': '抽测计划',
                'verbose_name_plural': '抽测计划',
                'ordering': ['-id'],
                'permissions': [('plan_spot_checks', '制定抽测计划'), ('draw_spot_checks', '抽取抽测用户')],
            },
        ),
        migrations.CreateModel(
            name='SpotCheckItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ordinal', models.PositiveIntegerField(verbose_name='序号')),
                ('station', models.CharField(blank=True, max_length=60, verbose_name='换热站')),
                ('position', models.CharField(choices=[('bottom', '底层'), ('middle', '中间层'), ('top', '顶层'), ('unknown', '楼层不明')], max_length=8, verbose_name='位置')),
                ('digest', models.CharField(max_length=64, verbose_name='抽签值')),
                ('skip_reason', models.CharField(blank=True, choices=[('nobody_home', '多次上门无人'), ('refused', '用户拒绝'), ('vacant', '房屋空置'), ('other', '其他')], max_length=12, verbose_name='未测原因')),
                ('skip_note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('settled_at', models.DateTimeField(null=True, verbose_name='办理时间')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.account', verbose_name='户号')),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办')),
                ('test', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='spot_check', to='complaints.temperaturetest', verbose_name='测温')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='complaints.spotcheckplan', verbose_name='抽测计划')),
            ],
            options={
                'verbose_name': '抽测用户',
                'verbose_name_plural': '抽测用户',
                'ordering': ['plan', 'ordinal'],
                'permissions': [('link_spot_check', '关联抽测结果'), ('skip_spot_check', '登记未测原因')],
            },
        ),
        migrations.AddConstraint(
            model_name='spotcheckplan',
            constraint=models.UniqueConstraint(fields=('company', 'title'), name='one_spot_check_plan_a_name'),
        ),
        migrations.AddConstraint(
            model_name='spotcheckplan',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='spot_check_plan_has_days'),
        ),
        migrations.AddConstraint(
            model_name='spotcheckplan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('flats__gt', 0), ('share_percent__isnull', True)), models.Q(('flats__isnull', True), ('share_percent__gt', 0), ('share_percent__lte', 100)), _connector='OR'), name='spot_check_plan_size_said_once'),
        ),
        migrations.AddConstraint(
            model_name='spotcheckitem',
            constraint=models.UniqueConstraint(fields=('plan', 'ordinal'), name='spot_check_in_order'),
        ),
        migrations.AddConstraint(
            model_name='spotcheckitem',
            constraint=models.UniqueConstraint(fields=('plan', 'account'), name='drawn_once_per_plan'),
        ),
        migrations.AddConstraint(
            model_name='spotcheckitem',
            constraint=models.CheckConstraint(condition=models.Q(('test__isnull', True), ('skip_reason', ''), _connector='OR'), name='spot_check_tested_or_skipped'),
        ),
        migrations.AddConstraint(
            model_name='spotcheckitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('skip_reason', ''), ('test__isnull', True)), models.Q(('settled_at__isnull', False), models.Q(('test__isnull', False), models.Q(('skip_reason', ''), _negated=True), _connector='OR')), _connector='OR'), name='spot_check_settled_with_a_result'),
        ),
        migrations.RunSQL(FROZEN_DRAW, FROZEN_DRAW_REVERSE),
    ]
