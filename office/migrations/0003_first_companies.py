from django.db import migrations

from office.migrations import REPLACED

# The group's operating companies, as its annual report of 2023 lists them.
COMPANIES = [
    ("00", "慧居科技股份有限公司", "集团总部", "Huiju Technology (head office)", True),
    ("11", "太原市再生能源供热有限公司", "太原再生", "Taiyuan Renewable Heating", False),
    ("12", "山西双良再生能源产业集团有限公司", "山西双良", "Shanxi Shuangliang Energy", False),
    ("13", "大同市再生能源供热有限公司", "大同再生", "Datong Renewable Heating", False),
    ("14", "山西转型综改示范区供热有限公司", "综改供热", "Shanxi Reform Zone Heating", False),
    ("15", "朔州市再生能源热力有限公司", "朔州再生", "Shuozhou Renewable Heating", False),
    ("21", "兰州新区双良热力有限公司", "兰州新区", "Lanzhou New Area Heating", False),
    ("22", "甘肃双良智慧能源管理有限公司", "甘肃双良", "Gansu Shuangliang Energy", False),
    ("31", "呼伦贝尔双良能源系统有限公司", "呼伦贝尔", "Hulunbuir Shuangliang Energy", False),
    ("32", "慧居能源（包头）有限公司", "包头慧居", "Huiju Energy (Baotou)", False),
    ("41", "郑州慧居热力有限公司", "郑州慧居", "Zhengzhou Huiju Heating", False),
    ("42", "慧居科技热力（郑州）有限公司", "慧居郑州", "Huiju Heating (Zhengzhou)", False),
]


def add_companies(apps, schema_editor):
    Company = apps.get_model("office", "Company")
    for code, name, short_name, name_en, is_head_office in COMPANIES:
        Company.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "short_name": short_name,
                "name_en": name_en,
                "is_head_office": is_head_office,
            },
        )


class Migration(migrations.Migration):
    replaces = REPLACED
    dependencies = [("office", "0002_rules")]

    operations = [migrations.RunPython(add_companies, migrations.RunPython.noop)]
