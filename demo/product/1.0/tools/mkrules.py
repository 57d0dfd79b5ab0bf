"""Packs rules/*.json into the engine's binary rule file."""
import json
import struct
import sys


class RuleError(Exception):
    pass


def pack_rule(rule):
    name = rule["name"].encode()
    pattern = bytes.fromhex(rule["pattern"])
    if len(name) >= 64:
        raise RuleError(f"{rule['name']}: name too long")
    return struct.pack("<64sII", name, len(pattern), rule["severity"]) + pattern


def main(paths):
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for rule in json.load(file)["rules"]:
                sys.stdout.buffer.write(pack_rule(rule))


if __name__ == "__main__":
    main(sys.argv[1:])
