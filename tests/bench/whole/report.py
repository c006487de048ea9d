"""The table (Markdown) and the JSON file of a run."""
import json
import os
import platform
import statistics
import subprocess


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
                 platform.machine())
    memory = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal"))
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True,
                            cwd=os.path.dirname(__file__), check=False).stdout.strip()
    return {"cpu": model, "cores": os.cpu_count(), "memory_gib": round(memory / 2**20, 1), "kernel": platform.release(),
            "commit": commit}


def short(number):
    if number >= 100_000:
        return f"{number / 1000:,.0f} k"
    return f"{number:,.0f}" if number >= 1000 else f"{number:.3g}"


def spread(values, text=short):
    if not values:
        return ""
    middle = text(statistics.median(values))
    return middle if len(values) == 1 else f"{middle} ({text(min(values))}..{text(max(values))})"


def row(figure):
    verdict = {None: "", True: "met", False: "**missed**"}[figure.met]
    return [figure.name, spread(figure.values), figure.unit, figure.bound, spread(figure.bounds),
            spread(figure.ratios, lambda ratio: f"{ratio:.2f}"), f"{figure.target} {verdict}".strip()]


def table(rows):
    head = ["figure", "median (min..max)", "unit", "bound or peer", "its value", "ratio", "target"]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def markdown(figures, about):
    host = about["machine"]
    lines = [f"{host['cpu']}, {host['cores']} cores, {host['memory_gib']} GiB, Linux {host['kernel']}; commit {host['commit']}; "
             f"load {about['load_before']:.1f} before, {about['load_after']:.1f} after; {about['seconds']:.0f} s.",
             f"Shape: workload W, {about['events']:,} events, 2 partitions, Apache Kafka on the same cores. "
             "Ratios are of runs side by side.", "", table([row(figure) for figure in figures]), "", "Commands and notes:", ""]
    lines += [f"- **{figure.name}**: {figure.what}; `{figure.command}`{'; ' + figure.notes if figure.notes else ''}"
              for figure in figures]
    lines += ["", "Largest resident set, MiB: " +
              ", ".join(f"{program} {peak:.0f}" for program, peak in sorted(about["peak_mib"].items()))]
    return "\n".join(lines)


def write_json(path, figures, about):
    entries = [{**vars(figure), "ratios": figure.ratios, "met": figure.met} for figure in figures]
    with open(path, "w", encoding="utf-8") as file:
        json.dump({**about, "figures": entries}, file, indent=1)
        file.write("\n")
