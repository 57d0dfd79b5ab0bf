"""Makes the practice product's releases: three reproducible archives, as one C file.

product/1.0 is whole; a later release is the one before it, without the paths in its
REMOVED, with its own files over it, and with what is made here: a line of 200 kB and
a bomb of braces, which nobody wants to keep as text.
"""
import gzip
import io
import os
import sys
import tarfile

RELEASES = ["1.0", "1.1", "1.2"]
MADE = {
    "1.2": {
        "rules/bundle.js": b"var rules=[" + b",".join(b'{"n":"r%d","p":"%08x"}' % (i, i * 2654435761 % 2**32) for i in range(7000)) + b"];\n",
        "tests/nest.c": b"int nest(void)\n" + b"{" * 500000 + b"\n",
        "tests/data.bin": bytes(i * 167 % 256 for i in range(4096)),
    },
}


def overlay(folder, tree):
    for top, _, names in os.walk(folder):
        for name in names:
            path = os.path.relpath(os.path.join(top, name), folder)
            with open(os.path.join(top, name), "rb") as file:
                tree[path] = file.read()
    for path in tree.pop("REMOVED", b"").decode().split():
        del tree[path]


def archive(release, tree):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for path in sorted(tree):
            entry = tarfile.TarInfo(f"acme-av-{release}/{path}")
            entry.size = len(tree[path])
            entry.mode = 0o755 if path.endswith(".py") else 0o644
            tar.addfile(entry, io.BytesIO(tree[path]))
    return gzip.compress(packed.getvalue(), mtime=0)


def main(product, out):
    tree = {}
    with open(out, "w", encoding="ascii") as c:
        c.write('#include "demo/demo.h"\n\n')
        for number, release in enumerate(RELEASES):
            overlay(os.path.join(product, release), tree)
            tree.update(MADE.get(release, {}))
            data = archive(release, tree)
            c.write(f"static const uint8_t archive_{number}[] = {{")
            for at, byte in enumerate(data):
                c.write(("\n\t" if at % 24 == 0 else " ") + f"{byte},")
            c.write("\n};\n\n")
        c.write("const struct demo_release demo_releases[DEMO_RELEASES] = {\n")
        for number, release in enumerate(RELEASES):
            c.write(f'\t{{ "{release}", "acme-av-{release}.tar.gz", archive_{number}, sizeof archive_{number} }},\n')
        c.write("};\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
