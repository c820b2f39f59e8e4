"""The server under test: built once, started on free ports of loopback,
stopped by SIGTERM."""

import json
import os
import re
import subprocess
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# PATIENCE bounds every wait for the server, in seconds. It is a deadline for
# failing and never a pause.
PATIENCE = 30

# READY is the one line that the server promises on stdout.
READY = re.compile(r"ready wires=([^,\s]+)\S* admin=\S+\n")


class Server:
    """One running binary, with this state at its start."""

    def __init__(self, state):
        self._dir = tempfile.TemporaryDirectory(prefix="imageshare-e2e-")
        here = Path(self._dir.name)
        seed = here / "state.json"
        seed.write_text(json.dumps(state, indent=2))
        self._log = open(here / "log", "w+")
        self._process = subprocess.Popen(
            [os.environ.get("IMAGESHARE_BIN") or build(here), *arguments(seed)],
            env=environment(), stdout=subprocess.PIPE, stderr=self._log, text=True,
        )
        self.addr = self._await_ready()

    def _await_ready(self):
        """An end of the output without the line means that the server is gone."""
        late = threading.Timer(PATIENCE, self._process.kill)
        late.start()
        try:
            for line in self._process.stdout:
                if found := READY.fullmatch(line):
                    return found[1]
        finally:
            late.cancel()
        raise RuntimeError(f"the server was not ready; exit {self._process.wait()}:\n{self.log()}")

    def log(self):
        self._log.seek(0)
        return self._log.read()

    def stop(self):
        """Asks the server to go and says how it went: 0 is well."""
        self._process.terminate()
        try:
            return self._process.wait(PATIENCE)
        finally:
            self._process.kill()
            self._process.stdout.close()
            self._log.close()
            self._dir.cleanup()


def build(here):
    path = here / "imageshare"
    subprocess.run(["go", "build", "-o", path, "./cmd/imageshare"], cwd=ROOT, check=True)
    return path


def arguments(seed):
    return [
        "serve", "--store", "memory:", "--seed", seed, "--rate-limits", "off",
        "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
    ]


def environment():
    """Ours without the twins of the server's flags, which would change what a
    test did not ask to change."""
    return {name: value for name, value in os.environ.items() if not name.startswith("IMAGESHARE_")}
