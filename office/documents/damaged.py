"""Documents that were found altered or lost."""

from django.db.models import Exists, OuterRef, QuerySet

from office.models import AccessOutcome, DocumentAccess, User


def damaged_documents(user: User) -> QuerySet[DocumentAccess]:
    """Returns accesses that found the file altered or lost, newest first."""
    later = DocumentAccess.objects.filter(document=OuterRef("document"), pk__gt=OuterRef("pk"))
    return (
        DocumentAccess.objects.visible_to(user)
        .exclude(outcome=AccessOutcome.OPENED)
        .filter(~Exists(later))
        .select_related("document")
    )
