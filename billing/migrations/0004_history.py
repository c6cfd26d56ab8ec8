import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

from billing.migrations import REPLACED
from office.tables.append_only import protect, unprotect

# Tables that keep the old row of every change: they only grow.
KEPT = (
    "billing_heatingseasonevent",
    "billing_pricedocumentevent",
    "billing_tariffevent",
)


class Migration(migrations.Migration):
    replaces = REPLACED
    dependencies = [("billing", "0003_states")]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='heatingseason',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "billing_heatingseasonevent" ("billable_months", "company_id", "due_on", "ends", "ends_inclusive", "id", "label", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts") VALUES (OLD."billable_months", OLD."company_id", OLD."due_on", OLD."ends", OLD."ends_inclusive", OLD."id", OLD."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."starts"); RETURN NULL;', hash='ff558ffab9873f9f8ab10a28d1c2b8a394c74794', operation='UPDATE', pgid='pgtrigger_update_update_7029c', table='billing_heatingseason', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='heatingseason',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "billing_heatingseasonevent" ("billable_months", "company_id", "due_on", "ends", "ends_inclusive", "id", "label", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts") VALUES (OLD."billable_months", OLD."company_id", OLD."due_on", OLD."ends", OLD."ends_inclusive", OLD."id", OLD."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."starts"); RETURN NULL;', hash='8e0b53ddc3ebbdeac889b18fde4bc2b8037d81cd', operation='DELETE', pgid='pgtrigger_delete_delete_8df05', table='billing_heatingseason', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pricedocument',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "billing_pricedocumentevent" ("base_height", "company_id", "effective_from", "height_cap_percent", "height_rounding", "height_step", "id", "issued_on", "issuer", "number", "percent_per_step", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "stop_heat_ratio", "title") VALUES (OLD."base_height", OLD."company_id", OLD."effective_from", OLD."height_cap_percent", OLD."height_rounding", OLD."height_step", OLD."id", OLD."issued_on", OLD."issuer", OLD."number", OLD."percent_per_step", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."state", OLD."stop_heat_ratio", OLD."title"); RETURN NULL;', hash='b8c59be0d4c304a1ba020877197f710df8bd2fff', operation='UPDATE', pgid='pgtrigger_update_update_014e0', table='billing_pricedocument', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pricedocument',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "billing_pricedocumentevent" ("base_height", "company_id", "effective_from", "height_cap_percent", "height_rounding", "height_step", "id", "issued_on", "issuer", "number", "percent_per_step", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "stop_heat_ratio", "title") VALUES (OLD."base_height", OLD."company_id", OLD."effective_from", OLD."height_cap_percent", OLD."height_rounding", OLD."height_step", OLD."id", OLD."issued_on", OLD."issuer", OLD."number", OLD."percent_per_step", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."state", OLD."stop_heat_ratio", OLD."title"); RETURN NULL;', hash='9857ba688e08daafb77d9f3a769336f46d94cd75', operation='DELETE', pgid='pgtrigger_delete_delete_a30ff', table='billing_pricedocument', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tariff',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "billing_tariffevent" ("amount", "area_basis", "category_id", "document_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "unit", "vat_rate") VALUES (OLD."amount", OLD."area_basis", OLD."category_id", OLD."document_id", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."unit", OLD."vat_rate"); RETURN NULL;', hash='e1af6f0a6051e304de3fb9e34f1f504ac1420d8e', operation='UPDATE', pgid='pgtrigger_update_update_9019e', table='billing_tariff', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tariff',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "billing_tariffevent" ("amount", "area_basis", "category_id", "document_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "unit", "vat_rate") VALUES (OLD."amount", OLD."area_basis", OLD."category_id", OLD."document_id", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."unit", OLD."vat_rate"); RETURN NULL;', hash='de0df1b7e8d5d12f2ad84f5c2f0fa63c774ed751', operation='DELETE', pgid='pgtrigger_delete_delete_24803', table='billing_tariff', when='AFTER')),
        ),
        *[migrations.RunSQL(protect(table), unprotect(table)) for table in KEPT],
    ]
