"""P5 and P6: search against csearch, names against readtags and cscope."""
import os
import subprocess
import time

from frame import Unable, in_turn, needs, run, seconds
from results import Row

NUMBERS = "P5 P6"

LITERAL, NOCASE = 1, 2  # enum order_flag

# what is sought by size: rare, common, regex; a name that is used a lot
WORDS = {
    "kernel": ("tcp_v4_connect", "spin_lock", r"kmalloc\(.*GFP_ATOMIC", "spin_lock"),
    "openssl": ("tls_process_key_exchange", "EVP_PKEY", r"OPENSSL_malloc\(.*sizeof", "OPENSSL_free"),
    "clamav": ("cli_scanmacho_unibin", "cli_dbgmsg", r"cli_max_malloc\(.*sizeof", "cli_dbgmsg"),
    "tiny": ("main", "int", r"m\w+\(.*\)", "main"),
}
NONE = "no_such_word_anywhere_in_it"


def csearch(bench, release, folder):
    """A function from options and pattern to milliseconds of the whole process."""
    index = bench.path("csearch-" + release)
    env = dict(os.environ, CSEARCHINDEX=index)
    needs("csearch", "cindex")
    if not os.path.exists(index):
        run("cindex", folder, env=env)

    def search(*words):
        return seconds_of(["csearch", "-n", *words], env=env)
    return search


def seconds_of(command, **more):
    """Milliseconds of a peer that may find nothing; what it prints is thrown away."""
    began = time.perf_counter()
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
    return (time.perf_counter() - began) * 1e3


def searches(bench, room, release, folder):
    rare, common, regex, _ = WORDS[bench.size]
    peer = csearch(bench, release, folder)
    plan = [
        ("rare", rare, LITERAL, [rare], 1 / 3),
        ("all of a common word", common, LITERAL, [common], 1 / 5),
        ("regex", regex, 0, [regex], 1 / 4),
        ("ignoring case", rare, LITERAL | NOCASE, ["-i", rare], 1 / 4),
        ("nothing to find", NONE, LITERAL, [NONE], 1 / 2),
    ]
    room.ask("search", pattern=NONE, flags=LITERAL, release=release)  # the reader is up and knows its releases
    for what, pattern, flags, words, limit in plan:
        answers = []

        def ours(pattern=pattern, flags=flags):
            answers.append(room.ask("search", pattern=pattern, flags=flags, release=release))
            return answers[-1]["ms"][0]
        best, theirs = in_turn(bench.times, ours, lambda words=words: peer(*words))
        hits = answers[-1]["rows"] - 1
        yield Row("P5", f"search, {what}: {hits:,} hits", best, "csearch", theirs, limit)
        if what.startswith("all"):
            yield Row("P5", "first 200 hits of these", min(a["first"][0] for a in answers), "", None, 5)
    reader = min(room.ask("search", bench.times, pattern=rare, flags=LITERAL, release=release)["ms"])
    whole = min(seconds(*room.command("search", "-F", rare, "--in", release)) * 1e3 for _ in range(bench.times))
    yield Row("P5", "`carrel search`, whole process, above that", whole - reader, "", None, 40)


def cross_references(bench, release, folder):
    """ctags' and cscope's, made side by side: how long that takes is not measured here."""
    needs("ctags", "readtags", "cscope")
    tags, xref = bench.path("tags-" + release), bench.path("cscope-" + release)
    with open(xref + ".files", "wb") as out:
        out.write(b"\n".join(sorted(sources(folder))))
    works = [(tags, ["ctags", "-R", "-f", tags + ".new", "--languages=C,C++", "--links=no", folder]),
             (xref, ["cscope", "-b", "-q", "-k", "-i", xref + ".files", "-f", xref + ".new"])]
    running = [(path, subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
               for path, command in works if not os.path.exists(path)]
    for path, child in running:
        if child.wait() != 0:
            raise Unable(f"{os.path.basename(path)} could not be made")
        for end in ("", ".in", ".po"):
            if os.path.exists(path + ".new" + end):
                os.rename(path + ".new" + end, path + end)
    return tags, xref


def names(bench, room, release, folder):
    name = WORDS[bench.size][3]
    tags, xref = cross_references(bench, release, folder)
    ours, theirs = in_turn(bench.times, lambda: room.ask("def", name=name, release=release)["ms"][0],
                           lambda: seconds_of(["readtags", "-t", tags, name]))
    yield Row("P6", f"definition of `{name}`", ours, "readtags", theirs, 1)
    found = []

    def refs():
        found.append(room.ask("refs", name=name, release=release))
        return found[-1]["ms"][0]
    ours, theirs = in_turn(bench.times, refs,
                           lambda: seconds_of(["cscope", "-d", "-L", "-0", name, "-f", xref], cwd=folder))
    yield Row("P6", f"all {found[-1]['rows']:,} references of `{name}`", ours, "cscope", theirs, 1 / 2)


def sources(folder):
    for top, _, files in os.walk(os.fsencode(folder)):
        for file in files:
            path = os.path.join(top, file)
            if file.endswith((b".c", b".h")) and not os.path.islink(path) and b'"' not in path and b" " not in path:
                yield os.path.relpath(path, os.fsencode(folder))


def measure(bench):
    room = bench.room()
    release, folder = list(bench.sources().items())[-1]
    yield from searches(bench, room, release, folder)
    yield from names(bench, room, release, folder)
