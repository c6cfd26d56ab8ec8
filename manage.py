#!/usr/bin/env python
"""Django's commands, with the checkout's own database and queue running meanwhile."""

import os
import sys

SERVERLESS = {"help", "version", "--help", "--version", "translations", "workflows"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heating.settings")
    from django.core.management import execute_from_command_line

    if sys.argv[1:] and SERVERLESS.isdisjoint(sys.argv[1:]):
        from heating.embedded.attached import attach_until_exit

        attach_until_exit()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
