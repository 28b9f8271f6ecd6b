#!/bin/sh
# What every command has in common: finding the project, options, help, versions, output.
. "$(dirname "$0")/lib.sh"

commands='init emit log show workflows status state diff dashboard timings trace search types export import verify head mirror rebuild backup restore doctor
completion version help'
groups='note message hook mcp'
acting='hook mcp' # of them: those that do something by their names alone

# The commands that run, one a line: the others, and those of each group ("note add").
running_commands() {
    for command in $commands $acting; do
        echo "$command"
    done
    for group in $groups; do
        jc "$group" -h | sed -n "/^Commands:/,/^\$/s/^  \([a-z]*\) .*/$group \1/p"
    done
}

test_without_a_command_it_says_where_to_look() {
    run
    refused 2 "jc help"
}

test_an_unknown_command_is_bad_usage() {
    run frobnicate
    refused 2 "unknown command 'frobnicate'"
}

test_help_lists_every_command() {
    run help
    succeeds
    for command in $commands $groups; do
        grep -q "^  $command " "$T/out" || complain "missing: $command"
    done
}

test_every_command_explains_itself_with_examples() {
    running_commands | while read -r command; do
        run $command -h
        succeeds
        out_has "Usage:"
        out_has "Examples:"
        out_has "--json"
        cp "$T/out" "$T/first"
        run $command --help
        cmp "$T/out" "$T/first"
        run help $command
        cmp "$T/out" "$T/first"
    done
}

test_every_group_lists_its_commands_and_knows_no_others() {
    for group in $groups; do
        [ "$(running_commands | grep -c "^$group ")" -gt 1 ] || complain "no commands in $group"
        run "$group" -h
        succeeds
        out_has "Examples:"
        cp "$T/out" "$T/first"
        run help "$group"
        cmp "$T/out" "$T/first"
        [ "$group" != hook ] || continue # which must not fail: test_hook.sh
        run "$group" frobnicate
        refused 2 "unknown command 'frobnicate'"
        case " $acting " in *" $group "*) continue ;; esac
        run "$group"
        refused 2 "jc $group -h"
    done
}

test_help_needs_no_project() {
    cd "$T"
    mkdir empty
    cd empty
    run log -h
    succeeds
}

# jc hook must not fail, whatever an agent's settings make of it.
test_every_command_refuses_an_unknown_option() {
    running_commands | grep -v '^hook$' | while read -r command; do
        run $command --frobnicate
        refused 2 "unknown option '--frobnicate'"
        err_has "jc $command: "
    done
}

test_an_option_without_its_value_is_bad_usage() {
    run emit w a.b --agent
    refused 2 "--agent needs a value"
    run log -n
    refused 2 "-n needs a value"
}

test_a_flag_takes_no_value() {
    run log --reverse=yes
    refused 2 "no value is taken by '--reverse'"
}

test_a_number_must_be_one() {
    for value in x -1 1.5 '' 99999999999999999999; do
        run log -n "$value"
        refused 2 "is not a number"
    done
}

test_values_may_stand_with_their_option() {
    jc emit w a.happened --agent=coder -d'{"n":1}' >"$T/out"
    run log w -n1 --json
    succeeds
    out_has '"agent_id":"coder","data":{"n":1}'
}

test_two_hyphens_end_the_options() {
    run show -- --json
    refused 2 "'--json' is not the beginning of an id"
}

test_too_many_words_are_bad_usage() {
    run show 0000 1111
    refused 2 "one argument too many '1111'"
    run workflows x
    refused 2 "one argument too many 'x'"
}

test_outside_of_a_project_every_command_says_how_to_begin() {
    mkdir "$T/elsewhere"
    cd "$T/elsewhere"
    for command in "emit w a.b" log "show 1234" workflows export "import -" verify head mirror \
        "rebuild --from-mirror" "backup x" "restore x" doctor "note add x" "note list"; do
        run $command </dev/null
        refused 4 "jc init"
    done
}

test_a_folder_that_is_no_project_is_not_found() {
    mkdir "$T/elsewhere"
    run -C "$T/elsewhere" log
    refused 4 "jc init"
    run -C "$T/nowhere" log
    refused 4 "jc init"
}

test_the_project_is_found_upwards() {
    mkdir -p a/b
    cd a/b
    run emit w a.happened
    succeeds
    cd ../..
    stored 1
}

test_C_beats_JC_DIR_beats_the_folder_upwards() {
    jc init "$(mkdir "$T/one" && echo "$T/one")" >/dev/null
    jc init "$(mkdir "$T/two" && echo "$T/two")" >/dev/null
    export JC_DIR="$T/one"
    jc emit from-variable a.happened >/dev/null
    jc -C "$T/two" emit from-option a.happened >/dev/null
    jc emit also-from-option a.happened -C "$T/two" >/dev/null
    unset JC_DIR
    equal "$(jc -C "$T/one" workflows --json | wc -l)" 1
    equal "$(jc -C "$T/two" workflows --json | wc -l)" 2
    equal "$(jc workflows --json | wc -l)" 0
}

test_a_linked_worktree_uses_the_project_of_the_main_one() {
    command -v git >/dev/null || skip "there is no git"
    git init -q .
    git -c user.name=t -c user.email=t@example.org commit -q --allow-empty -m first
    git worktree add -q "$T/linked" 2>/dev/null
    (cd "$T/linked" && jc emit from-worktree a.happened >/dev/null)
    run log
    out_has from-worktree
}

test_version_names_the_libraries() {
    run version
    succeeds
    out_has "jc 0."
    out_has "SQLite"
    run --version
    out_has "jc 0."
    run version --json
    out_has '{"version":"0.'
}

test_completions_are_good_shell_and_know_every_command() {
    for shell in bash zsh fish; do
        run completion "$shell"
        succeeds
        for command in $commands $groups; do
            out_has "$command"
        done
        out_has "correlation"
        if command -v "$shell" >/dev/null; then
            "$shell" -n "$T/out"
        fi
    done
    run completion tcsh
    refused 2 "bash, zsh and fish"
}

test_bash_completes_commands_options_and_workflows() {
    command -v bash >/dev/null || skip "there is no bash"
    jc emit fix-login a.happened >/dev/null
    jc completion bash >"$T/jc.bash"
    mkdir "$T/bin"
    ln -s "$JC_PROGRAM" "$T/bin/jc"
    complete_line() {
        PATH=$T/bin:$PATH bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _jc
            printf "%s\n" "${COMPREPLY[@]}"' complete "$T/jc.bash" "$@" >"$T/out"
    }
    complete_line jc ver
    prints "verify
version"
    complete_line jc log --gr
    prints "--grep"
    complete_line jc log fix
    prints "fix-login"
    complete_line jc emit w feature.comp
    prints "feature.completed
feature.completion_reverted"
}

test_a_workflow_that_is_not_there_is_answered_alike_everywhere() {
    jc emit w workflow.started >/dev/null
    for command in "log x" "export x" "verify x" "head x" "search a -w x" "state x" "diff x -1" \
        "diff --workflows w x" "diff --workflows x w" "status x" "timings x" "note list -w x" \
        "note search a -w x" "note summary -w x" "note context -w x" "message inbox -w x" \
        "message outbox -w x" "message ack 1 -a a -w x" "message complete 1 -a a -w x" \
        "message thread 1 -w x" "message send b c -a a -w x --reply-to 1"; do
        run $command
        refused 4 "there is no workflow 'x': 'jc workflows' lists them"
    done
}

test_a_closed_pipe_ends_quietly() {
    seq 1 3000 | sed 's/.*/{"workflow_id":"w","event_type":"a.happened","data":{"n":&}}/' | jc emit --batch >/dev/null
    for command in "log" "log --json" "export"; do
        { jc $command 2>"$T/err"; echo $? >"$T/code"; } | head -n 1 >"$T/out"
        equal "$(cat "$T/code")" 0
        [ ! -s "$T/err" ] || complain "expected nothing on stderr from $command"
    done
}

test_an_output_that_cannot_be_written_is_a_failure() {
    [ -e /dev/full ] || skip "there is no /dev/full"
    jc emit w a.happened >/dev/null
    status=0
    jc export >/dev/full 2>"$T/err" || status=$?
    exits 1
    err_has "jc export: cannot write the output"
}

test_what_is_stored_counts_although_the_output_fails() {
    [ -e /dev/full ] || skip "there is no /dev/full"
    status=0
    jc emit w a.happened >/dev/full 2>"$T/err" || status=$?
    exits 0
    err_has "jc emit: warning: done and stored"
    stored 1
}

test_closed_standard_streams_do_not_end_up_in_the_log() {
    jc emit w a.happened >&- 2>&- <&- || true
    jc emit w a.happened >/dev/null
    equal "$(jc export | wc -l)" 2
    jc verify
    jc export | cmp - agents/w/events.jsonl
}

test_the_manual_page_has_every_command_and_option() {
    page=$JC_SOURCE/docs/jc.1
    running_commands | while read -r command; do
        grep -q "jc $command" "$page" || complain "missing in the manual page: $command"
        jc $command -h | sed -n '/^Options:/,/^Examples:/s/.* --\([a-z-]*\).*/\1/p' | while read -r option; do
            sed 's/\\-/-/g' "$page" | grep -q -- "--$option" || complain "missing in the manual page: --$option"
        done
    done
}

test_common_options_may_stand_before_the_command() {
    run -C . -v --json log --since '1h ago'
    exits 0
    err_has "jc log: --since '1h ago' is "
}

run_tests
