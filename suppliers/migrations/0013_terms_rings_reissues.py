"""Terms frozen into awards, priority of excellent suppliers, bans of rings, reissued certificates."""

import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from office.tables.append_only import protect, unprotect

# What was awarded is a record: terms, offer and reasons stay as they were decided.
AWARDED = """
CREATE FUNCTION suppliers_sourcing_awarded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'suppliers_sourcing %: what was awarded does not change', OLD.number
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER suppliers_sourcing_awarded BEFORE UPDATE OR DELETE ON suppliers_sourcing
  FOR EACH ROW WHEN (OLD.state = 'awarded') EXECUTE FUNCTION suppliers_sourcing_awarded();
"""
NOT_AWARDED = """
DROP TRIGGER IF EXISTS suppliers_sourcing_awarded ON suppliers_sourcing;
DROP FUNCTION IF EXISTS suppliers_sourcing_awarded();
"""
# A ban that rests on a lead is of a member of a ring that a person has confirmed.
RING = """
CREATE FUNCTION suppliers_ban_of_a_ring() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM suppliers_collusionlead lead
    JOIN suppliers_collusionlead_suppliers member ON member.collusionlead_id = lead.id
    WHERE lead.id = NEW.lead_id AND lead.verdict = 'confirmed'
      AND member.supplier_id = NEW.supplier_id) THEN
    RAISE EXCEPTION 'supplier % is no member of a confirmed ring', NEW.supplier_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER suppliers_ban_of_a_ring BEFORE INSERT OR UPDATE OF lead_id ON suppliers_ban
  FOR EACH ROW WHEN (NEW.lead_id IS NOT NULL) EXECUTE FUNCTION suppliers_ban_of_a_ring();
"""
NO_RING = """
DROP TRIGGER IF EXISTS suppliers_ban_of_a_ring ON suppliers_ban;
DROP FUNCTION IF EXISTS suppliers_ban_of_a_ring();
"""
# Only a revoked certificate is replaced, and only by one of the same rating.
REPLACED = """
CREATE FUNCTION suppliers_certificate_replaces() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM suppliers_suppliercertificate replaced
    JOIN office_paperrevocation revocation ON revocation.record_id = replaced.id
    JOIN django_content_type kind ON kind.id = revocation.record_type_id
      AND kind.app_label = 'suppliers' AND kind.model = 'suppliercertificate'
    WHERE replaced.id = NEW.replaces_id AND replaced.rating_id = NEW.rating_id) THEN
    RAISE EXCEPTION 'certificate % replaces none that is revoked', NEW.number
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER suppliers_certificate_replaces BEFORE INSERT ON suppliers_suppliercertificate
  FOR EACH ROW WHEN (NEW.replaces_id IS NOT NULL)
  EXECUTE FUNCTION suppliers_certificate_replaces();
"""
NOT_REPLACED = """
DROP TRIGGER IF EXISTS suppliers_certificate_replaces ON suppliers_suppliercertificate;
DROP FUNCTION IF EXISTS suppliers_certificate_replaces();
"""
TRACES = "suppliers_offertrace"


class Migration(migrations.Migration):

    dependencies = [
        ('office', '0011_organisation'),
        ('suppliers', '0012_sourcing_form_key'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ContractTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('energy_saving', '节能'), ('sulphur', '硫分'), ('moisture', '水分'), ('volatiles', '挥发分'), ('calorific_value', '发热量'), ('wage_agreement', '农民工工资支付协议'), ('other', '其他条款')], max_length=16, verbose_name='条款')),
                ('text', models.CharField(max_length=300, verbose_name='内容')),
                ('starts', models.DateField(verbose_name='自')),
                ('ends', models.DateField(blank=True, null=True, verbose_name='至')),
                ('source', models.CharField(max_length=120, verbose_name='依据')),
            ],
            options={
                'verbose_name': '合同条款',
                'verbose_name_plural': '合同条款',
                'ordering': ['category', 'kind', 'starts'],
            },
        ),
        migrations.CreateModel(
            name='OfferTrace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=40, verbose_name='平台编号')),
                ('sent_at', models.DateTimeField(verbose_name='发出时间')),
                ('address', models.GenericIPAddressField(null=True, verbose_name='网络地址')),
                ('device', models.CharField(blank=True, max_length=64, verbose_name='设备')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='电话')),
                ('account_number', models.CharField(blank=True, max_length=30, verbose_name='保证金账号')),
                ('files', models.JSONField(default=list, verbose_name='报价文件')),
                ('entered_at', models.DateTimeField(verbose_name='登记时间')),
            ],
            options={
                'verbose_name': '报价痕迹',
                'verbose_name_plural': '报价痕迹',
                'ordering': ['-pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='PriorityRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('share', models.DecimalField(decimal_places=4, max_digits=5, verbose_name='优先比例')),
                ('starts', models.DateField(verbose_name='自')),
                ('ends', models.DateField(blank=True, null=True, verbose_name='至')),
                ('source', models.CharField(max_length=120, verbose_name='依据')),
            ],
            options={
                'verbose_name': '优秀供应商优先规则',
                'verbose_name_plural': '优秀供应商优先规则',
                'ordering': ['-starts'],
            },
        ),
        migrations.AlterModelOptions(
            name='suppliercertificate',
            options={'ordering': ['-pk'], 'permissions': [('issue_certificates', '颁发供应商证书'), ('print_certificate', '打印供应商证书'), ('revoke_certificate', '作废供应商证书'), ('reissue_certificate', '补发供应商证书')], 'verbose_name': '供应商证书', 'verbose_name_plural': '供应商证书'},
        ),
        migrations.AddField(
            model_name='ban',
            name='lead',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bans', to='suppliers.collusionlead', verbose_name='串标线索'),
        ),
        migrations.AddField(
            model_name='openedoffer',
            name='priority',
            field=models.DecimalField(db_default=Decimal('0'), decimal_places=4, default=Decimal('0'), max_digits=5, verbose_name='优先比例'),
        ),
        migrations.AddField(
            model_name='openedoffer',
            name='priority_reason',
            field=models.CharField(blank=True, db_default='', max_length=200, verbose_name='优先依据'),
        ),
        migrations.AddField(
            model_name='sourcing',
            name='award_terms',
            field=models.JSONField(blank=True, null=True, verbose_name='合同条款'),
        ),
        migrations.AddField(
            model_name='suppliercertificate',
            name='replaces',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replacement', to='suppliers.suppliercertificate', verbose_name='替代证书'),
        ),
        migrations.AlterField(
            model_name='suppliercertificate',
            name='rating',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='suppliers.supplierrating', verbose_name='评审结果'),
        ),
        migrations.AddConstraint(
            model_name='openedoffer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('priority', 0), ('priority_reason', '')), models.Q(('priority__gt', 0), ('priority__lt', 1), models.Q(('priority_reason', ''), _negated=True)), _connector='OR'), name='opened_offer_priority_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='sourcing',
            constraint=models.CheckConstraint(condition=models.Q(('award_terms__isnull', True), ('state__in', ['proposed', 'awarded']), _connector='OR'), name='sourcing_terms_of_an_award'),
        ),
        migrations.AddConstraint(
            model_name='suppliercertificate',
            constraint=models.UniqueConstraint(condition=models.Q(('replaces__isnull', True)), fields=('rating',), name='one_first_certificate_a_rating'),
        ),
        migrations.AddField(
            model_name='contractterm',
            name='category',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contract_terms', to='suppliers.supplycategory', verbose_name='采购类别'),
        ),
        migrations.AddField(
            model_name='offertrace',
            name='company',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司'),
        ),
        migrations.AddField(
            model_name='offertrace',
            name='invitation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='traces', to='suppliers.invitation', verbose_name='邀请'),
        ),
        migrations.AddConstraint(
            model_name='priorityrule',
            constraint=models.CheckConstraint(condition=models.Q(('share__gt', 0), ('share__lte', Decimal('0.2'))), name='priority_share_within_a_fifth'),
        ),
        migrations.AddConstraint(
            model_name='priorityrule',
            constraint=models.CheckConstraint(condition=models.Q(('ends__isnull', True), ('ends__gte', models.F('starts')), _connector='OR'), name='priority_rule_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='priorityrule',
            constraint=models.UniqueConstraint(fields=('starts',), name='priority_rule_starts_once'),
        ),
        migrations.AddConstraint(
            model_name='contractterm',
            constraint=models.CheckConstraint(condition=models.Q(('ends__isnull', True), ('ends__gte', models.F('starts')), _connector='OR'), name='contract_term_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='offertrace',
            constraint=models.UniqueConstraint(fields=('company', 'number'), name='offer_trace_once'),
        ),
        migrations.RunSQL(AWARDED, NOT_AWARDED),
        migrations.RunSQL(RING, NO_RING),
        migrations.RunSQL(REPLACED, NOT_REPLACED),
        migrations.RunSQL(protect(TRACES), unprotect(TRACES)),
    ]
