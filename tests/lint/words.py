"""What no file of the project may say: this machine's paths, registries' host names, unfinished work."""
import re
import subprocess

FORBIDDEN = [
    (re.compile(rb"/(home|root|work|Users)/[a-z]"), "a path of one machine"),
    (re.compile(rb"\b(registry\.npmjs|deb\.debian|security\.debian|pypi)\.org\b"), "a registry's host name"),
    (re.compile(rb'"resolved": *"http'), "a lock file with addresses"),
    (re.compile(rb"\b(TODO|FIXME|XXX)\b"), "unfinished work"),
]
EXCEPT = ("tests/lint/", "demo/product/", "tests/vectors/")


def check(root):
    listed = subprocess.run(["git", "-C", root, "ls-files", "-z"], capture_output=True, check=True).stdout
    for name in filter(None, listed.split(b"\0")):
        path = name.decode()
        if path.startswith(EXCEPT):
            continue
        try:
            with open(f"{root}/{path}", "rb") as file:
                text = file.read()
        except FileNotFoundError:
            continue
        for pattern, what in FORBIDDEN:
            match = pattern.search(text)
            if match:
                line = text.count(b"\n", 0, match.start()) + 1
                yield f"{path}:{line}: {what}: {match.group().decode(errors='replace')}"
