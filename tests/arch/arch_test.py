"""The tree keeps the architecture's rules. edges.json says which; rules_test.py proves that a breach is found."""

import json
import os
import pathlib
import subprocess
import unittest

import rules

ROOT = pathlib.Path(os.environ["LEDGER_SOURCE_DIR"])
BUILD = pathlib.Path(os.environ["LEDGER_BIN_DIR"]).parent
TREE = rules.Tree.read(ROOT)
TARGETS = json.loads((BUILD / "arch" / "targets.json").read_text())
PUBLIC = {str(pathlib.Path(header).relative_to(ROOT)) for target in TARGETS for header in target["headers"]}


class Rule(unittest.TestCase):
    def assert_kept(self, violations):
        self.assertFalse(violations, "\n" + "\n".join(violations))


class Includes(Rule):
    def test_every_folder_is_in_the_table(self):
        self.assert_kept(rules.unlisted_units(TREE))

    def test_every_folder_includes_only_what_the_table_allows(self):
        self.assert_kept(rules.forbidden_includes(TREE))

    def test_includes_are_written_from_the_root(self):
        self.assert_kept(rules.includes_not_from_root(TREE))

    def test_the_table_has_no_cycle(self):
        self.assert_kept(rules.cycles(TREE))

    def test_projector_and_query_never_meet(self):
        self.assert_kept(rules.meetings(TREE))

    def test_private_headers_stay_in_their_folder(self):
        self.assert_kept(rules.private_headers_abroad(TREE, PUBLIC))


class Libraries(Rule):
    def test_each_library_is_used_only_where_the_table_says(self):
        self.assert_kept(rules.forbidden_libraries(TREE))

    def test_public_headers_name_no_library(self):
        self.assert_kept(rules.libraries_in_public_headers(TREE, PUBLIC))


class Names(Rule):
    def test_namespaces_are_folders(self):
        self.assert_kept(rules.wrong_namespaces(TREE))

    def test_targets_are_folders(self):
        self.assert_kept(rules.wrong_target_names(TREE, TARGETS))

    def test_the_root_holds_only_the_fixed_names(self):
        listed = subprocess.run(["git", "-C", ROOT, "ls-files"], capture_output=True, text=True, check=True)
        names = {path.partition("/")[0] for path in listed.stdout.splitlines()}
        self.assertIn("README.md", names)
        self.assert_kept(rules.unlisted_root_names(sorted(names), TREE.table))

    def test_every_source_is_built_and_every_header_included(self):
        self.assert_kept(rules.unlisted_sources(TREE))


class Links(Rule):
    def test_targets_link_only_what_the_table_allows(self):
        self.assert_kept(rules.forbidden_links(TREE, TARGETS))

    def test_ledger_query_links_no_writer_no_fold_and_no_kafka(self):
        links = rules.all_links(TARGETS, "ledger-query")
        self.assertIn("ledger_store_reader", links)
        self.assertFalse(links & set(TREE.table["query_never_links"]))

    def link_line(self):
        if not (BUILD / "build.ninja").exists():
            self.fail(f"{BUILD} has no build.ninja; configure with -G Ninja, as the presets do")
        commands = subprocess.run(["ninja", "-C", BUILD, "-t", "commands", "bin/ledger-query"],
                                  capture_output=True, text=True, check=True)
        return commands.stdout.splitlines()[-1]

    def test_the_link_line_of_ledger_query_has_no_writer_no_fold_and_no_kafka(self):
        line = self.link_line()
        self.assertIn("libledger_store_reader.a", line)
        for name in ("libledger_store_writer.a", "libledger_fold.a", "libledger_apply.a", "rdkafka"):
            self.assertNotIn(name, line)

    def test_ledger_query_needs_no_librdkafka_when_loaded(self):
        needed = subprocess.run(["readelf", "-d", BUILD / "bin" / "ledger-query"],
                                capture_output=True, text=True, check=True).stdout
        self.assertIn("NEEDED", needed)
        self.assertNotIn("rdkafka", needed)

    def test_ledger_query_has_one_standard_library(self):
        """Its own, and then no shared library of C++, or libstdc++.so."""
        loaded = subprocess.run(["ldd", BUILD / "bin" / "ledger-query"], capture_output=True, text=True, check=True).stdout
        self.assertNotEqual("-static-libstdc++" in self.link_line(), "libstdc++" in loaded, loaded)


if __name__ == "__main__":
    unittest.main()
