"""P7: two releases side by side, against git diff."""
from frame import Unable, in_turn, seconds
from results import Row

NUMBERS = "P7"

COUNTS = 1 << 10  # enum order_flag


def measure(bench):
    releases = list(bench.sources())
    if len(releases) < 2:
        raise Unable("a single release")
    room, git, pair = bench.room(), bench.git(), " ".join(releases)

    def theirs(*words):
        return lambda: seconds("git", "--git-dir", git, "diff", *words, *releases) * 1e3

    found = room.ask("diff-files", release=pair)
    ours, peer = in_turn(bench.times, lambda: room.ask("diff-files", release=pair)["ms"][0], theirs("--raw", "-M"))
    yield Row("P7", f"list of {found['rows']:,} changed files", ours, "git diff --raw -M", peer, 1 / 3)
    ours, peer = in_turn(bench.times, lambda: room.ask("diff-files", release=pair, flags=COUNTS)["ms"][0], theirs("--stat"))
    yield Row("P7", "lines added and removed of all", ours, "git diff --stat", peer, 1 / 2)
    found = room.ask("diff-symbols", bench.times, release=pair)
    yield Row("P7", f"list of {found['rows']:,} changed definitions", min(found["ms"]), "", None, 1200)
