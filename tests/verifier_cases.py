#!/usr/bin/env python3
"""What the standalone verifier must find (TAP): verifier_cases.py VERIFIER EXPORT FIRST_NUMBER

EXPORT is what `jc export` wrote: several workflows. Damages it in every way that its bytes can be
damaged one at a time, in memory, and expects each to be found."""
import hashlib
import re
import runpy
import sys

verify = runpy.run_path(sys.argv[1])["verify"]
with open(sys.argv[2], "rb") as file:
    LINES = list(file)
number = int(sys.argv[3])
failed = False


def findings_of(lines):
    findings = []
    verify(lines, findings.append)
    return findings


def claim(name, holds, detail=""):
    global number, failed
    print("%s %d - %s" % ("ok" if holds else "not ok", number, name))
    if not holds:
        failed = True
        print("# %s" % (detail,))
    number += 1


def split(content):
    """As a file is split into lines: at newlines alone."""
    return re.findall(rb"[^\n]*\n|[^\n]+", content)


def every_byte_change():
    """Each byte of a line in the middle, to each of the 255 other values."""
    at = len(LINES) // 2
    line, missed, tried = LINES[at], [], 0
    digits = re.match(rb'\{"position":(\d+)', line)
    for index in range(len(line)):
        if digits.start(1) <= index < digits.end(1):
            continue
        for value in range(256):
            if value == line[index]:
                continue
            changed = line[:index] + bytes([value]) + line[index + 1:]
            tried += 1
            lines = LINES[:at] + split(changed + b"".join(LINES[at + 1:]))
            if not findings_of(lines):
                missed.append((index, value))
    claim("every single-byte change of a line is found (%d tried)" % tried, not missed and tried > 50000,
          "not found: %r" % missed[:5])


def lines_moved():
    claim("a line left out is found", all(
        findings_of(LINES[:i] + LINES[i + 1:]) for i in range(len(LINES)) if has_successor(i)))
    swapped = [i for i in range(len(LINES) - 1) if workflow_of(LINES[i]) == workflow_of(LINES[i + 1])]
    claim("two lines swapped are found", swapped and all(
        findings_of(LINES[:i] + [LINES[i + 1], LINES[i]] + LINES[i + 2:]) for i in swapped))
    claim("a line written twice is found", all(
        findings_of(LINES[:i] + [LINES[i]] + LINES[i:]) for i in range(len(LINES))))
    claim("a torn last line is found", all(
        findings_of(LINES[:-1] + [LINES[-1][:size]]) for size in range(1, len(LINES[-1]))))


def workflow_of(line):
    return re.search(rb'"workflow_id":"([^"]*)"', line)[1]


def has_successor(index):
    return workflow_of(LINES[index]) in [workflow_of(line) for line in LINES[index + 1:]]


def erased(line, data_hash=None):
    data = re.search(rb'"data":(\{.*\}),"hash"', line)[1]
    data_hash = data_hash or hashlib.sha256(data).hexdigest().encode()
    return line.replace(b'"data":' + data, b'"data":null,"data_hash":"' + data_hash + b'"')


def salted(line, before):
    """A line as a later version could write it: with a salt, which the chain does not cover."""
    match = re.fullmatch(rb'(\{"position":\d+,)("id".*?,)"data":(\{.*\}),"hash":"\w+"\}\n', line)
    salt, data = b"00ff10", match[3]
    data_hash = hashlib.sha256(bytes.fromhex(salt.decode()) + data).hexdigest().encode()
    header = b"{" + match[2] + b'"data_hash":"' + data_hash + b'"}'
    digest = hashlib.sha256(before + header).hexdigest().encode()
    with_salt = match[1] + match[2] + b'"salt":"' + salt + b'","data":' + data + b',"hash":"' + digest + b'"}\n'
    without = match[1] + match[2] + b'"data":null,"data_hash":"' + data_hash + b'","hash":"' + digest + b'"}\n'
    return with_salt, without


def erasure():
    for i in range(len(LINES)):
        if findings_of(LINES[:i] + [erased(LINES[i])] + LINES[i + 1:]):
            claim("an erased event still verifies", False, "line %d" % (i + 1))
            break
    else:
        claim("an erased event still verifies", True)
    claim("an erased event with another data_hash is found",
          findings_of([erased(LINES[0], b"ab" * 32)] + LINES[1:]))
    with_salt, without = salted(LINES[0], b"0" * 64)
    claim("an event with a salt verifies", not findings_of([with_salt]), findings_of([with_salt]))
    claim("it still verifies when salt and data are erased", not findings_of([without]), findings_of([without]))
    claim("a changed salt is found", findings_of([with_salt.replace(b"00ff10", b"00ff11")]))


claim("what jc wrote verifies", LINES and not findings_of(LINES), findings_of(LINES))
every_byte_change()
lines_moved()
erasure()
sys.exit(1 if failed else 0)
