import re
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
                    "PORT": 5433,
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
                },
            ),
        ],
    )
    def test_every_part_arrives(self, url: str, expected: dict[str, Any]) -> None:
        settings = parse(url)
        assert {key: settings[key] for key in expected} == expected
        assert settings["ENGINE"] == "django.db.backends.postgresql"

    @pytest.mark.parametrize(
        ("url", "sentence"),
        [
            ("sqlite:///heat.db", "must begin with postgresql://, not sqlite://"),
            ("mysql://heating@db/heat", "must begin with postgresql://, not mysql://"),
            ("heat.db", "Scheme '://' is unknown"),
            ("postgresql://heating@db:port/heat", "is not a valid url"),
        ],
    )
    def test_what_is_no_postgresql_is_refused(self, url: str, sentence: str) -> None:
        with pytest.raises(ImproperlyConfigured, match=re.escape(sentence)):
            parse(url)
