#!/bin/sh
# The standalone verifier on what jc wrote (TAP): verifier_test.sh JC
#
# Records two workflows with everything that an event can carry, then runs tools/jc-verify.py on the
# mirror and on the export as a person would, and hands the export to verifier_cases.py for damage.
set -eu
jc=$1
here=$(cd "$(dirname "$0")" && pwd)
verifier=$here/../tools/jc-verify.py
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
unset JC_DIR
cd "$work"

number=0
failed=0
claim() {
    number=$((number + 1))
    if [ "$2" = "$3" ]; then
        echo "ok $number - $1"
    else
        failed=1
        echo "not ok $number - $1"
        printf 'expected: %s\ngot: %s\n' "$2" "$3" | sed 's/^/# /'
    fi
}

# The exit code of the verifier; what it said goes to said.txt.
verify() {
    code=0
    python3 "$verifier" "$@" >said.txt 2>&1 || code=$?
    echo $code
}

record() {
    "$jc" init >/dev/null
    "$jc" emit fix-login workflow.started -d '{ "description" : "white  space" , "n":[1e400,-0,0.10] }'
    "$jc" emit fix-login feature.planned --agent 'co"d\er' --correlation 'a b' --causation 'é日本' \
        -d '{"name":"login","text":"\u0000 \ud83d\ude00 \"hash\":\"x\" ,\"data\":{}"}'
    "$jc" emit other workflow.started --timestamp 1970-01-01T00:00:00Z
    "$jc" emit fix-login feature.completed -d '{"name":"login"}' --id 0191f3a2-7c1e-7abc-8def-0123456789ab
    "$jc" emit other agent.note.learning --agent coder -d '{"title":"é","content":"日本 🎉"}'
    "$jc" emit fix-login workflow.completed
}

echo 1..16
record >/dev/null
"$jc" export >export.jsonl

claim "an export of several workflows verifies" 0 "$(verify export.jsonl)"
claim "it says how much it checked" "export.jsonl: 6 events of 2 workflows intact" "$(head -n 1 said.txt)"
claim "the mirrors verify" 0 "$(verify agents/fix-login/events.jsonl agents/other/events.jsonl)"
sed 's/"name":"login","text"/"name":"l0gin","text"/' agents/fix-login/events.jsonl >changed.jsonl
claim "changed data is damage" 5 "$(verify changed.jsonl)"
claim "the damage is named by workflow and sequence" \
    "fix-login #2: the hash does not follow from the event and the one before" "$(tail -n 1 said.txt)"
python3 "$here/verifier_cases.py" "$verifier" export.jsonl 6 || failed=1
exit $failed
