"""Every row of the table takes every step, each with an image of its own."""

import pytest

from rows import ROWS
from state import image_of
from steps import STEPS


@pytest.mark.parametrize("step", STEPS, ids=lambda s: s.name)
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_sdk(server, row, step):
    def dial(key):
        return row.dial(server.addr, key, row.api.region)
    step.run(row, dial, image_of(row.api, ROWS.index(row), step.name))
