from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from heating.database_url import parse


class TestParse:
    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            (
                "postgresql://heating:p%40ss@db.example:5433/heat?sslmode=verify-full",
                {
                    "NAME": "heat",
                    "USER": "heating",
                    "PASSWORD": "p@ss",
                    "HOST": "db.example",
                    "PORT": "5433",
                    "OPTIONS": {"sslmode": "verify-full"},
                },
            ),
            (
                "postgres://heating@%2Fvar%2FRun%2Fpg/heat",
                {
                    "NAME": "heat",
                    "USER": "heating",
                    "PASSWORD": "",
                    "HOST": "/var/Run/pg",
                    "PORT": "",
                    "OPTIONS": {},
                },
            ),
        ],
    )
    def test_every_part_arrives(self, url: str, expected: dict[str, Any]) -> None:
        assert parse(url) == {"ENGINE": "django.db.backends.postgresql", **expected}

    def test_another_database_is_refused(self) -> None:
        with pytest.raises(ImproperlyConfigured, match=r"not sqlite://"):
            parse("sqlite:///heat.db")
