"""Two ways to have a disk without room, for whoever runs the tests: a small file system of one's own, or a limit on the size of files."""
import os
import pathlib
import resource
import shutil
import subprocess

from support import folders
from support.millpond import Millpond

MIB = 1 << 20
SIZE_MIB = 24
# A user's own namespace needs no rights; root in a container may have one without the other. The file system goes away with its processes.
NAMESPACES = [["unshare", "--user", "--map-root-user", "--mount"], ["unshare", "--mount"]]


class SmallFileSystem:
    """A tmpfs on the data folder that only the server sees. `reason` says why there is none."""

    begins = "is full: writes are refused"

    def __init__(self):
        self.m = Millpond()
        data = os.path.join(self.m.folder, "data")
        os.mkdir(data)
        self.reason = "unshare and nsenter (util-linux) are not there" if not (shutil.which("unshare") and shutil.which("nsenter")) else ""
        for namespace in NAMESPACES if not self.reason else []:
            mount = f'mount -t tmpfs -o size={SIZE_MIB}m none "$1" && echo ready && exec sleep infinity'
            holding = [*namespace, "sh", "-c", mount, "sh", data]
            self.holder = folders.watch(subprocess.Popen(holding, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
            if self.holder.stdout.readline().strip() == "ready":
                enter = ["nsenter", "--target", str(self.holder.pid), "--mount"]
                self.m.prefix = enter + (["--user", "--preserve-credentials"] if "--user" in namespace else [])
                self.ballast = pathlib.Path(f"/proc/{self.holder.pid}/root{data}/ballast")
                return
            self.reason = "no file system can be mounted: " + self.holder.stderr.read().strip()
            self.holder.wait()

    def fill(self):
        """Takes all the room that is left."""
        with open(self.ballast, "ab", buffering=0) as ballast:
            for piece in (b"x" * MIB, b"x" * 4096):
                try:
                    while ballast.write(piece) == len(piece):
                        pass
                except OSError:
                    pass

    def free(self):
        self.ballast.unlink()

    def close(self):
        self.m.stop()
        if not self.reason:
            self.holder.kill()
            self.holder.wait()


class FileSizeLimit:
    """RLIMIT_FSIZE: no file of the server may become larger. It stands for quotas, and needs no rights."""

    begins = "cannot be written"
    reason = ""

    def __init__(self):
        self.m = Millpond()
        # Without this the kernel ends the process instead of refusing the write.
        self.m.prefix = ["sh", "-c", 'trap "" XFSZ; exec "$@"', "sh"]

    def fill(self):
        files = [f for f in pathlib.Path(self.m.folder, "data").rglob("*") if f.is_file()]
        self._limit(max(f.stat().st_size for f in files))

    def free(self):
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, size):
        resource.prlimit(self.m.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def close(self):
        self.m.stop()
