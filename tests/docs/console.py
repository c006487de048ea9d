"""console.py DOCUMENT.md: runs the ```console blocks of a document in order and compares what they print.

A block is a session as a reader sees it:

    ```console
    $ printf 'a\\nb\\n' | wc -l
    2
    $ ledger-query get nobody
    ...
    [exit 1]
    ```

- `$ ` opens a command; lines that start with `> ` continue it. What follows is its output, stdout and stderr together.
- `...` on a line of its own stands for any lines, also none; inside a line it stands for any text. This is how ids,
  times and ports that vary are written.
- `[exit N]` on the last line is the exit code, when it is not 0.

All blocks of a document share one bash, in a temporary directory where ops, schemas and tests are those of the clone and
where the built programs are on PATH. Blocks of another language (```sh) are for reading and do not run."""

import contextlib
import dataclasses
import os
import pathlib
import re
import select
import signal
import subprocess
import sys
import tempfile
import time

COMMAND_SECONDS_MAX = 180
MARK = "--ledger-docs-command-ended--"


@dataclasses.dataclass(frozen=True)
class Step:
    line: int
    command: str
    output: list
    code: int


def steps(text):
    """The commands of all ```console blocks, in order."""
    found, inside = [], False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            inside = line.strip() == "```console"
        elif inside and line.startswith("$ "):
            found.append([number, line[2:], []])
        elif inside and line.startswith("> ") and found and not found[-1][2]:
            found[-1][1] += "\n" + line[2:]
        elif inside:
            if not found:
                raise ValueError(f"line {number}: output before the first command of a console block")
            found[-1][2].append(line)
    return [finish(*each) for each in found]


def finish(line, command, output):
    while output and not output[-1].strip():
        output = output[:-1]
    code = re.fullmatch(r"\[exit (\d+)\]", output[-1]) if output else None
    return Step(line, command, output[:-1] if code else output, int(code.group(1)) if code else 0)


def agrees(wanted, shown):
    """Whether the lines shown are those of the document, where `...` stands for what varies."""
    pattern = "".join(
        "(?:.*\n)*" if line.strip() == "..." else ".*".join(map(re.escape, line.rstrip().split("..."))) + "\n"
        for line in wanted
    )
    return re.fullmatch(pattern, "".join(line.rstrip() + "\n" for line in shown)) is not None


class Shell:
    """One bash that runs commands one after the other; everything it started ends with it."""

    def __init__(self, folder, path):
        environment = {**os.environ, "PATH": f"{path}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "PS1": ""}
        self.bash = subprocess.Popen(
            ["bash", "--norc", "--noprofile"], cwd=folder, env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.bash.pid, signal.SIGKILL)
        self.bash.wait()
        self.bash.stdin.close()
        self.bash.stdout.close()

    def run(self, command):
        """(lines shown, exit code)."""
        self.bash.stdin.write(f"{{ {command}\n}} </dev/null\nprintf '\\n{MARK}%d\\n' $?\n".encode())
        self.bash.stdin.flush()
        shown, end = b"", time.monotonic() + COMMAND_SECONDS_MAX
        while not (found := re.search(rb"\n" + MARK.encode() + rb"(\d+)\n", shown)):
            ready, _, _ = select.select([self.bash.stdout], [], [], max(0, end - time.monotonic()))
            read = os.read(self.bash.stdout.fileno(), 65536) if ready else b""
            if not read:
                why = "ended the shell" if ready else f"did not end within {COMMAND_SECONDS_MAX} s"
                raise RuntimeError(f"`{command}` {why}; shown so far:\n{shown.decode(errors='replace')}")
            shown += read
        return shown[: found.start()].decode(errors="replace").splitlines(), int(found.group(1))


def failures(text, root, path):
    """Runs every step; the first that differs ends the run, since the next ones build on it."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("ops", "schemas", "tests"):
            if (pathlib.Path(root) / name).exists():
                os.symlink(pathlib.Path(root) / name, pathlib.Path(folder) / name)
        with Shell(folder, path) as shell:
            for step in steps(text):
                shown, code = shell.run(step.command)
                if code != step.code:
                    return difference(step, shown, f"exit code {code}, the document says {step.code}")
                if not agrees(step.output, shown):
                    return difference(step, shown, "the output differs from the document")
    return []


def difference(step, shown, what):
    return [f"line {step.line}: $ {step.command}", what, "document:", *("  " + line for line in step.output),
            "shown:", *("  " + line for line in shown)]


def main():
    root = os.environ["LEDGER_SOURCE_DIR"]
    document = pathlib.Path(root) / sys.argv[1]
    found = failures(document.read_text(), root, os.environ["LEDGER_BIN_DIR"])
    if found:
        print(f"{sys.argv[1]}:", *found, sep="\n")
        print("\nmake the document show what the commands print; `...` stands for what varies (tests/docs/console.py)")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
