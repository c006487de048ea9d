"""Links between the documents of the tree lead somewhere, and broken ones are found."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import links

ROOT = pathlib.Path(os.environ["LEDGER_SOURCE_DIR"])


class Documents(unittest.TestCase):
    def test_every_link_leads_somewhere(self):
        listed = subprocess.run(["git", "-C", ROOT, "ls-files", "*.md"], capture_output=True, text=True, check=True)
        documents = [path for path in listed.stdout.splitlines() if (ROOT / path).exists()]
        self.assertIn("README.md", documents)
        violations = links.broken(ROOT, documents)
        self.assertFalse(violations, "\n" + "\n".join(violations))


class Broken(unittest.TestCase):
    def found(self, text):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "other.md").write_text("# Keys & order\n```sh\n# no heading\n```\n")
            (pathlib.Path(folder) / "a.md").write_text(text)
            return links.broken(folder, ["a.md"])

    def test_a_link_to_a_file_that_is_there_is_kept(self):
        self.assertEqual(self.found("[a](other.md) [b](other.md#keys--order) [c](https://example.org/x) `[d](none.md)`"), [])

    def test_a_link_to_no_file_is_found(self):
        self.assertEqual(self.found("[a](none.md)"), ["a.md: (none.md) is no file of the tree"])

    def test_a_link_to_no_heading_is_found(self):
        self.assertEqual(len(self.found("[a](other.md#no-heading)")), 1)

    def test_a_link_to_a_heading_of_its_own_document_is_checked(self):
        self.assertEqual(len(self.found("# Here\n[a](#here) [b](#there)")), 1)


if __name__ == "__main__":
    unittest.main()
