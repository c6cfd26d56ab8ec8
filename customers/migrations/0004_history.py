import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

from customers.migrations import REPLACED
from office.tables.append_only import protect, unprotect

# Tables that keep the old row of every change: they only grow.
KEPT = (
    "customers_arealineevent",
    "customers_customerevent",
    "customers_supplycontractevent",
    "customers_tariffcategoryevent",
)


class Migration(migrations.Migration):
    replaces = REPLACED
    dependencies = [("customers", "0003_states")]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."company_id" IS DISTINCT FROM (NEW."company_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."low_income" IS DISTINCT FROM (NEW."low_income") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."remark" IS DISTINCT FROM (NEW."remark"))', func='INSERT INTO "customers_customerevent" ("company_id", "id", "kind", "low_income", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "remark") VALUES (OLD."company_id", OLD."id", OLD."kind", OLD."low_income", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."phone", OLD."remark"); RETURN NULL;', hash='219a035ddbd981a966c166338ebdcee3465f63a3', operation='UPDATE', pgid='pgtrigger_update_update_ca86d', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_customerevent" ("company_id", "id", "kind", "low_income", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "remark") VALUES (OLD."company_id", OLD."id", OLD."kind", OLD."low_income", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."phone", OLD."remark"); RETURN NULL;', hash='7b71dabcbd4caacbfd54bad0043aa19beb27e63c', operation='DELETE', pgid='pgtrigger_delete_delete_939ca', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tariffcategory',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "customers_tariffcategoryevent" ("company_id", "id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "residential") VALUES (OLD."company_id", OLD."id", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."residential"); RETURN NULL;', hash='d6dfadcc9e0bbea8d0fe52f6368a40210dcb7704', operation='UPDATE', pgid='pgtrigger_update_update_fad95', table='customers_tariffcategory', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tariffcategory',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_tariffcategoryevent" ("company_id", "id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "residential") VALUES (OLD."company_id", OLD."id", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."residential"); RETURN NULL;', hash='15628e9ffff3901ae5c264cfbd60c8ce56985b56', operation='DELETE', pgid='pgtrigger_delete_delete_c57fe', table='customers_tariffcategory', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='supplycontract',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "customers_supplycontractevent" ("account_id", "charging", "company_id", "customer_id", "ends", "id", "meter_number", "number", "payer_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "signed_on", "starts") VALUES (OLD."account_id", OLD."charging", OLD."company_id", OLD."customer_id", OLD."ends", OLD."id", OLD."meter_number", OLD."number", OLD."payer_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."signed_on", OLD."starts"); RETURN NULL;', hash='b36110b5c732494c1738c25ccd280bd0f81b1911', operation='UPDATE', pgid='pgtrigger_update_update_92b01', table='customers_supplycontract', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='supplycontract',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_supplycontractevent" ("account_id", "charging", "company_id", "customer_id", "ends", "id", "meter_number", "number", "payer_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "signed_on", "starts") VALUES (OLD."account_id", OLD."charging", OLD."company_id", OLD."customer_id", OLD."ends", OLD."id", OLD."meter_number", OLD."number", OLD."payer_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."signed_on", OLD."starts"); RETURN NULL;', hash='819b01f4fb691a9abc0050b0e594b5fb0e8030a9', operation='DELETE', pgid='pgtrigger_delete_delete_3ee56', table='customers_supplycontract', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='arealine',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "customers_arealineevent" ("building_area", "category_id", "charge_area", "ends", "height", "id", "inner_area", "ordinal", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "premise_id", "starts", "usable_area") VALUES (OLD."building_area", OLD."category_id", OLD."charge_area", OLD."ends", OLD."height", OLD."id", OLD."inner_area", OLD."ordinal", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."premise_id", OLD."starts", OLD."usable_area"); RETURN NULL;', hash='f98903838dc3cfca739932b78edc18ac166d403c', operation='UPDATE', pgid='pgtrigger_update_update_87cac', table='customers_arealine', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='arealine',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_arealineevent" ("building_area", "category_id", "charge_area", "ends", "height", "id", "inner_area", "ordinal", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "premise_id", "starts", "usable_area") VALUES (OLD."building_area", OLD."category_id", OLD."charge_area", OLD."ends", OLD."height", OLD."id", OLD."inner_area", OLD."ordinal", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."premise_id", OLD."starts", OLD."usable_area"); RETURN NULL;', hash='b4a9b4ca1357626b1228f2499c69129e387988d1', operation='DELETE', pgid='pgtrigger_delete_delete_4e180', table='customers_arealine', when='AFTER')),
        ),
        *[migrations.RunSQL(protect(table), unprotect(table)) for table in KEPT],
    ]
