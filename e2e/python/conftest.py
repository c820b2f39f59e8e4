"""The one server of a run, and the list of what passed."""

import json
import os
from importlib.metadata import version

import pytest

from rows import ROWS
from server import Server
from state import seed_for
from steps import STEPS

# Some SDKs send even loopback traffic through a proxy found here.
for name in list(os.environ):
    if name.lower() in ("http_proxy", "https_proxy", "all_proxy"):
        del os.environ[name]

LINES, LOG = [], []
OUTCOMES = {"passed": "pass", "failed": "fail", "skipped": "none"}


@pytest.fixture(scope="session")
def server(request):
    s = Server(seed_for(ROWS, STEPS))
    yield s
    if request.session.testsfailed:
        LOG.append(s.log())
    assert s.stop() == 0, "how the server stopped"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Notes how a step went; a step that the API has nothing for is skipped."""
    report = yield
    if report.when == "call" or (report.when == "setup" and report.failed):
        row, step = item.callspec.params["row"], item.callspec.params["step"]
        LINES.append({
            "language": "python", "client": row.client, "version": version(row.client),
            "api": row.api.name, "signature": row.signature, "step": step.name,
            "result": OUTCOMES[report.outcome],
        })
    return report


def pytest_sessionfinish():
    """With E2E_RESULTS=FILE: one JSON line for each row and step that ran."""
    if path := os.environ.get("E2E_RESULTS"):
        with open(path, "w") as out:
            out.writelines(json.dumps(line, separators=(",", ":")) + "\n" for line in LINES)


def pytest_terminal_summary(terminalreporter):
    for text in LOG:
        terminalreporter.section("log of the server")
        terminalreporter.write(text)
