"""Runs of a program, and figures: values beside a bound of the same run."""
import dataclasses
import os
import statistics
import subprocess
import sys
import time

KIB_PER_MIB = 1024


@dataclasses.dataclass
class Run:
    seconds: float
    cpu: float       # user and system, all threads
    peak_mib: float  # largest resident set
    out: str
    err: str


def run(command, stdin=None, out_path=None):
    """Runs to its end; the output is kept, or goes to out_path. Throws on any exit code but 0."""
    err_path = os.path.join(os.environ["BENCH_WORK"], "stderr")
    with open(err_path, "w+") as err, \
            open(stdin or os.devnull, "rb") as source, \
            open(out_path or os.path.join(os.environ["BENCH_WORK"], "stdout"), "w+") as out:
        begin = time.monotonic()
        child = subprocess.Popen(command, stdin=source, stdout=out, stderr=err)
        try:
            _, status, usage = os.wait4(child.pid, 0)
        except BaseException:  # interrupted: nothing goes on without this program
            child.kill()
            child.wait()
            raise
        seconds = time.monotonic() - begin
        child.returncode = os.waitstatus_to_exitcode(status)
        err.seek(0)
        said = err.read()
        if child.returncode != 0:
            raise RuntimeError(f"exit {child.returncode}: {' '.join(command)}\n{said[-2000:]}")
        out.seek(0)
        return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / KIB_PER_MIB,
                   "" if out_path else out.read(), said)


def spawn_seconds(command):
    """A short program from its start to its exit, output dropped."""
    devnull = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)]
    begin = time.perf_counter()
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=devnull)
    _, status = os.waitpid(pid, 0)
    seconds = time.perf_counter() - begin
    if status != 0:
        raise RuntimeError(f"status {status}: {' '.join(command)}")
    return seconds


def write_seconds(path, size):
    """Writes `size` bytes one after another, then fsync: what the disk asks for that many."""
    block = os.urandom(1 << 20)
    begin = time.monotonic()
    with open(path, "wb", buffering=0) as file:
        for at in range(0, size, len(block)):
            file.write(block[:min(len(block), size - at)])
        os.fsync(file.fileno())
    seconds = time.monotonic() - begin
    os.unlink(path)
    return seconds


def disk_bytes(path):
    """Allocated, not apparent: LMDB files have holes."""
    return sum(os.lstat(os.path.join(folder, name)).st_blocks * 512
               for folder, _, names in os.walk(path) for name in names)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclasses.dataclass
class Figure:
    """`values` and `bounds` have the same unit; the n-th of each were measured side by side."""
    name: str
    what: str
    unit: str
    command: str
    values: list
    bound: str = ""
    bounds: list = dataclasses.field(default_factory=list)
    target: str = ""  # `ratio >= 0.5` or `value <= 5`
    notes: str = ""

    @property
    def ratios(self):
        return [value / bound for value, bound in zip(self.values, self.bounds)]

    @property
    def met(self):
        if not self.target:
            return None
        subject, relation, number = self.target.split()
        measured = self.ratios if subject == "ratio" else self.values
        if not measured:
            return None
        middle = statistics.median(measured)
        return middle >= float(number) if relation == ">=" else middle <= float(number)


def say(text):
    print(f"{time.strftime('%H:%M:%S')} load {os.getloadavg()[0]:.1f}  {text}", file=sys.stderr, flush=True)
