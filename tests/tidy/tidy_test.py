"""Every tracked file keeps the style. rules_test.py proves that a breach is found."""

import os
import pathlib
import shutil
import subprocess
import unittest

import rules

ROOT = pathlib.Path(os.environ["LEDGER_SOURCE_DIR"])
DATA = (".tsv", ".json", ".bin")  # measured or generated; not styled


def tracked():
    listed = subprocess.run(["git", "-C", ROOT, "ls-files"], capture_output=True, text=True, check=True)
    paths = [path for path in listed.stdout.splitlines() if (ROOT / path).is_file() and not path.endswith(DATA)]
    return {path: (ROOT / path).read_text() for path in paths}


FILES = tracked()


class Style(unittest.TestCase):
    def assert_kept(self, violations):
        self.assertFalse(violations, "\n" + "\n".join(violations))

    def test_files_are_within_their_size(self):
        self.assert_kept(rules.long_files(FILES))

    def test_functions_are_within_their_size(self):
        self.assert_kept(rules.long_functions(FILES))

    def test_lines_are_within_their_columns(self):
        self.assert_kept(rules.long_lines(FILES))

    def test_nothing_is_left_unfinished(self):
        self.assert_kept(rules.unfinished(FILES))

    def test_no_test_is_skipped(self):
        self.assert_kept(rules.skipped_tests(FILES))

    def test_no_file_names_a_path_of_one_machine(self):
        self.assert_kept(rules.machine_paths(FILES))

    def test_lines_end_without_blanks(self):
        self.assert_kept(rules.bad_ends(FILES))

    def test_cpp_files_are_formatted(self):
        self.assertTrue(shutil.which("clang-format"), "clang-format is missing; run ops/install")
        files = [ROOT / path for path in FILES if path.endswith(rules.CODE)]
        self.assertTrue(files)
        checked = subprocess.run(["clang-format", "--dry-run", "-Werror", *files], capture_output=True, text=True)
        self.assertEqual(checked.returncode, 0, checked.stderr + "\nrun clang-format -i on these files")


if __name__ == "__main__":
    unittest.main()
