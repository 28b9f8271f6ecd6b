#!/bin/sh
# A real coding agent through a whole session, offline, recorded by jc (TAP): run.sh PROGRAM
#
# The agent is Claude Code from npm (`tools/packages.sh agent`, some 245 MB), or $JC_AGENT_CLIENT. It thinks
# that it talks to its model; model.mjs answers what script.mjs says. Hooks and MCP server are
# installed as a user would do it. check.mjs then looks at what is in the log, at once and after an import
# of the transcripts. With $JC_AGENT_KEEP the folder stays.
set -eu
program=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
packages=$here/../../build-npm/agent/node_modules/@anthropic-ai

fail() {
    echo "Bail out! $*"
    exit 1
}

# The binary of this machine's kind lies in a package of its own beside the one that names it.
find_client() {
    [ -z "${JC_AGENT_CLIENT:-}" ] || { echo "$JC_AGENT_CLIENT"; return; }
    for client in "$packages"/claude-code-*/claude; do
        ! "$client" --version >/dev/null 2>&1 || { echo "$client"; return; }
    done
}

clean_up() {
    [ -z "$model" ] || kill "$model" 2>/dev/null || true
    if [ -n "${JC_AGENT_KEEP:-}" ]; then
        echo "# kept: $folder"
    else
        rm -rf "$folder"
    fi
}

# A command in the project, with nothing of the caller's environment: an agent may run inside another.
inside() {
    (
        cd "$folder/project"
        env -i PATH="$folder/bin:$PATH" HOME="$folder/home" TMPDIR="$folder/tmp" LC_ALL=C.UTF-8 "$@"
    )
}

start_model() {
    JC_AGENT_PROJECT=$folder/project node "$here/model.mjs" "$folder" >"$folder/model.log" 2>&1 &
    model=$!
    tries=0
    until [ -s "$folder/port" ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 200 ] || fail "the stand-in for the model did not start: $(cat "$folder/model.log")"
        sleep 0.05
    done
}

# People are asked whether they trust a project's MCP servers; here that is said beforehand.
set_up() {
    mkdir -p "$folder/home/.claude" "$folder/project" "$folder/bin" "$folder/tmp"
    ln -s "$program" "$folder/bin/jc"
    echo '{"enableAllProjectMcpServers":true}' >"$folder/home/.claude/settings.json"
    inside jc init
    inside jc hook install --yes
    inside jc mcp install --yes
}

run_agent() {
    inside ANTHROPIC_BASE_URL="http://127.0.0.1:$(cat "$folder/port")" ANTHROPIC_API_KEY=none \
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 DISABLE_TELEMETRY=1 DISABLE_AUTOUPDATER=1 \
        timeout 120 "$client" -p 'Please greet' --permission-mode acceptEdits \
        --allowedTools 'Bash Write Edit Read Task Agent mcp__jc__take_note' \
        --output-format stream-json --include-hook-events --verbose \
        </dev/null >"$folder/stream.jsonl" 2>"$folder/agent.log" ||
        fail "the agent ended with $?: $(cat "$folder/agent.log") $(tail -n 1 "$folder/stream.jsonl")"
}

command -v node >/dev/null 2>&1 || fail "there is no node"
client=$(find_client)
[ -n "$client" ] || fail "there is no agent: tools/packages.sh agent, or name one in \$JC_AGENT_CLIENT"
folder=$(mktemp -d)
model=
trap clean_up EXIT
trap 'exit 130' INT TERM

set_up >"$folder/set-up.log" 2>&1 || fail "$(cat "$folder/set-up.log")"
start_model
run_agent
inside jc export >"$folder/live.jsonl"
inside jc import --all >"$folder/import.log" 2>&1 || fail "jc import --all: $(cat "$folder/import.log")"
inside jc export >"$folder/imported.jsonl"
inside jc import --all >>"$folder/import.log" 2>&1 || fail "jc import --all again: $(cat "$folder/import.log")"
inside jc export >"$folder/again.jsonl"
JC_PROGRAM=$program node --test-reporter=tap "$here/check.mjs" "$folder"
