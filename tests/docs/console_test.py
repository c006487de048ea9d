"""The runner of the console blocks: what it runs, what it accepts as equal, and that it finds a document that lies."""

import contextlib
import os
import pathlib
import time
import unittest

import console

ROOT = os.environ["LEDGER_SOURCE_DIR"]
BIN = os.environ["LEDGER_BIN_DIR"]

SAMPLE = """# A sample
```sh
exit 9  # not run
```
```console
$ one=1
$ echo "$one"
1
$ printf '%s\\n' a \\
>   b
a
b
```
Text between.

```console
$ echo "$one" && mkdir made && cd made && pwd
1
/.../made
$ ls ../tests/data/README.md; sh -c 'echo lost >&2; exit 3'
../tests/data/README.md
lost
[exit 3]
$ seq 100
1
...
100
$ cat
$ ledger-query --version
ledger-query ...
...
```
"""


def block(text):
    return f"```console\n{text}```\n"


def running(command):
    """Whether a process has this command line; one that has ended has none."""
    wanted = "".join(word + "\0" for word in command.split()).encode()
    for entry in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if pathlib.Path("/proc", entry, "cmdline").read_bytes() == wanted:
                return True
    return False


class Sample(unittest.TestCase):
    def test_a_true_document_has_no_failure(self):
        self.assertEqual(console.failures(SAMPLE, ROOT, BIN), [])

    def test_only_console_blocks_are_read(self):
        self.assertEqual([step.command for step in console.steps(SAMPLE)][:2], ["one=1", 'echo "$one"'])

    def test_other_output_is_found_with_its_line(self):
        found = console.failures(SAMPLE + block("$ echo a\nb\n"), ROOT, BIN)
        self.assertEqual(found[0], "line 34: $ echo a")
        self.assertIn("the output differs from the document", found)

    def test_missing_output_is_found(self):
        self.assertTrue(console.failures(block("$ true\na\n"), ROOT, BIN))

    def test_output_that_the_document_hides_is_found(self):
        self.assertTrue(console.failures(block("$ echo a\n"), ROOT, BIN))

    def test_another_exit_code_is_found(self):
        self.assertIn("exit code 1, the document says 0", console.failures(block("$ false\n"), ROOT, BIN))
        self.assertIn("exit code 0, the document says 1", console.failures(block("$ true\n[exit 1]\n"), ROOT, BIN))

    def test_a_command_that_ends_the_shell_is_named(self):
        with self.assertRaisesRegex(RuntimeError, "ended the shell"):
            console.failures(block("$ exit 4\n"), ROOT, BIN)

    def test_what_a_document_leaves_running_ends_with_it(self):
        seconds = 1_000_000 + os.getpid()  # no other run of this test has the same
        self.assertEqual(console.failures(block(f"$ sleep {seconds} &\n"), ROOT, BIN), [])
        end = time.monotonic() + 20
        while running(f"sleep {seconds}") and time.monotonic() < end:
            time.sleep(0.01)
        self.assertFalse(running(f"sleep {seconds}"))


class Agrees(unittest.TestCase):
    def test_dots_on_a_line_stand_for_any_lines(self):
        self.assertTrue(console.agrees(["a", "...", "z"], ["a", "z"]))
        self.assertTrue(console.agrees(["a", "...", "z"], ["a", "b", "c", "z"]))
        self.assertFalse(console.agrees(["a", "...", "z"], ["a", "b"]))

    def test_dots_in_a_line_stand_for_any_text_of_that_line(self):
        self.assertTrue(console.agrees(["id ... at ..."], ["id 7 at 9"]))
        self.assertFalse(console.agrees(["id ... at ..."], ["id 7", "at 9"]))

    def test_other_characters_stand_for_themselves(self):
        self.assertFalse(console.agrees(["a.c"], ["abc"]))


if __name__ == "__main__":
    unittest.main()
