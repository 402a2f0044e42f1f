"""What all tests share: the watch over the order of locks. The database they run on: packhorse.server.testing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections

from packhorse.core.locks import LockWatch
from tests.template import template


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any) -> None:
    """The test database of each process is a copy of the one that is kept."""
    with django_db_blocker.unblock():
        connections["default"].settings_dict["TEST"]["TEMPLATE"] = template()


@pytest.fixture(autouse=True)
def _lock_order(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every statement of a test that uses the database is watched for locks taken out of order."""
    if not {"db", "transactional_db"} & set(request.fixturenames) and request.node.get_closest_marker("django_db") is None:
        yield
        return
    with connection.execute_wrapper(LockWatch()):
        yield


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: their driver leaves an event loop running in the thread, in which nothing that needs one of its own can run any more. Of them the longest file comes
    first, so that processes which share the files end together."""
    items.sort(key=lambda item: ("tests/browser/" in item.nodeid, "test_settings_pages" not in item.nodeid))
