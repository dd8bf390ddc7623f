"""A server made ready for load."""

from __future__ import annotations

import subprocess
import sys

from tests.structure.source import ROOT

CODE = """
import gc, resource
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (256, most))
kept = [[] for _ in range(1000)]
from connectors.lifecycle import ready_for_load
ready_for_load()
assert resource.getrlimit(resource.RLIMIT_NOFILE) == (most, most)
assert gc.isenabled() and gc.get_freeze_count() > 1000
loop = []; loop.append(loop)
del loop
assert gc.collect() > 0
print("ready")
"""


def test_it_may_open_many_sockets_and_collects_only_what_comes_later() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout == "ready\n", done.stderr
