#!/usr/bin/env python3
"""Verify JSONL files of jc without jc: jc-verify.py FILE...  (a mirror, or what `jc export` wrote)

Written from docs/FORMAT.md ("Line", "Chain") alone. Every line must have its exact form, each
workflow's sequences must run 1, 2, 3 ..., and each hash must follow from the one before. Prints the
first damage of each workflow as `WORKFLOW #SEQUENCE: what`, then a summary; exit 5 when there is damage.

`position` is not part of the chain: it is only checked to rise within a workflow. A tail that was
cut off after a whole line cannot be seen in the file itself; compare with a head kept elsewhere."""
import hashlib
import re
import sys

TEXT = rb'"(?:[^"\\\x00-\x1f\x7f]|\\["\\])+"'
LINE = re.compile(
    rb'\{"position":([1-9]\d*),'
    rb'("id":"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}","workflow_id":"([A-Za-z0-9_][A-Za-z0-9._-]{0,127})",'
    rb'"sequence":([1-9]\d*),"timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z","event_type":"[a-z0-9_.]+",'
    rb'(?:"agent_id":%b,)?(?:"correlation_id":%b,)?(?:"causation_id":%b,)?)'
    rb'(?:"salt":"((?:[0-9a-f]{2})+)",)?"data":(?:(\{.*\})|null,"data_hash":"([0-9a-f]{64})"),"hash":"([0-9a-f]{64})"\}\n'
    % (TEXT, TEXT, TEXT), re.DOTALL)


def damage_of(match, sequence, before, position):
    """What is wrong with a line, given where its workflow stood before it; None when all is well."""
    found, header, _, number, salt, data, data_hash, digest = match.groups()
    if int(number) != sequence + 1:
        return "sequence %d where %d belongs" % (int(number), sequence + 1)
    if int(found) <= position:
        return "position %d is not above %d" % (int(found), position)
    if data is not None:
        data_hash = hashlib.sha256(bytes.fromhex((salt or b"").decode()) + data).hexdigest().encode()
    chained = hashlib.sha256(before + b"{" + header + b'"data_hash":"' + data_hash + b'"}').hexdigest()
    return None if chained.encode() == digest else "the hash does not follow from the event and the one before"


def verify(lines, report):
    """Check lines (bytes with their newline), telling `report` of the first damage of each workflow.
    Returns how many events are intact, and each workflow's (sequence, hash, position)."""
    heads, damaged, intact, workflow = {}, set(), 0, "?"
    for number, line in enumerate(lines, 1):
        match, named = LINE.fullmatch(line), re.search(rb'"workflow_id":"([^"]*)"', line)
        workflow = named[1].decode("ascii", "replace") if named else workflow
        head = heads.setdefault(workflow, (0, b"0" * 64, 0))
        what = damage_of(match, *head) if match else "line %d has not the form of a line" % number
        if workflow not in damaged and what:
            damaged.add(workflow)
            report("%s #%d: %s" % (workflow, head[0] + 1, what))
        elif workflow not in damaged:
            heads[workflow], intact = (int(match[4]), match[8], int(match[1])), intact + 1
    return intact, heads


def main(paths):
    findings = []
    for path in paths:
        with open(path, "rb") as file:
            intact, heads = verify(file, findings.append)
        print("%s: %d events of %d workflows intact" % (path, intact, len(heads)))
    print("\n".join(findings) or "no damage")
    return 5 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) if sys.argv[1:] else __doc__)
