#!/usr/bin/env python3
"""Add up test results: tap-sum.py FILE...

FILE is a log of `meson test` (*.json, one object a line, with what each test program printed) or TAP
as it is (*.tap). Every "ok" and "not ok" line counts as one test. A program that crashed, timed out,
or stopped before its plan was through without a "not ok" of its own counts as one failure more.

Names what failed, then prints "N passed, N failed" (", N skipped" may follow) alone on the last
line. The exit code is 1 when something failed, or when nothing ran."""
import json
import re
import sys

RESULT = re.compile(r"^(not )?ok\b[ \t]*\d*[ \t]*-?[ \t]*([^#]*)(?:#[ \t]*(\w+))?", re.IGNORECASE)
PLAN = re.compile(r"^1\.\.(\d+)")


class Sum:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.failures = []

    def fail(self, name):
        self.failed += 1
        self.failures.append(name)

    def add_tap(self, source, text):
        """Count one program's output; True when it kept its plan and nothing of it failed."""
        planned, seen, failed = None, 0, 0
        for line in text.splitlines():
            plan = PLAN.match(line)
            if plan:
                planned = int(plan.group(1))
            result = RESULT.match(line)
            if not result:
                continue
            seen += 1
            directive = (result.group(3) or "").upper()
            if directive.startswith("SKIP"):
                self.skipped += 1
            elif result.group(1) and directive != "TODO":
                failed += 1
                self.fail(f"{source}: {result.group(2).strip()}")
            else:
                self.passed += 1
        if planned != seen and not failed and (planned is not None or seen == 0):
            self.fail(f"{source}: {seen} of {planned or 'its'} tests came to a result")
            failed += 1
        return not failed

    def add_meson(self, test, build):
        source = f"{build} {test['name']}"
        text = test.get("stdout") or ""
        result = test["result"]
        is_tap = any(RESULT.match(line) or PLAN.match(line) for line in text.splitlines())
        if is_tap:
            if self.add_tap(source, text) and result not in ("OK", "SKIP", "EXPECTEDFAIL"):
                self.fail(f"{source}: ended with {result}, exit code {test.get('returncode')}")
        elif result == "SKIP":
            self.skipped += 1
        elif result in ("OK", "EXPECTEDFAIL"):
            self.passed += 1
        else:
            self.fail(f"{source}: {result}, exit code {test.get('returncode')}")


def main(paths):
    total = Sum()
    for path in paths:
        with open(path, encoding="utf-8", errors="replace") as file:
            name = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
            if path.endswith(".json"):
                for line in file:
                    total.add_meson(json.loads(line), name)
            else:
                total.add_tap(name, file.read())
    for failure in total.failures:
        print(f"FAILED {failure}")
    skipped = f", {total.skipped} skipped" if total.skipped else ""
    print(f"{total.passed} passed, {total.failed} failed{skipped}")
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
