"""One record of every kind of a company's organisation, to walk the screens with."""

from django.core.files.base import ContentFile
from django.db.models import Model

from office.interests.operations import InterestFacts, enter_interest
from office.models import Company, InterestScene, OrganisationList, PostTerm, User
from office.organisation.people import link_person
from tests.builders import HERE, NOW
from tests.office.organisation.charts import FIRST, a_department, a_person, a_post


def organisation_records(company: Company, clerk: User) -> list[Model]:
    """Builds a department, a post, an appointed person, a declaration and a list."""
    department = a_department(company, "收费部")
    post = a_post(department, f"{company.code}-SF-01")
    person = a_person(company, f"{company.code}001", post)
    link_person(person, clerk, by=HERE, at=NOW)
    facts = InterestFacts(InterestScene.STAKE, "持股", FIRST, party="华源管件")
    return [
        department,
        PostTerm.objects.get(post=post),
        person,
        person.appointments.get(),
        enter_interest(person, facts, by=HERE, at=NOW),
        OrganisationList.objects.create(
            company=company,
            kind="posts",
            file_name="a.xlsx",
            file=ContentFile(b"", name="a.xlsx"),
            refused_file=ContentFile(b"", name="b.xlsx"),
            sha256="",
            dry_run=True,
            imported_at=NOW,
        ),
    ]
