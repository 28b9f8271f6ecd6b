#!/bin/sh
# The official clients of the Model Context Protocol against jc mcp (TAP): run.sh PROGRAM
#
# The clients come from npm, in the versions of package-lock.json; `tools/packages.sh clients` puts them into
# build-npm/mcp/. Without node, or without them, everything is skipped with a word.
set -u
program=$1
cd "$(dirname "$0")/../.."
folder=build-npm/mcp

skip() {
    echo "ok 1 - the official clients of MCP # SKIP $*"
    echo "1..1"
    exit 0
}

command -v node >/dev/null 2>&1 || skip "there is no node"
major=$(node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 18 ] || skip "node $major is older than 18"
cmp -s tests/mcp/package-lock.json "$folder/installed" ||
    skip "the packages are not there: tools/packages.sh clients"

# Modules find packages beside themselves.
cp tests/mcp/*.mjs "$folder/"
unset JC_DIR JC_WORKFLOW JC_AGENT CLAUDE_CODE_SESSION_ID
JC_PROGRAM=$program node --test-reporter=tap "$folder/clients_test.mjs"
