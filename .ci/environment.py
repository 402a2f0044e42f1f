"""Makes `.venv` from the hashed locks, and nothing if it is there already. Run by make: `environment.py run|dev`.

pip, which comes with Python, installs uv and setuptools from requirements-build.lock; uv installs the rest, in a tenth of the time; where uv cannot reach the packages
(it does not read pip's configuration), pip does it.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"
STATE = VENV / "packhorse.json"
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
BUILD = "requirements-build.lock"


def say(text):
    sys.stderr.write(text + "\n")


def run(*command, quiet=False):
    said = subprocess.DEVNULL if quiet else None
    env = dict(os.environ, UV_PYTHON_DOWNLOADS="never", UV_SYSTEM_CERTS="1")
    return subprocess.run([str(c) for c in command], check=False, stderr=said, env=env).returncode == 0


def digest(*files):
    return hashlib.sha256(b"".join(Path(f).read_bytes() for f in files)).hexdigest()


def works(state):
    """Whether the environment is whole, ours, and still where it was made."""
    return state.get("where") == str(Path.cwd()) and PYTHON.exists() and run(PYTHON, "-c", "import pip", quiet=True)


def make():
    if VENV.exists():
        shutil.rmtree(VENV)
    if not run(sys.executable, "-m", "venv", VENV):
        sys.exit("Python cannot make an environment. On Debian and Ubuntu: apt install python3-venv")
    if not run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", BUILD):
        sys.exit("The packages cannot be fetched; pip says why above.")


def install(lock):
    arguments = ["--quiet", "--require-hashes", "-r", lock]
    if not run(PYTHON, "-m", "uv", "pip", "install", "--python", PYTHON, *arguments, quiet=True):
        say("uv cannot fetch the packages; pip tries.")
        if not run(PYTHON, "-m", "pip", "install", "--disable-pip-version-check", *arguments):
            sys.exit("The packages cannot be fetched; pip says why above.")
    ours = ["install", "--quiet", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--editable", "."]
    if not run(PYTHON, "-m", "pip", *ours):
        sys.exit("packhorse itself cannot be installed; pip says why above.")


def main(which):
    door = os.open(".", os.O_RDONLY)
    fcntl.flock(door, fcntl.LOCK_EX)  # two makes at once: the second finds it done
    try:
        state = json.loads(STATE.read_text())
    except (OSError, ValueError):
        state = {}
    wanted = digest("pyproject.toml", BUILD, LOCKS[which])
    if state.get(which) == wanted and works(state):
        return
    began = time.monotonic()
    if not works(state):
        say(f"Making .venv with Python {sys.version.split()[0]} …")
        make()
        state = {"where": str(Path.cwd())}
    say(f"Installing {LOCKS[which]} …")
    install(LOCKS[which])
    state[which] = wanted
    if which == "dev":
        state["run"] = digest("pyproject.toml", BUILD, LOCKS["run"])
    STATE.write_text(json.dumps(state))
    say(f"Ready after {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main(sys.argv[1])
