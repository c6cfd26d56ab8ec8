"""The `page` parameter of the API's lists."""

from typing import Any

from rest_framework import serializers


class PageQuerySerializer(serializers.Serializer[Any]):
    """Reads `?page=`, which counts from 1."""

    page = serializers.IntegerField(default=1, min_value=1, max_value=10_000)
