"""The style rules that no compiler checks. Each takes {path: text} and returns its violations as lines of text."""

import re

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
COLUMNS_MAX = 100
CODE = (".cc", ".h")
SIZED = (*CODE, ".py", ".mjs", ".capnp", ".cmake", "CMakeLists.txt")
# Put together here, so that this file does not break its own rules.
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
SKIPPED = re.compile(r"GTEST_" + r"SKIP|DISABLED" + r"_|unittest\.skip|skip" + r"Test\(")
MACHINE_PATH = re.compile(r"(?<![\w.])/(work|root|home|Users|tmp/wt)/\w")
OPENS_NO_FUNCTION = re.compile(r"^(inline )?(namespace|struct|class|enum|union|extern|using|template|#|//|\})")


def of(files, *endings):
    return {path: text for path, text in files.items() if path.endswith(endings)}


def long_files(files):
    return [f"{path}: {lines} lines; cap {FILE_LINES_MAX}; split it by purpose"
            for path, text in of(files, *SIZED).items()
            if (lines := text.count("\n")) > FILE_LINES_MAX]


def long_lines(files):
    """C++ lines over the columns that clang-format did not break: names and comments. Raw strings are data."""
    return [f"{path}:{number}: {len(line)} columns; cap {COLUMNS_MAX}"
            for path, text in of(files, *CODE).items()
            for number, line in enumerate(text.splitlines(), 1)
            if len(line) > COLUMNS_MAX and not any(word in line for word in ("NOLINT", "http", 'R"('))]


def functions(text):
    """(first line, number of lines) of every function at namespace level of a file that clang-format formatted: it opens
    on a line that starts in the first column and closes on a `}` in the first column."""
    first = None
    for number, line in enumerate(text.splitlines(), 1):
        starts = line[:1].strip() != "" and not OPENS_NO_FUNCTION.match(line)
        if first is None and starts and line.rstrip().endswith(("(", ",", "{", ")")):
            first = number
        if line.startswith("}"):
            if first is not None:
                yield first, number - first + 1
            first = None
        elif line.startswith(("namespace", "struct", "class")) or (not line and first == number - 1):
            first = None


def long_functions(files):
    return [f"{path}:{first}: a function of {lines} lines; cap {FUNCTION_LINES_MAX}; split it into steps"
            for path, text in of(files, *CODE).items()
            for first, lines in functions(text)
            if lines > FUNCTION_LINES_MAX]


def matches(files, pattern, what):
    return [f"{path}:{number}: {what}: {found.group(0)}"
            for path, text in files.items()
            for number, line in enumerate(text.splitlines(), 1)
            if (found := pattern.search(line))]


def unfinished(files):
    return matches(files, UNFINISHED, "unfinished work; do it or file an issue")


def skipped_tests(files):
    return matches(files, SKIPPED, "a test that does not run; fix it or delete it")


def machine_paths(files):
    return matches(files, MACHINE_PATH, "a path of one machine")


def bad_ends(files):
    """Trailing blanks, and a last line without its newline."""
    found = []
    for path, text in files.items():
        if text and not text.endswith("\n"):
            found.append(f"{path}: no newline at its end")
        found += [f"{path}:{number}: blanks at the end of the line"
                  for number, line in enumerate(text.split("\n"), 1)
                  if line != line.rstrip(" \t\r")]
    return found
