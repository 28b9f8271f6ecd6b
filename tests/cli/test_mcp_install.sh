#!/bin/sh
# jc mcp install, jc mcp uninstall: the project's .mcp.json, changed with care.
. "$(dirname "$0")/lib.sh"

settle_in() {
    mkdir "$T/bin"
    ln -s "$JC_PROGRAM" "$T/bin/jc"
    PATH=$T/bin:$PATH
}

test_install_makes_the_file_and_uninstall_removes_it() {
    settle_in
    run mcp install
    succeeds
    out_has "$PWD/.mcp.json (new):"
    out_has "runs: jc mcp (found by the PATH)"
    out_has "1 server added"
    cat >"$T/wanted" <<'END'
{
  "mcpServers": {
    "jc": {"type": "stdio", "command": "jc", "args": ["mcp"]}
  }
}
END
    cmp "$T/wanted" .mcp.json
    run mcp install
    succeeds
    prints "nothing to change: $PWD/.mcp.json is up to date"
    run mcp uninstall
    succeeds
    [ ! -e .mcp.json ] || complain "the file is still there"
}

test_a_workflow_and_an_agent_become_variables() {
    settle_in
    run mcp install -w fix-login --agent coder
    succeeds
    grep -qF '"args": ["mcp"], "env": {"JC_WORKFLOW": "fix-login", "JC_AGENT": "coder"}}' .mcp.json
    run mcp install --workflow other
    succeeds
    out_has "1 server brought up to date"
    grep -qF '"env": {"JC_WORKFLOW": "other", "JC_AGENT": "coder"}}' .mcp.json
}

test_names_that_the_server_could_not_use_are_refused() {
    settle_in
    run mcp install -w ../x
    refused 2 "--workflow: "
    run mcp install -a ''
    refused 2 "--agent is empty"
    [ ! -e .mcp.json ] || complain "something was written"
}

test_uninstall_gives_back_the_bytes_of_before() {
    settle_in
    printf '{ "mcpServers" : {"db":{"command":"db-server" }}}' >.mcp.json
    cp .mcp.json "$T/before"
    run mcp install
    succeeds
    grep -qF '"db":{"command":"db-server" }' .mcp.json
    run mcp uninstall
    succeeds
    cmp "$T/before" .mcp.json
}

test_another_server_called_jc_is_not_touched() {
    settle_in
    printf '{"mcpServers":{"jc":{"command":"node","args":["mcp"]}}}' >.mcp.json
    cp .mcp.json "$T/before"
    for command in install uninstall; do
        run mcp $command
        refused 3 "runs something else"
        cmp "$T/before" .mcp.json
    done
}

test_a_dry_run_writes_nothing() {
    settle_in
    run mcp install --dry-run
    succeeds
    out_has "  + jc"
    [ ! -e .mcp.json ] || complain "something was written"
}

test_json_says_what_changed() {
    settle_in
    run mcp install --json
    succeeds
    prints "{\"file\":\"$PWD/.mcp.json\",\"command\":\"jc mcp\",\"changed\":true,\"added\":[\"jc\"],\"updated\":[],\"removed\":[],\"file_removed\":false}"
}

test_without_a_project_it_says_how_to_begin() {
    mkdir "$T/elsewhere"
    cd "$T/elsewhere"
    run mcp install
    refused 4 "jc init"
}

test_a_path_of_this_machine_is_warned_of() {
    PATH=/usr/bin:/bin run mcp install
    exits 0
    err_has "is a path of this machine"
    grep -qF "\"command\": \"$JC_PROGRAM\"" .mcp.json
}

run_tests
