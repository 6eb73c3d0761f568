"""SCTP applications that nobody here wrote, unpacked into the cache folder: installed, they would start as services.

freeDiameter, OsmoSTP, OsmoBSC and OsmoMSC with the libraries that are missing here; apt fetches them, dpkg unpacks
them, neither needs root.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.lab.machine.cache import cache_folder
from tests.lab.machine.turns import exclusive
from tests.lab.problems import lab_error

PACKAGES = ("freediameterd", "osmo-stp", "osmo-bsc", "osmo-msc")
COMPLETE = "complete"
REMEDY = "apt-get update, on Debian or a derivative"


def ensure() -> Path:
    """The folder they are in, fetched now when there is none. Raises LabError where apt cannot."""
    with exclusive("daemons"):
        folder = _folder()
        if not (folder / COMPLETE).is_file():
            _fetch(folder)
        return folder


def environment(folder: Path) -> Mapping[str, str]:
    """The environment in which they find their libraries and each other."""
    libraries = [str(path) for path in sorted(folder.glob("usr/lib/*-linux-gnu"))]
    programs = f"{folder}/usr/bin:{folder}/usr/sbin:{os.environ.get('PATH', '')}"
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(libraries), "PATH": programs}


def _folder() -> Path:
    release = Path("/etc/os-release").read_text()
    told = repr((PACKAGES, release, platform.machine()))
    return cache_folder() / f"daemons-{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def _fetch(folder: Path) -> None:
    work = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=cache_folder()))
    try:
        options = [
            "--no-install-recommends",
            "--print-uris",
            "-y",
            "-qq",
            "-o",
            f"Dir::Cache::archives={work}",
        ]
        # What is installed here already is not among them; what apt has in its cache would not be either.
        told = _output(["apt-get", "install", *options, *PACKAGES], work)
        names = [line.split()[1].partition("_")[0] for line in told.splitlines() if line.startswith("'")]
        _output(["apt-get", "download", *names], work)
        for archive in sorted(work.glob("*.deb")):
            _output(["dpkg", "-x", str(archive), str(work / "root")], work)
        (work / "root" / COMPLETE).touch()
        shutil.rmtree(folder, ignore_errors=True)
        (work / "root").rename(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _output(command: list[str], work: Path) -> str:
    try:
        done = subprocess.run(command, cwd=work, capture_output=True, text=True, timeout=300, check=True)
    except FileNotFoundError:
        raise lab_error("daemons", f"no {command[0]} here", REMEDY) from None
    except subprocess.SubprocessError as error:
        why = (getattr(error, "stderr", "") or str(error)).strip().splitlines()
        raise lab_error("daemons", why[-1] if why else str(error), REMEDY) from None
    return done.stdout
