"""Turns a build's meson test log into PASS, FAIL and SKIP lines, one a cmocka test."""
import json
import re
import sys

TAP = re.compile(r"^(not ok|ok) \d+ - (\S+)(.*)$", re.M)


def lines(build):
    with open(f"{build}/meson-logs/testlog.json", encoding="utf-8") as log:
        for text in log:
            test = json.loads(text)
            cases = TAP.findall(test.get("stdout") or "")
            for verdict, name, rest in cases:
                word = "FAIL" if verdict == "not ok" else "SKIP" if "SKIP" in rest else "PASS"
                yield f"{word} {build} {test['name']} {name}"
            # a program that died, or that ran no test, is a failure of its own
            if test["result"] not in ("OK", "SKIP") and not any(c[0] == "not ok" for c in cases):
                yield f"FAIL {build} {test['name']}: {test['result']}"
            elif not cases:
                yield f"{'PASS' if test['result'] == 'OK' else 'SKIP'} {build} {test['name']}"


if __name__ == "__main__":
    for line in lines(sys.argv[1]):
        print(line)
