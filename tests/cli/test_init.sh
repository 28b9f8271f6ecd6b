#!/bin/sh
# jc init
. "$(dirname "$0")/lib.sh"

test_init_makes_a_project_and_says_so() {
    mkdir "$T/fresh"
    cd "$T/fresh"
    run init
    succeeds
    out_has ".jc/events.db"
    [ -f .jc/events.db ]
}

test_init_again_is_harmless() {
    jc emit w a.happened >/dev/null
    run init
    succeeds
    out_has "nothing was changed"
    stored 1
}

test_init_makes_a_project_in_a_folder_that_is_named() {
    mkdir "$T/named"
    run init "$T/named"
    succeeds
    [ -f "$T/named/.jc/events.db" ]
    mkdir "$T/named/inner"
    run -C "$T/named" init inner
    succeeds
    [ -f "$T/named/inner/.jc/events.db" ]
}

test_init_works_inside_another_project() {
    mkdir inner
    cd inner
    jc init >/dev/null
    jc emit w a.happened >/dev/null
    cd ..
    stored 0
}

test_init_refuses_a_folder_that_does_not_exist() {
    run init nowhere
    refused 4 "nowhere"
}

test_init_refuses_a_file() {
    echo x >file
    run init file
    exits 1
    err_has "jc init: "
}

test_init_adds_to_gitignore_once() {
    command -v git >/dev/null || skip "there is no git"
    mkdir "$T/work"
    cd "$T/work"
    git init -q .
    echo "*.o" >.gitignore
    run init
    succeeds
    out_has ".gitignore"
    run init
    grep -q '^\*\.o$' .gitignore
    equal "$(grep -c '^\.jc/$' .gitignore)" 1
    jc emit w a.happened >/dev/null
    equal "$(git status --porcelain)" "?? .gitignore"
}

test_the_log_is_for_its_owner_only() {
    umask 022
    mkdir "$T/private"
    jc init "$T/private" >/dev/null
    jc -C "$T/private" emit w a.happened >/dev/null
    equal "$(stat -c %a "$T/private/.jc")" 700
    equal "$(stat -c %a "$T/private/.jc/events.db")" 600
}

test_init_prints_json() {
    run init --json
    succeeds
    out_has '"made":false}'
}

test_init_refuses_to_call_a_log_what_is_none() {
    printf 'not a database, but long enough to look at' >.jc/events.db
    run init
    exits 5
    err_has "events.db"
    out_lacks "is there already"
}

test_init_tells_of_the_mirrors_of_a_lost_log() {
    jc emit w a.happened >/dev/null
    jc emit v a.happened >/dev/null
    rm -r .jc
    run init
    exits 0
    err_has "the events of 2 workflows already: 'jc rebuild --from-mirror'"
    jc rebuild --from-mirror >/dev/null
    stored 2
}

run_tests
