"""The demo's accounts come in as every company's do: by an account list."""

import tempfile
from pathlib import Path
from random import Random

import xlsxwriter
from django.core.files import File

from billing.account_list.operations import import_accounts
from billing.models import AccountImport
from heating.demo.calendar import Storyline
from heating.demo.city import HEADINGS, Row, Settlement, Town
from office.actors import Actor
from office.models import Company


def import_town(
    town: Town, company: Company, accounts: int, seed: int, story: Storyline, *, by: Actor
) -> AccountImport:
    """Write the town's account list as a workbook and import it."""
    random = Random(f"{seed}:{company.code}")  # noqa: S311 – the same demo every time
    rows = Settlement(town, accounts, random, story.imported_on).rows()
    with tempfile.TemporaryDirectory(prefix="demo-") as directory:
        path = Path(directory) / f"{company.short_name}用户台账.xlsx"
        _write(path, company.name, rows)
        with path.open("rb") as written:
            return import_accounts(
                company,
                File(written, name=path.name),
                dry_run=False,
                by=by,
                at=story.at(story.imported_on, 9, 30),
            )


def _write(path: Path, title: str, rows: list[Row]) -> None:
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False}) as workbook:
        sheet = workbook.add_worksheet("台账")
        sheet.write_string(0, 0, f"{title} 用户台账")
        for column, (field, heading) in enumerate(HEADINGS.items()):
            sheet.write_string(1, column, heading)
            for line, row in enumerate(rows, start=2):
                if cell := getattr(row, field):
                    sheet.write_string(line, column, cell)
