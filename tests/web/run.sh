#!/bin/sh
# The dashboard's page (TAP): run.sh modules, or run.sh PROGRAM [NAME]
#
# Its modules by themselves (unit/), or the whole page in a headless Chromium, served by the program (e2e/; NAME:
# only e2e/NAME.test.mjs). What drives the browser comes from npm, in the version of
# package-lock.json; `tools/packages.sh browser` puts it into build-npm/web/. Without node, or a browser,
# the rest is skipped with a word. Pictures go to the folder $JC_PICTURES, if it is set.
set -u
program=$1
only=${2:-}
cd "$(dirname "$0")/../.."
folder=build-npm/web

skip() {
    echo "ok 1 - $1 # SKIP $2"
    echo "1..1"
    exit 0
}

# Two files at a time, each of which has five minutes. What measures how long the page takes counts time of a
# processor, so that others do not disturb it.
claims() {
    exec node --test --test-concurrency=2 --test-reporter=tap --test-timeout=300000 "$@"
}

command -v node >/dev/null 2>&1 || skip "the page" "there is no node"
major=$(node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 18 ] || skip "the page" "node $major is older than 18"
[ "$program" != modules ] || claims tests/web/unit/*.test.js

browser=
for name in chromium chromium-browser google-chrome; do
    [ -n "$browser" ] || browser=$(command -v $name 2>/dev/null) || browser=
done
[ -n "$browser" ] || skip "the page in a browser" "there is no Chromium"
cmp -s tests/web/package-lock.json "$folder/installed" ||
    skip "the page in a browser" "what drives it is not there: tools/packages.sh browser"
unset JC_DIR JC_WORKFLOW JC_AGENT CLAUDE_CODE_SESSION_ID
JC_PROGRAM=$program
JC_BROWSER=$browser
JC_DRIVER=$(pwd)/$folder/node_modules/playwright-core/index.mjs
export JC_PROGRAM JC_BROWSER JC_DRIVER
claims tests/web/e2e/${only:-*}.test.mjs
