#!/bin/sh
# jc hook install, jc hook uninstall: an agent's settings, changed with care.
. "$(dirname "$0")/lib.sh"

export HOME="$PWD/no-home"
unset CLAUDE_CONFIG_DIR

# A home of the test's own, and a PATH in which jc is this program.
settle_in() {
    HOME=$T/home
    export HOME
    mkdir "$HOME" "$T/bin"
    ln -s "$JC_PROGRAM" "$T/bin/jc"
    PATH=$T/bin:$PATH
}

# Settings of somebody, in .claude/settings.json; a copy is kept.
write_settings() {
    mkdir -p .claude
    printf '%s' "$1" >.claude/settings.json
    cp .claude/settings.json "$T/before"
}

unchanged() {
    cmp "$T/before" .claude/settings.json
}

test_install_makes_the_file_and_uninstall_removes_it() {
    settle_in
    run hook install
    succeeds
    out_has "$PWD/.claude/settings.json (new):"
    out_has "  + Setup, SessionStart,"
    out_has "runs: jc hook (found by the PATH)"
    out_has "31 hooks added"
    equal "$(grep -c '"command": "jc hook"' .claude/settings.json)" 31
    run hook uninstall
    succeeds
    out_has "31 hooks removed"
    [ ! -e .claude ] || complain "the folder is still there"
}

test_uninstall_gives_back_the_bytes_of_before() {
    settle_in
    write_settings '{
    "permissions": {"allow": ["Bash(ls)"], "x": 1.50},
    "hooks": {
        "Stop": [
            {"hooks": [{"type": "command", "command": "say done"}]}
        ],
        "PreToolUse": []
    }
}'
    run hook install
    succeeds
    out_lacks "(new)"
    grep -q 'say done' .claude/settings.json
    run hook uninstall
    succeeds
    unchanged
}

test_a_second_install_has_nothing_to_change() {
    settle_in
    jc hook install >/dev/null
    cp .claude/settings.json "$T/before"
    run hook install
    succeeds
    prints "nothing to change: $PWD/.claude/settings.json is up to date"
    unchanged
}

test_a_dry_run_shows_and_writes_nothing() {
    settle_in
    run hook install --dry-run
    succeeds
    out_has "  + Setup"
    out_has "nothing was written: this is a dry run"
    [ ! -e .claude ] || complain "something was written"
    jc hook install >/dev/null
    cp .claude/settings.json "$T/before"
    run hook uninstall -n
    succeeds
    out_has "  - Setup"
    unchanged
}

test_json_says_what_changed() {
    settle_in
    run hook install --json
    succeeds
    out_lines 1
    out_has "{\"file\":\"$PWD/.claude/settings.json\",\"command\":\"jc hook\",\"changed\":true,\"added\":[\"Setup\","
    out_has '"updated":[],"removed":[],"file_removed":false}'
    run hook install --json
    out_has '"changed":false,"added":[],"updated":[],"removed":[],'
    run hook uninstall --json --dry-run
    out_has '"changed":false,"added":[],"updated":[],"removed":["Setup",'
    run hook uninstall --json
    out_has '"file_removed":true}'
}

test_an_older_install_is_brought_up_to_date() {
    settle_in
    write_settings '{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "/old/jc hook"}]}]}}'
    run hook install
    succeeds
    out_has "  ~ Stop"
    out_has "30 hooks added, 1 hook brought up to date"
    if grep -q /old/jc .claude/settings.json; then complain "the old path is there"; fi
}

test_a_program_that_the_path_does_not_find_is_run_by_its_path() {
    HOME=$T/home
    mkdir -p "$T/my programs" "$T/home"
    cp "$JC_PROGRAM" "$T/my programs/jc"
    PATH=/usr/bin:/bin "$T/my programs/jc" hook install >"$T/out" 2>"$T/err"
    out_has "runs: '$T/my programs/jc' hook (by its path, for the PATH finds "
    err_has "is a path of this machine"
    grep -qF "\"command\": \"'$T/my programs/jc' hook\"" .claude/settings.json
    run hook uninstall
    succeeds
    [ ! -e .claude ] || complain "the quoted path was not recognised"
}

test_another_jc_in_the_path_is_not_taken_for_this_one() {
    settle_in
    mkdir "$T/other"
    printf '#!/bin/sh\n' >"$T/other/jc"
    chmod +x "$T/other/jc"
    PATH=$T/other:$PATH run hook install -n
    out_has "for the PATH finds another jc first: $T/other/jc"
}

test_a_given_program_is_taken_when_it_can_be_found_again() {
    settle_in
    run hook install --program ../bin/jc -n
    exits 0
    out_has "runs: $PWD/../bin/jc hook (as --program says)"
    run hook install --program jc -n
    succeeds
    out_has "runs: jc hook (as --program says)"
    run hook install --program "$T/bin/other"
    refused 2 "is not called jc"
    run hook install --program "$T/nowhere/jc"
    refused 4 "cannot be run"
}

test_user_settings_need_no_project() {
    settle_in
    mkdir "$T/elsewhere"
    cd "$T/elsewhere"
    run hook install --user
    succeeds
    grep -q '"jc hook"' "$HOME/.claude/settings.json"
    CLAUDE_CONFIG_DIR=$T/config run hook install --user
    succeeds
    grep -q '"jc hook"' "$T/config/settings.json"
    run hook uninstall --user
    succeeds
    [ ! -e "$HOME/.claude/settings.json" ] || complain "the user's file is still there"
    grep -q '"jc hook"' "$T/config/settings.json"
}

test_local_settings_are_a_file_of_their_own() {
    settle_in
    run hook install --local
    succeeds
    [ -e .claude/settings.local.json ] || complain "there is no local file"
    [ ! -e .claude/settings.json ] || complain "the shared file was written"
    run hook uninstall --local
    succeeds
    run hook install --local --user
    refused 2 "give one of them"
}

test_without_a_project_it_says_how_to_begin() {
    settle_in
    mkdir "$T/elsewhere"
    cd "$T/elsewhere"
    run hook install
    refused 4 "jc init"
    run -C "$T/elsewhere" hook install
    refused 4 "jc init"
    [ ! -e .claude ] || complain "something was written"
}

test_hooks_can_be_taken_out_where_the_project_is_gone() {
    settle_in
    jc hook install >/dev/null
    rm -rf .jc
    run hook uninstall
    succeeds
    [ ! -e .claude ] || complain "the hooks are still there"
}

test_uninstall_without_hooks_has_nothing_to_do() {
    settle_in
    run hook uninstall
    succeeds
    prints "nothing to change: $PWD/.claude/settings.json is not there"
    write_settings '{"a": 1}'
    run hook uninstall
    succeeds
    prints "nothing to change: $PWD/.claude/settings.json has no hook of jc"
    unchanged
}

test_what_is_not_understood_is_refused_and_left_alone() {
    settle_in
    for text in '{"a": 1, // why
}' '{"hooks": []}' '{"hooks": {"Stop": "x"}}' '[]' '{"a": 1'; do
        write_settings "$text"
        run hook install
        refused 2 "$PWD/.claude/settings.json: "
        err_has "nothing was changed"
        unchanged
    done
}

test_a_symbolic_link_stays_one_and_the_mode_is_kept() {
    settle_in
    mkdir .claude "$T/dotfiles"
    printf '{"a": 1}\n' >"$T/dotfiles/claude.json"
    chmod 640 "$T/dotfiles/claude.json"
    ln -s "$T/dotfiles/claude.json" .claude/settings.json
    run hook install
    succeeds
    [ -L .claude/settings.json ] || complain "the link was replaced"
    grep -q '"jc hook"' "$T/dotfiles/claude.json"
    equal "$(ls -l "$T/dotfiles/claude.json" | cut -c1-10)" "-rw-r-----"
    run hook uninstall
    equal "$(cat "$T/dotfiles/claude.json")" '{"a": 1}'
    equal "$(ls -A "$T/dotfiles")" "claude.json"
}

test_a_link_that_leads_nowhere_is_refused() {
    settle_in
    mkdir .claude
    ln -s "$T/gone.json" .claude/settings.json
    run hook install
    refused 2 "leads nowhere"
}

test_a_file_that_may_not_be_written_is_left_alone() {
    [ "$(id -u)" -ne 0 ] || skip "root may write everything"
    settle_in
    write_settings '{"a": 1}'
    chmod 400 .claude/settings.json
    run hook install
    exits 1
    unchanged
}

test_settings_that_switch_hooks_off_are_told() {
    settle_in
    write_settings '{"disableAllHooks": true}'
    run hook install
    exits 0
    err_has "jc hook install: warning: $PWD/.claude/settings.json has \"disableAllHooks\": true"
}

# ask ANSWER COMMAND...: run jc on a terminal; when it has asked, do what $meanwhile says, then answer.
ask() {
    command -v script >/dev/null || skip "there is no script program"
    answer=$1
    shift
    mkfifo "$T/keys"
    TERM=xterm script -qec "'$JC_PROGRAM' $*; echo \"code \$?\"" /dev/null <"$T/keys" >"$T/out" 2>&1 &
    exec 3>"$T/keys"
    eventually grep -q 'write it? \[y/N\]' "$T/out"
    ${meanwhile-true}
    printf '%s\n' "$answer" >&3
    wait $!
    exec 3>&-
    rm "$T/keys"
}

test_on_a_terminal_it_asks_and_takes_no_for_an_answer() {
    settle_in
    ask n hook install
    out_has "+ Setup"
    out_has "nothing was changed"
    out_has "code 1"
    [ ! -e .claude ] || complain "something was written"
    ask y hook install
    out_has "31 hooks added"
    out_has "code 0"
}

test_with_yes_it_does_not_ask() {
    settle_in
    terminal hook install --yes >"$T/out"
    out_lacks "write it?"
    out_has "31 hooks added"
}

test_a_file_that_was_changed_meanwhile_is_left_alone() {
    settle_in
    write_settings '{"a": 1}'
    edit() { write_settings '{"a": 2}'; }
    meanwhile=edit ask y hook install
    out_has "was changed by somebody else meanwhile"
    out_has "code 3"
    unchanged
    equal "$(ls -A .claude)" "settings.json"
}

test_a_file_that_was_made_meanwhile_is_left_alone() {
    settle_in
    edit() { write_settings '{"a": 2}'; }
    meanwhile=edit ask y hook install
    out_has "code 3"
    unchanged
    equal "$(ls -A .claude)" "settings.json"
}

run_tests
