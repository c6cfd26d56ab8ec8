"""Steps of every operation on a joint review."""

from datetime import datetime

from customers.models import Connection, DesignReview, DesignReviewer
from office.actors import Actor
from office.tokens.one_time_links import revoke_link

# What the link of an outside expert is for (`office/tokens/one_time_links.py`).
REVIEW_LINK = "give_outside_opinion"


def open_review_of(connection: Connection) -> DesignReview | None:
    """Returns the review that is open; its connection's lock guards it."""
    return connection.reviews.filter(closed_at=None).select_related("design").first()


def waiting_reviewers(review: DesignReview) -> list[DesignReviewer]:
    """Returns the experts who have not given their opinion."""
    return list(review.reviewers.filter(opinion=None).select_related("user"))


def close_review(
    review: DesignReview, *, passed: bool, summary: str, by: Actor, at: datetime
) -> None:
    """A step of operations that end a review: stores the result and ends the links still open.

    The caller holds the lock of the connection.
    """
    review.passed = passed
    review.summary = summary
    review.closed_by = by.user
    review.closed_at = at
    review.save()
    for reviewer in waiting_reviewers(review):
        revoke_link(reviewer, REVIEW_LINK, by=by, at=at)
