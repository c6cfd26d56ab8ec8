"""Certificates of the annual rating: numbered and append-only."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from office.tables.append_only import protect, unprotect

# A certificate is of a final rating, for the class and the supplier that stand there.
EARNED = """
CREATE FUNCTION suppliers_certificate_earned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM suppliers_supplierrating rating JOIN suppliers_ratingrun run ON run.id = rating.run_id
    WHERE rating.id = NEW.rating_id AND run.id = NEW.run_id AND run.state = 'final'
      AND rating.supplier_id = NEW.supplier_id AND rating.rating_class = NEW.award) THEN
    RAISE EXCEPTION 'certificate % is not what a final rating says', NEW.number
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER suppliers_suppliercertificate_earned BEFORE INSERT ON suppliers_suppliercertificate
  FOR EACH ROW EXECUTE FUNCTION suppliers_certificate_earned();
"""
UNEARNED = """
DROP TRIGGER IF EXISTS suppliers_suppliercertificate_earned ON suppliers_suppliercertificate;
DROP FUNCTION IF EXISTS suppliers_certificate_earned();
"""
CERTIFICATES = "suppliers_suppliercertificate"


class Migration(migrations.Migration):

    dependencies = [
        ('office', '0010_paper_revocations'),
        ('suppliers', '0009_rating'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SupplierCertificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('award', models.CharField(choices=[('excellent', '优秀'), ('qualified', '合格'), ('unqualified', '不合格'), ('not_rated', '未评级')], max_length=12, verbose_name='等级')),
                ('number', models.CharField(max_length=32, unique=True, verbose_name='证书编号')),
                ('verification_code', models.CharField(max_length=16, unique=True, verbose_name='查验码')),
                ('valid_until', models.DateField(verbose_name='有效期至')),
                ('paper', models.JSONField(verbose_name='内容')),
                ('issued_at', models.DateTimeField(verbose_name='颁发时间')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='颁发单位')),
                ('issued_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='颁发人')),
                ('rating', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='certificate', to='suppliers.supplierrating', verbose_name='评审结果')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='suppliers.ratingrun', verbose_name='年度评审')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='suppliers.supplier', verbose_name='供应商')),
            ],
            options={
                'verbose_name': '供应商证书',
                'verbose_name_plural': '供应商证书',
                'ordering': ['-pk'],
                'permissions': [('issue_certificates', '颁发供应商证书'), ('print_certificate', '打印供应商证书'), ('revoke_certificate', '作废供应商证书')],
                'constraints': [models.CheckConstraint(condition=models.Q(('award__in', ['excellent', 'qualified'])), name='certificate_of_an_award')],
            },
        ),
        migrations.RunSQL(EARNED, UNEARNED),
        migrations.RunSQL(protect(CERTIFICATES), unprotect(CERTIFICATES)),
    ]
