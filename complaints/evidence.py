"""Documents as evidence: only a document attached to the record itself can prove something."""

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from office.models import Document
from office.refusals import Invalid


def check_evidence(document: Document, *targets: models.Model) -> None:
    """Refuses a document that is attached to none of these records."""
    kept_with = {(ContentType.objects.get_for_model(target).pk, target.pk) for target in targets}
    if (document.record_type_id, document.record_id) not in kept_with:
        raise Invalid("foreign_evidence", _("凭证不是这张工单的档案，请先上传到工单。"))


def kept_with(target: models.Model) -> models.QuerySet[Document]:
    """Returns the documents attached to a record, newest first."""
    return Document.objects.filter(
        record_type=ContentType.objects.get_for_model(target), record_id=target.pk
    ).order_by("-pk")
