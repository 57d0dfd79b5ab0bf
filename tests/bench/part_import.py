"""P1-P4: import against gtags + cindex + git add in series; memory; bytes of the index."""
import os
import shutil
import struct

from frame import needs, run, seconds, warm
from results import Row

NUMBERS = "P1 P2 P3 P4"

TEXT_STORED, SPANS_STORED = (1, 2), (32, 33, 34)  # sections that hold the text and the spans; the others are the index


def peers(bench, release, folder):
    """Seconds of the three, each into a place of its own."""
    figures = bench.state["figures"]
    if "peers" not in figures[release]:
        needs("gtags", "cindex")
        tags, trigrams = bench.path("gtags-" + release), bench.path("csearch-" + release)
        for path in (tags, trigrams):
            shutil.rmtree(path, ignore_errors=True)
            if os.path.exists(path):
                os.unlink(path)
        os.mkdir(tags)
        warm(folder)
        took = seconds("gtags", tags, cwd=folder)
        took += seconds("cindex", folder, env=dict(os.environ, CSEARCHINDEX=trigrams))
        shutil.rmtree(tags)
        figures[release]["peers"] = took
        bench.save()
    bench.git()
    return figures[release]["peers"] + figures[release]["git"]


def sections(path):
    """{number: bytes} of a segment's sections, by its head."""
    with open(path, "rb") as file:
        head = file.read(4096)
    found = {}
    for at in range(64, 64 + 32 * 10, 32):
        number, _, _, length, _ = struct.unpack_from("<IIQQQ", head, at)
        if number:
            found[number] = length
    return found


def index_bytes(room):
    stored = index = 0
    folder = os.path.join(room.path, "index")
    for name in os.listdir(folder):
        if len(name) == 64:
            size = os.path.getsize(os.path.join(folder, name))
            kept = sum(length for number, length in sections(os.path.join(folder, name)).items() if number in TEXT_STORED + SPANS_STORED)
            stored += kept
            index += size - kept
    return index, stored


def blob_bytes(bench):
    """Bytes of all distinct blobs of all releases, as git has them."""
    git = bench.git()
    ids = set()
    for release in bench.sources():
        for line in run("git", "--git-dir", git, "ls-tree", "-r", "-z", "--long", release).split(b"\0"):
            fields = line.split(None, 4)
            if len(fields) == 5 and fields[1] == b"blob":
                ids.add((fields[2], int(fields[3])))
    return sum(size for _, size in ids)


def measure(bench):
    releases = list(bench.sources())
    room, figures = bench.room(), bench.state["figures"]
    theirs = "gtags + cindex + git add"
    early, total, peak = figures[releases[0]]["import"]
    peer = peers(bench, releases[0], bench.sources()[releases[0]])
    yield Row("P1", "first import until text and names are searchable", early, theirs, peer, 0.25, "s")
    yield Row("P2", "first import, everything", total, theirs, peer, 0.75, "s")
    yield Row("P2", "peak memory of the import, processes summed, mapped files aside", peak / 1024, "", None, 512, "MiB")
    if len(releases) > 1:
        peer = peers(bench, releases[1], bench.sources()[releases[1]])
        yield Row("P3", "next release, everything", figures[releases[1]]["import"][1], theirs, peer, 0.125, "s")
    index, stored = index_bytes(room)
    source = blob_bytes(bench)
    yield Row("P4", "index: text, names, symbols", index / 1e6, "source", source / 1e6, 0.30, "MB")
    yield Row("P4", "the same with stored text and spans", (index + stored) / 1e6, "source", source / 1e6, 0.60, "MB")
