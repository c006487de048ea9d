"""The architecture's rules over a tree of sources, as data in edges.json says. Each rule returns the violations it
found as lines of text; an empty list means that the rule is kept.

A unit is a folder, or a named set of files inside one ("files" in the table). A file belongs to the unit that names it,
else to its folder. Folders of tests that the table does not name may include everything but each other."""

import json
import pathlib
import re

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.M)
NAMESPACE = re.compile(r"^namespace\s+([\w:]+)\s*\{", re.M)
PRODUCT = ("schemas", "events", "projector", "query")
REMEDY = "move what both need down, or change tests/arch/edges.json with a reason in the commit"


def under(path, folder):
    return path == folder or path.startswith(folder + "/")


class Tree:
    """The sources below `root` and the table. Only C++ files are read."""

    def __init__(self, root, table):
        self.root = pathlib.Path(root)
        self.table = table
        self.files = {}
        for top in (*PRODUCT, "tests"):
            for path in sorted((self.root / top).rglob("*")):
                if path.suffix in (".cc", ".h"):
                    self.files[path.relative_to(self.root).as_posix()] = path.read_text()
        self.unit_of_file = {
            file: name for name, unit in table["units"].items() for file in unit.get("files", ())
        }

    @staticmethod
    def read(root):
        return Tree(root, json.loads((pathlib.Path(__file__).parent / "edges.json").read_text()))

    def unit(self, path):
        """The unit of a file or of an included header."""
        return self.unit_of_file.get(path) or path.rpartition("/")[0]

    def includes(self, path):
        """(header, quoted) of every #include in the file."""
        for ours, theirs in INCLUDE.findall(self.files[path]):
            yield (ours, True) if ours else (theirs, False)

    def may(self, unit, other):
        """Whether files of `unit` may include files of `other`."""
        if unit == other:
            return True
        if unit in self.table["units"]:
            return other in self.table["units"][unit]["includes"]
        if not unit.startswith("tests"):
            return False
        return not under(other, "tests") or under(other, "tests/support") or under(unit, other) or under(other, unit)

    def units(self):
        return sorted({self.unit(path) for path in self.files})


def unlisted_units(tree):
    """Folders of the product that edges.json does not know."""
    return [
        f"{unit}: not in tests/arch/edges.json; add it with what it may include"
        for unit in tree.units()
        if unit not in tree.table["units"] and not unit.startswith("tests")
    ]


def forbidden_includes(tree):
    found = []
    for path in tree.files:
        unit = tree.unit(path)
        for header, quoted in tree.includes(path):
            if quoted and not tree.may(unit, tree.unit(header)):
                found.append(f"{path}: includes {header}; {unit} may not include {tree.unit(header)}; {REMEDY}")
    return found


def includes_not_from_root(tree):
    """Quoted includes that name no file of the tree by its path from the root (generated code excepted)."""
    return [
        f'{path}: #include "{header}" is no file of the tree; write the path from the root, <...> for libraries'
        for path in tree.files
        for header, quoted in tree.includes(path)
        if quoted and header not in tree.files and not header.startswith("schemas/wire/")
    ]


def library_of(table, header):
    for name, library in table["libraries"].items():
        if any(header == each or (each.endswith("/") and header.startswith(each)) for each in library["headers"]):
            return name
    return None


def is_system(table, header):
    standard = "/" not in header and "." not in header
    return standard or any(header == each or (each.endswith("/") and header.startswith(each)) for each in table["system"])


def forbidden_libraries(tree):
    """Third-party headers outside of the folders that the table gives them to."""
    found = []
    for path in tree.files:
        unit = tree.unit(path)
        for header, quoted in tree.includes(path):
            if quoted or is_system(tree.table, header):
                continue
            name = library_of(tree.table, header)
            if name is None:
                found.append(f"{path}: <{header}> is of no library in tests/arch/edges.json; {REMEDY}")
            elif not any(under(unit, each) for each in tree.table["libraries"][name]["units"]):
                found.append(f"{path}: <{header}>; {name} is not for {unit}; {REMEDY}")
    return found


def libraries_in_public_headers(tree, public_headers):
    """Third-party headers in a header that a target publishes."""
    return [
        f"{path}: includes <{header}>; third-party headers stay in .cc files and in headers that no target lists"
        for path in sorted(public_headers & set(tree.files))
        for header, quoted in tree.includes(path)
        if not quoted
        and (name := library_of(tree.table, header))
        and not tree.table["libraries"][name].get("public")
    ]


def private_headers_abroad(tree, public_headers):
    """Headers that no target lists, included from another folder. Unit tests may: they mirror one folder."""
    return [
        f"{path}: includes {header}, which its target does not list; list it in HEADERS or keep out"
        for path in tree.files
        for header, quoted in tree.includes(path)
        if quoted
        and not under(path, "tests/unit")
        and header in tree.files
        and header.startswith(PRODUCT)
        and header not in public_headers
        and path.rpartition("/")[0] != header.rpartition("/")[0]
    ]


def namespace_of(tree, unit):
    return tree.table["units"].get(unit, {}).get("namespace") or "ledger::" + unit.rpartition("/")[2]


def wrong_namespaces(tree):
    """Files of the product whose namespace is not their folder. main.cc has none of its own."""
    found = []
    for path, text in tree.files.items():
        if not path.startswith(PRODUCT) or path.endswith("main.cc"):
            continue
        wanted = namespace_of(tree, tree.unit(path))
        opened = NAMESPACE.findall(text)
        if wanted not in opened:
            found.append(f"{path}: opens {', '.join(opened) or 'no namespace'}; its folder is {wanted}")
    return found


def cycles(tree):
    """Cycles of the table, each as the path that closes it."""
    found, done = [], set()

    def visit(unit, path):
        if unit in path:
            found.append(" -> ".join([*path[path.index(unit):], unit]))
        elif unit not in done:
            for other in tree.table["units"].get(unit, {}).get("includes", ()):
                visit(other, [*path, unit])
            done.add(unit)

    for unit in tree.table["units"]:
        visit(unit, [])
    return found


def meetings(tree):
    """Edges of the table between trees that never meet."""
    return [
        f"{unit} -> {other}: {first} and {second} never meet; a format both need goes down into schemas"
        for first, second in tree.table["never_together"]
        for unit, row in tree.table["units"].items()
        for other in row["includes"]
        if (under(unit, first) and under(other, second)) or (under(unit, second) and under(other, first))
    ]


def unlisted_sources(tree):
    """Sources that no CMakeLists.txt of their folder or above names, and headers that nothing includes."""
    found = []
    included = {header for path in tree.files for header, quoted in tree.includes(path) if quoted}
    for path in tree.files:
        if path.endswith(".cc"):
            folder = (tree.root / path).parent
            lists = folder / "CMakeLists.txt"
            name = path.rpartition("/")[2]
            words = re.split(r"[\s()/]+", lists.read_text()) if lists.exists() else []
            if name not in words:
                found.append(f"{path}: not in {path.rpartition('/')[0]}/CMakeLists.txt; build it or delete it")
        elif path not in included:
            found.append(f"{path}: nothing includes it; delete it")
    return found


def unlisted_root_names(names, table):
    return [f"{name}: not a name of the root; put it under one of {', '.join(table['root'][1:7])}"
            for name in names if name not in table["root"]]


# The link graph: targets as ledger_write_targets wrote them.


def unit_of_target(tree, target):
    """The unit that a target is built from."""
    for name, unit in tree.table["units"].items():
        if target["name"] in unit.get("targets", ()):
            return name
    return "schemas/wire" if target["name"] == "ledger_wire" else target["folder"]


def wrong_target_names(tree, targets):
    """Libraries of the product that are not named as their folder is."""
    return [
        f"{target['name']} in {target['folder']}: call it ledger_{target['folder'].rpartition('/')[2]}, or list it"
        " in tests/arch/edges.json"
        for target in targets
        if target["folder"].startswith(PRODUCT)
        and not any(target["name"] in unit.get("targets", ()) for unit in tree.table["units"].values())
        and target["name"] not in ("ledger_wire", "ledger_" + target["folder"].rpartition("/")[2])
    ]


def forbidden_links(tree, targets):
    """Links between targets, and to libraries, that the table does not allow."""
    units = {target["name"]: unit_of_target(tree, target) for target in targets}
    libraries = {link: name for name, row in tree.table["libraries"].items() for link in row["links"]}
    found = []
    for target in targets:
        unit = units[target["name"]]
        for link in target["links"]:
            if link == "ledger_warnings":
                continue
            if link in units:
                if not tree.may(unit, units[link]):
                    found.append(f"{target['name']} links {link}; {unit} may not use {units[link]}; {REMEDY}")
            elif link not in libraries:
                found.append(f"{target['name']} links {link}, which is of no library in tests/arch/edges.json; {REMEDY}")
            elif not any(under(unit, each) for each in tree.table["libraries"][libraries[link]]["units"]):
                found.append(f"{target['name']} links {link}; {libraries[link]} is not for {unit}; {REMEDY}")
    return found


def all_links(targets, name):
    """Everything that a target links, directly or through others."""
    direct = {target["name"]: target["links"] for target in targets}
    found, open_ = set(), [name]
    while open_:
        for link in direct.get(open_.pop(), ()):
            if link not in found:
                found.add(link)
                open_.append(link)
    return found
