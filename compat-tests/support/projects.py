"""Small projects of clients, built in the cache and not in the checkout."""
import hashlib
import shutil
import subprocess

from support.servers import CACHE

INSTALL_SECONDS = 900


def missing(tools):
    """What has to be installed before a project can be built, of a table of tools with how to get each; empty when all is there."""
    return "; ".join(f"{tool} is missing: {remedy}" for tool, remedy in tools.items() if not shutil.which(tool))


def built(source, name, commands):
    """The copy of the folder `source` in the cache, where the commands have been run; done again when one of its files has changed."""
    target = CACHE / name
    files = sorted(p for p in source.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    state = hashlib.sha256(b"".join(str(p.relative_to(source)).encode() + p.read_bytes() for p in files)).hexdigest()
    stamp = target / ".installed"
    if stamp.is_file() and stamp.read_text() == state:
        return target
    stamp.unlink(missing_ok=True)
    for file in files:
        place = target / file.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)
    for command in commands:
        done = subprocess.run(command, cwd=target, text=True, timeout=INSTALL_SECONDS, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout[-6000:]}"
    stamp.write_text(state)
    return target
