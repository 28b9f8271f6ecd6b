#!/bin/sh
# A small workflow, recorded and shown: demo.sh JC
#
# Makes a project in a new folder, lets two "agents" record a day's work with `jc emit`, and shows it
# in the ways there are: the log, one event, the workflows, the mirror, the proof that nothing was
# changed, and a live view that sees what another process appends. Every command is printed as it is
# run, so that it can be typed again. The folder is kept for looking around.
set -eu
unset JC_DIR
jc=$1
demo=$(mktemp -d "${TMPDIR:-/tmp}/jc-demo-XXXXXX")
follower=
trap '[ -z "$follower" ] || kill "$follower" 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM

# jc by its name, so that the commands read as a person would type them.
PATH=$(dirname "$jc"):$PATH
export PATH
cd "$demo"

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$(printf '\033[1m') plain=$(printf '\033[0m')
else
    bold='' plain=''
fi

chapter() {
    printf '\n%s%s%s\n\n' "$bold" "$*" "$plain"
}

# Print a command the way it would be typed, then run it.
show() {
    printf '%s$' "$bold"
    for word in "$@"; do
        case $word in
        *[!A-Za-z0-9._/:=+@-]* | '') printf " '%s'" "$word" ;;
        *) printf ' %s' "$word" ;;
        esac
    done
    printf '%s\n' "$plain"
    "$@"
}

emit() {
    show jc emit add-login "$@"
}

chapter '1. A project: one folder, no service'
show jc init

chapter '2. A workflow is recorded while it happens'
emit workflow.started -d '{"description":"users can log in","issue":"#12"}'
emit workflow.phase_changed -d '{"from_phase":"planning","to_phase":"building"}' --agent planner
emit feature.planned -d '{"name":"password hashing","description":"argon2id, tuned to 100 ms"}' --agent planner
emit feature.planned -d '{"name":"login form"}' --agent planner
emit agent.message.sent --agent planner --correlation ask-1 \
    -d '{"from_agent":"planner","to_agent":"coder","content":"please start with the hashing","priority":"high"}'
emit agent.message.acknowledged --agent coder --correlation ask-1 -d '{"from_agent":"coder"}'
emit feature.started -d '{"name":"password hashing"}' --agent coder
emit agent.tool.started --agent coder --correlation call-1 -d '{"tool":"bash","command":"make test"}'
emit agent.tool.failed --agent coder --correlation call-1 -d '{"tool":"bash","exit_code":2,"error":"undefined reference to argon2id_hash"}'
emit feature.failed -d '{"name":"password hashing","error":"the tests do not link"}' --agent coder
emit agent.note.learning --agent coder \
    -d '{"title":"argon2 needs its own library","content":"Link with -largon2; libcrypto of this system is too old.","tags":["build"]}'
emit feature.started -d '{"name":"password hashing","attempt":2}' --agent coder
emit agent.tool.started --agent coder --correlation call-2 -d '{"tool":"bash","command":"make test LIBS=-largon2"}'
emit agent.tool.completed --agent coder --correlation call-2 -d '{"tool":"bash","exit_code":0,"duration_ms":8140}'
emit feature.completed -d '{"name":"password hashing","tests_passing":true}' --agent coder
emit agent.message.completed --agent coder --correlation ask-1 \
    -d '{"from_agent":"coder","result":"hashing is in, 14 tests pass","success":true}'

chapter 'Several events at once are all stored, or none'
printf '%s\n' \
    '{"workflow_id":"add-login","event_type":"feature.started","agent_id":"coder","data":{"name":"login form"}}' \
    '{"workflow_id":"add-login","event_type":"feature.completed","agent_id":"coder","data":{"name":"login form","tests_passing":true}}' \
    '{"workflow_id":"add-login","event_type":"workflow.completed","data":{"cost_usd":0.42}}' \
    '{"workflow_id":"fix-typo","event_type":"workflow.started","data":{"description":"README"}}' >batch.jsonl
show cat batch.jsonl
printf '%s$ jc emit --batch < batch.jsonl%s\n' "$bold" "$plain"
jc emit --batch <batch.jsonl

chapter 'What breaks a rule is refused, and nothing of it is stored'
printf "%s\$ jc emit add-login feature.completed -d '{\"name\":\" \"}'%s\n" "$bold" "$plain"
if jc emit add-login feature.completed -d '{"name":" "}' 2>&1; then
    echo 'demo: the blank name was accepted' >&2
    exit 1
else
    echo "(exit $?)"
fi

chapter '3. What happened, in order'
show jc log add-login
show jc log --type 'agent.tool.*' --correlation call-1 --json

chapter '4. Where it stands, and where it stood: nothing of this is stored, it is folded from the events'
show jc status add-login
show jc state add-login --at 10 --json
show jc workflows
show jc diff add-login 10 15
show jc timings add-login
show jc trace call-1

chapter 'Agents leave notes and write to each other; any word is found'
show jc note add 'the login form has no rate limit' -t warning -a reviewer -w add-login --tags security
show jc note context -w add-login
show jc message send coder 'please add a rate limit' -a reviewer -w add-login --priority high --awaiting
show jc message inbox -w add-login
show jc search 'argon*'

chapter '5. The mirror: plain lines for tail, grep and jq'
show tail -n 2 agents/add-login/events.jsonl

chapter '6. Nothing was changed since'
show jc verify
show jc head

chapter '7. Live: one process watches while another appends'
printf '%s$ jc log fix-typo -f &%s\n' "$bold" "$plain"
jc log fix-typo -f >live.txt &
follower=$!

# Wait until FILE holds TEXT, at most five seconds.
wait_for() {
    tries=0
    until grep -q "$1" "$2"; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || return 1
        sleep 0.05
    done
}

wait_for workflow.started live.txt
show jc emit fix-typo agent.note.observation --agent reviewer \
    -d '{"title":"seen live","content":"this line was appended by another process"}'
wait_for agent.note.observation live.txt || {
    echo 'demo: the live view did not show the event' >&2
    exit 1
}
kill "$follower"
wait "$follower" 2>/dev/null || true
follower=
echo '… and the watching process printed:'
cat live.txt

chapter 'Where things are'
cat <<END
  the program         $jc
  this project        $demo
  the log (truth)     $demo/.jc/events.db      try: sqlite3 $demo/.jc/events.db 'SELECT * FROM events'
  the mirrors         $demo/agents/*/events.jsonl
  go on with          cd $demo && $jc log -n 5
  look at it          cd $demo && $jc dashboard
END
