"""Every rule finds its breach in a small tree made for it, and nothing in a tree that keeps the rules."""

import pathlib
import tempfile
import unittest

import rules

TABLE = {
    "root": ["CMakeLists.txt", "events", "projector", "query", "schemas", "tests", "ops", "README.md"],
    "units": {
        "schemas/base": {"namespace": "ledger", "includes": []},
        "schemas/store": {"includes": ["schemas/base"]},
        "schemas/store/writer": {"files": ["schemas/store/writer.h"], "namespace": "ledger::store",
                                 "targets": ["ledger_store_writer"], "includes": ["schemas/store"]},
        "projector/fold": {"includes": ["schemas/base", "schemas/store/writer"]},
        "query": {"includes": ["schemas/store"]},
    },
    "libraries": {"lmdb": {"headers": ["lmdb.h"], "links": ["PkgConfig::lmdb"], "units": ["schemas/store"]},
                  "fmt": {"headers": ["fmt/"], "links": ["fmt::fmt"], "public": True, "units": ["schemas"]}},
    "system": ["unistd.h", "sys/"],
    "never_together": [["projector", "query"]],
}


def source(namespace, *includes):
    return "".join(f"#include {each}\n" for each in includes) + f"namespace {namespace} {{\n}}\n"


class Breach(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.write("schemas/store/reader.h", source("ledger::store", "<string>", "<sys/stat.h>"))
        self.write("schemas/store/writer.h", source("ledger::store", '"schemas/store/reader.h"'))
        self.write("schemas/store/reader.cc", source("ledger::store", "<lmdb.h>", '"schemas/store/reader.h"'))
        self.write("schemas/store/CMakeLists.txt", "ledger_library(store SOURCES reader.cc)\n")
        self.write("projector/fold/fold.cc", source("ledger::fold", '"schemas/store/writer.h"'))
        self.write("projector/fold/CMakeLists.txt", "ledger_library(fold SOURCES fold.cc)\n")
        self.write("query/find.cc", source("ledger::query", '"schemas/store/reader.h"'))
        self.write("query/CMakeLists.txt", "ledger_library(query SOURCES find.cc)\n")

    def write(self, path, text):
        whole = pathlib.Path(self.folder.name) / path
        whole.parent.mkdir(parents=True, exist_ok=True)
        whole.write_text(text)

    def tree(self, **units):
        return rules.Tree(self.folder.name, {**TABLE, "units": {**TABLE["units"], **units}})

    def assert_found(self, violations, *parts):
        self.assertEqual(len(violations), 1, violations)
        for part in parts:
            self.assertIn(part, violations[0])

    def test_a_tree_that_keeps_the_rules_has_none(self):
        tree = self.tree()
        public = {"schemas/store/reader.h", "schemas/store/writer.h"}
        for rule in (rules.unlisted_units, rules.forbidden_includes, rules.includes_not_from_root,
                     rules.forbidden_libraries, rules.wrong_namespaces, rules.cycles, rules.meetings,
                     rules.unlisted_sources):
            self.assertEqual(rule(tree), [], rule.__name__)
        self.assertEqual(rules.libraries_in_public_headers(tree, public), [])
        self.assertEqual(rules.private_headers_abroad(tree, public), [])

    def test_a_new_folder_is_found(self):
        self.write("query/extra/a.h", source("ledger::extra"))
        self.assert_found(rules.unlisted_units(self.tree()), "query/extra")

    def test_the_writer_included_by_a_query_is_found(self):
        self.write("query/find.cc", source("ledger::query", '"schemas/store/writer.h"'))
        self.assert_found(rules.forbidden_includes(self.tree()), "query/find.cc", "schemas/store/writer")

    def test_a_test_included_by_the_product_is_found(self):
        self.write("tests/support/a.h", source("ledger::test"))
        self.write("query/find.cc", source("ledger::query", '"tests/support/a.h"'))
        self.assert_found(rules.forbidden_includes(self.tree()), "query/find.cc")

    def test_a_test_included_by_another_is_found(self):
        self.write("tests/unit/one/a.h", source("ledger::test"))
        self.write("tests/unit/two/a.cc", source("ledger::test", '"tests/unit/one/a.h"', '"query/find.h"'))
        self.assert_found(rules.forbidden_includes(self.tree()), "tests/unit/two/a.cc", "tests/unit/one")

    def test_an_include_from_its_own_folder_is_found(self):
        self.write("query/find.cc", source("ledger::query", '"find.h"'))
        self.assert_found(rules.includes_not_from_root(self.tree()), '"find.h"')

    def test_a_library_in_the_wrong_folder_is_found(self):
        self.write("query/find.cc", source("ledger::query", "<lmdb.h>"))
        self.assert_found(rules.forbidden_libraries(self.tree()), "lmdb is not for query")

    def test_an_unknown_library_is_found(self):
        self.write("query/find.cc", source("ledger::query", "<other/thing.h>"))
        self.assert_found(rules.forbidden_libraries(self.tree()), "<other/thing.h>")

    def test_a_library_in_a_public_header_is_found(self):
        self.write("schemas/store/reader.h", source("ledger::store", "<lmdb.h>", "<fmt/format.h>"))
        found = rules.libraries_in_public_headers(self.tree(), {"schemas/store/reader.h"})
        self.assert_found(found, "schemas/store/reader.h", "lmdb.h")

    def test_a_private_header_abroad_is_found(self):
        found = rules.private_headers_abroad(self.tree(), {"schemas/store/writer.h"})
        self.assert_found(found, "query/find.cc", "schemas/store/reader.h")

    def test_a_wrong_namespace_is_found(self):
        self.write("query/find.cc", source("ledger::find"))
        self.assert_found(rules.wrong_namespaces(self.tree()), "query/find.cc", "ledger::query")

    def test_a_cycle_is_found(self):
        tree = self.tree(**{"schemas/base": {"includes": ["schemas/store"]}})
        self.assert_found(rules.cycles(tree), "schemas/base -> schemas/store -> schemas/base")

    def test_an_edge_from_query_to_projector_is_found(self):
        tree = self.tree(query={"includes": ["projector/fold"]})
        self.assert_found(rules.meetings(tree), "query -> projector/fold")

    def test_a_source_that_is_not_built_is_found(self):
        self.write("query/dead.cc", source("ledger::query"))
        self.assert_found(rules.unlisted_sources(self.tree()), "query/dead.cc")

    def test_a_header_that_nothing_includes_is_found(self):
        self.write("query/dead.h", source("ledger::query"))
        self.assert_found(rules.unlisted_sources(self.tree()), "query/dead.h")

    def test_a_new_name_in_the_root_is_found(self):
        self.assert_found(rules.unlisted_root_names(["README.md", "notes.txt"], TABLE), "notes.txt")


class Links(unittest.TestCase):
    TARGETS = [
        {"name": "ledger_store", "folder": "schemas/store", "links": ["PkgConfig::lmdb", "ledger_warnings"]},
        {"name": "ledger_store_writer", "folder": "schemas/store", "links": ["ledger_store"]},
        {"name": "ledger_fold", "folder": "projector/fold", "links": ["ledger_store_writer"]},
        {"name": "ledger_query", "folder": "query", "links": ["ledger_store"]},
    ]

    def breach(self, **change):
        tree = rules.Tree(tempfile.gettempdir() + "/no-such-tree", TABLE)
        return rules.forbidden_links(tree, [{**target, **change.get(target["name"], {})} for target in self.TARGETS])

    def test_allowed_links_have_no_violation(self):
        self.assertEqual(self.breach(), [])

    def test_a_query_that_links_the_writer_is_found(self):
        found = self.breach(ledger_query={"links": ["ledger_store_writer"]})
        self.assertIn("ledger_query links ledger_store_writer", found[0])

    def test_a_library_linked_by_the_wrong_folder_is_found(self):
        self.assertIn("lmdb is not for query", self.breach(ledger_query={"links": ["PkgConfig::lmdb"]})[0])

    def test_an_unknown_library_is_found(self):
        self.assertIn("links other", self.breach(ledger_query={"links": ["other"]})[0])

    def test_a_target_that_is_not_named_as_its_folder_is_found(self):
        tree = rules.Tree(tempfile.gettempdir() + "/no-such-tree", TABLE)
        found = rules.wrong_target_names(tree, [{"name": "ledger_scan", "folder": "query", "links": []}])
        self.assertIn("ledger_scan", found[0])

    def test_links_through_others_are_counted(self):
        self.assertEqual(rules.all_links(self.TARGETS, "ledger_fold"),
                         {"ledger_store_writer", "ledger_store", "PkgConfig::lmdb", "ledger_warnings"})


if __name__ == "__main__":
    unittest.main()
