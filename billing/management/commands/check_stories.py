"""`manage.py check_stories`: plays account stories through the operations and compares."""

import json
import sys
from decimal import Decimal
from pathlib import Path

from django.core.management.base import BaseCommand, CommandParser

from billing.stories.comparing import StoryMismatch, check_story


class Command(BaseCommand):
    """Proves that the operations give what the papers say, from the bill to the books.

    Each story is played in a company of its own and rolled back. While one is played, no account
    can be locked: attaching the tables of its seasons waits for payments, and they for it.
    """

    help = "Play stories of accounts through the operations; exit 0 only if all agree."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="JSON list of stories")

    def handle(self, *_args: object, file: str, **_options: object) -> None:
        mismatches, total = _check(file)
        encoding = getattr(self.stdout, "encoding", None) or "utf-8"
        for mismatch in mismatches:
            line = mismatch.line()
            self.stdout.write(line.encode(encoding, "backslashreplace").decode(encoding))
        differ = len({mismatch.place for mismatch in mismatches})
        self.stdout.write(f"{total} stories: {total - differ} agree, {differ} differ")
        if differ:
            sys.exit(1)


def _check(file: str) -> tuple[list[StoryMismatch], int]:
    """Returns every mismatch of the file, and how many stories there are."""
    try:
        text = Path(file).read_bytes().decode("utf-8-sig")
        stories = json.loads(text, parse_float=Decimal, parse_constant=str)
    except (OSError, ValueError, RecursionError) as error:
        return [StoryMismatch(1, file, "-", "file", "a JSON list", str(error))], 1
    if not isinstance(stories, list):
        return [StoryMismatch(1, file, "-", "file", "a JSON list", type(stories).__name__)], 1
    return [
        mismatch
        for place, story in enumerate(stories, start=1)
        for mismatch in check_story(story, place)
    ], len(stories)
