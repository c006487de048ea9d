"""Every style rule finds its breach, and leaves what is allowed alone."""

import unittest

import rules


def body(lines, head="int f() {"):
    return "namespace a {\n" + head + "\n" + "  g();\n" * (lines - 2) + "}\n}  // namespace a\n"


class Rules(unittest.TestCase):
    def assert_only(self, rule, breach, kept):
        self.assertEqual(rule({"kept.cc": kept}), [])
        found = rule({"breach.cc": breach})
        self.assertEqual(len(found), 1, found)
        self.assertIn("breach.cc", found[0])

    def test_a_long_file_is_found(self):
        self.assert_only(rules.long_files, "\n" * 401, "\n" * 400)

    def test_a_long_function_is_found(self):
        self.assert_only(rules.long_functions, body(61), body(60))

    def test_a_long_function_with_arguments_on_lines_of_their_own_is_found(self):
        self.assert_only(rules.long_functions, body(61, "int f(int a,\n      int b) {"), body(59, "int f(int a,\n      int b) {"))

    def test_a_long_test_is_found(self):
        self.assert_only(rules.long_functions, body(61, "TEST(A, B) {"), body(60, "TEST(A, B) {"))

    def test_a_long_class_is_no_long_function(self):
        self.assertEqual(rules.long_functions({"a.h": body(100, "class A {")}), [])

    def test_two_short_functions_are_not_one_long_one(self):
        self.assertEqual(rules.long_functions({"a.cc": body(40) + body(40)}), [])

    def test_a_long_line_is_found(self):
        self.assert_only(rules.long_lines, "a" * 101 + "\n", "a" * 100 + "\n")

    def test_unfinished_work_is_found(self):
        self.assert_only(rules.unfinished, "// TO" + "DO(me): later\n", "// what is to do\n")

    def test_a_skipped_test_is_found(self):
        self.assert_only(rules.skipped_tests, "  GTEST_" + "SKIP();\n", "skip(3);\n")

    def test_a_machine_path_is_found(self):
        self.assert_only(rules.machine_paths, "see /ho" + "me/someone/notes\n", "see /var/lib/ledger and network/home/x\n")

    def test_blanks_at_the_end_of_a_line_are_found(self):
        self.assert_only(rules.bad_ends, "a \n", "a\n")

    def test_a_missing_last_newline_is_found(self):
        self.assert_only(rules.bad_ends, "a", "a\n")


if __name__ == "__main__":
    unittest.main()
