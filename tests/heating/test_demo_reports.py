"""The demo's auditors' desk: officers with one passphrase, three reports, one named."""

import pytest

from billing.models import RewardVoucher
from heating.demo.reports import KEY_PASSPHRASE, tell_of_reports
from heating.roles import AUDITOR, GROUP_LEADER, MANAGER, SECURITY_ADMINISTRATOR
from office.calendar import business_date
from tests.builders import a_company, a_member_of_staff
from tests.clock import PRESENT
from whistleblowing.desk.case_list import case_rows, own_reports
from whistleblowing.identity.queries import guardians
from whistleblowing.keys.report_keys import Reader
from whistleblowing.models import FindingsCopy, IdentityDecision, Officer, Watch
from whistleblowing.officers.operations import unlock_key
from whistleblowing.protection.queries import watched_people


@pytest.mark.django_db
def test_the_auditor_reads_the_reports_with_the_passphrase_of_the_welcome() -> None:
    roles = {
        "auditor": AUDITOR,
        "leader": GROUP_LEADER,
        "secadmin": SECURITY_ADMINISTRATOR,
        "manager": MANAGER,
    }
    staff = {name: a_member_of_staff(name, role) for name, role in roles.items()}
    a_company()
    tell_of_reports(staff, PRESENT)
    officer = Officer.objects.get(user=staff["auditor"])
    private_key = unlock_key(officer, KEY_PASSPHRASE, by=staff["auditor"], at=PRESENT)
    reader = Reader(private_key, officer=officer)
    rows = case_rows(reader, own_reports(reader))
    assert {(row.accused, row.state.value) for row in rows} == {
        ("采购员甲", "received"),
        ("工程部某主管", "checking"),
        ("材料员乙", "closed"),
    }
    assert len(guardians()) == 3
    assert IdentityDecision.objects.filter(approved=None).count() == 3
    assert RewardVoucher.objects.get().amount_fen == 200_000
    assert Watch.objects.count() == 1
    assert FindingsCopy.objects.get().recipient.user == staff["leader"]
    protector = Officer.objects.get(user=staff["secadmin"])
    private_key = unlock_key(protector, KEY_PASSPHRASE, by=staff["secadmin"], at=PRESENT)
    (person,) = watched_people(Reader(private_key, officer=protector), business_date(PRESENT))
    assert (person.name, len(person.changes), person.is_new) == ("赵强", 1, True)
