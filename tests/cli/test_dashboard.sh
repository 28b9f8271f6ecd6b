#!/bin/sh
# jc dashboard: the server as a whole program, from its start to its end.
. "$(dirname "$0")/lib.sh"

unset DISPLAY WAYLAND_DISPLAY
server=

# start ARGUMENT...: a dashboard at a free port. Its address is in $url, its port in $port.
start() {
    command -v python3 >/dev/null || skip "there is no python3"
    : >"$T/served"
    "$JC_PROGRAM" dashboard -p 0 "$@" >"$T/served" 2>"$T/said" &
    server=$!
    trap 'kill "$server" 2>/dev/null || true' EXIT
    eventually test -s "$T/served"
    url=$(head -n 1 "$T/served")
    port=$(echo "$url" | sed 's/^[^:]*:\/\/[^/]*:\([0-9]*\)\/.*/\1/')
}

# stop [SIGNAL]: end it, within a second; its exit code is in $status.
stop() {
    began=$(date +%s%N)
    kill "-${1:-TERM}" "$server"
    status=0
    wait "$server" || status=$?
    took=$((($(date +%s%N) - began) / 1000000))
    trap - EXIT
    server=
}

# ask LINE [HEADER...] [-- BODY]: the answer is in $T/out.
ask() {
    status=0
    python3 "$JC_SOURCE/tests/cli/http.py" "$port" "$@" >"$T/out" 2>"$T/err" || status=$?
    exits 0
}

answers() {
    [ "$(head -n 1 "$T/out")" = "$1" ] || complain "expected the status $1"
}

body() {
    sed '1,/^$/d' "$T/out"
}

test_it_prints_its_address_and_how_it_ends() {
    start
    equal "$url" "http://127.0.0.1:$port/"
    equal "$(cat "$T/said")" "jc dashboard: Ctrl-C ends it"
}

test_the_address_shows_a_workflow_that_is_named() {
    start -w fix-login
    equal "$url" "http://127.0.0.1:$port/?wf=fix-login"
    stop
    JC_WORKFLOW=other
    export JC_WORKFLOW
    start
    equal "$url" "http://127.0.0.1:$port/?wf=other"
}

test_as_json_the_address_is_one_line() {
    "$JC_PROGRAM" dashboard -p 0 --json >"$T/served" 2>"$T/said" &
    server=$!
    trap 'kill "$server" 2>/dev/null || true' EXIT
    eventually test -s "$T/served"
    grep -Eq '^\{"url":"http://127\.0\.0\.1:([0-9]+)/","port":\1\}$' "$T/served" || complain "$(cat "$T/served")"
    equal "$(wc -l <"$T/served" | tr -d ' ')" 1
    [ ! -s "$T/said" ] || complain "expected nothing on stderr"
}

test_page_and_api_are_there() {
    jc emit fix-login workflow.started >/dev/null
    start
    ask "GET /"
    answers 200
    out_has '<!doctype html>'
    ask "GET /api/workflows"
    answers 200
    out_has '"workflow_id":"fix-login"'
    ask "GET /healthz"
    answers 200
    out_has '"position":1'
}

test_every_file_of_the_page_is_in_the_program() {
    start
    (cd "$JC_SOURCE/web" && find . -type f ! -name package.json ! -name meson.build) | sed 's/^\.//' >"$T/files"
    [ -s "$T/files" ] || complain "web/ is empty"
    while read -r file; do
        ask "GET $file"
        answers 200
        body >"$T/body"
        cmp "$T/body" "$JC_SOURCE/web$file" || complain "$file: is it in web/meson.build?"
    done <"$T/files"
}

test_every_kind_of_file_says_what_it_is() {
    mkdir -p "$T/web/style"
    printf 'a\\"?"\n' >"$T/web/a.js"
    printf '\000\377\n\r\\101' >"$T/web/style/b.png"
    : >"$T/web/c.css"
    for file in d.svg e.woff2 index.html; do
        echo "$file" >"$T/web/$file"
    done
    sh "$JC_SOURCE/tools/embed_web.sh" "$T/web" a.js style/b.png c.css d.svg e.woff2 index.html >"$T/web.c"
    cat >"$T/main.c" <<'END'
#include "server/assets.h"
#include <stdio.h>
int main(void)
{
    for (const jc_asset *asset = jc_assets; asset->path != NULL; asset++) {
        FILE *file = fopen(asset->path + 1, "wb");
        if (file == NULL || fwrite(asset->bytes, 1, asset->size, file) != asset->size || fclose(file) != 0)
            return 1;
        printf("%s %s\n", asset->path, asset->content_type);
    }
    return 0;
}
END
    ${CC:-cc} -I"$JC_SOURCE/src" -I"$JC_SOURCE/include" -o "$T/main" "$T/main.c" "$T/web.c" || skip "there is no compiler"
    mkdir -p "$T/again/style"
    (cd "$T/again" && "$T/main") >"$T/out"
    diff -r "$T/web" "$T/again"
    prints '/a.js text/javascript; charset=utf-8
/style/b.png image/png
/c.css text/css; charset=utf-8
/d.svg image/svg+xml
/e.woff2 font/woff2
/index.html text/html; charset=utf-8'
}

test_a_file_of_no_known_kind_fails_the_build() {
    mkdir "$T/web"
    : >"$T/web/a.exe"
    status=0
    sh "$JC_SOURCE/tools/embed_web.sh" "$T/web" a.exe >"$T/out" 2>"$T/err" || status=$?
    exits 1
    err_has a.exe
}

test_a_page_elsewhere_is_refused() {
    start
    ask "GET /api/workflows" "Host: evil.example"
    answers 403
    out_has '{"error":{"code":"host"'
    ask "POST /api/notes" "Origin: http://evil.example" -- '{"workflow_id":"w","title":"t"}'
    answers 403
    out_has '{"error":{"code":"origin"'
    ask "POST /api/notes" "Content-Type: text/plain" -- '{"workflow_id":"w","title":"t"}'
    answers 415
    stored 0
}

test_an_address_that_others_reach_demands_a_token() {
    start --host 0.0.0.0 -w w
    token=$(echo "$url" | sed -n 's/.*?wf=w&token=\([A-Za-z0-9_-]\{43\}\)$/\1/p')
    [ -n "$token" ] || complain "no token: $url"
    ask "GET /api/workflows"
    answers 401
    ask "GET /api/workflows" "Authorization: Bearer $token"
    answers 200
    ask "GET /?wf=w&token=$token"
    answers 303
    out_has "location: /?wf=w"
    cookie=$(sed -n 's/^set-cookie: \([^;]*\);.*/\1/p' "$T/out")
    ask "GET /api/workflows" "Cookie: $cookie"
    answers 200
}

test_every_start_has_another_token() {
    start --host 0.0.0.0
    first=$url
    stop
    start --host 0.0.0.0
    [ "${first#*token=}" != "${url#*token=}" ] || complain "the same token: $url"
}

test_a_second_dashboard_of_the_project_shows_the_first() {
    start
    run dashboard -p "$port" -w w
    exits 0
    prints "http://127.0.0.1:$port/?wf=w"
    err_has "it runs already"
}

test_a_port_of_another_project_is_refused() {
    start
    mkdir "$T/elsewhere"
    jc init "$T/elsewhere" >/dev/null
    run -C "$T/elsewhere" dashboard -p "$port"
    refused 1 "port $port is in use by the dashboard of another project: take another, 'jc dashboard -p $((port + 1))'"
}

test_a_port_of_another_program_is_refused() {
    command -v python3 >/dev/null || skip "there is no python3"
    python3 -c '
import socket, sys, time
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
time.sleep(20)' >"$T/port" &
    server=$!
    trap 'kill "$server" 2>/dev/null || true' EXIT
    eventually test -s "$T/port"
    run dashboard -p "$(cat "$T/port")"
    refused 1 "is in use by another program"
}

test_signals_end_it_within_a_second() {
    for signal in TERM HUP; do
        start
        stop "$signal"
        equal "$status" 0
        [ "$took" -lt 1000 ] || complain "it took $took ms"
    done
}

# A shell's background processes ignore SIGINT.
test_ctrl_c_ends_it() {
    command -v python3 >/dev/null || skip "there is no python3"
    python3 -c '
import signal, subprocess, sys
server = subprocess.Popen([sys.argv[1], "dashboard", "-p", "0"], stdout=subprocess.PIPE,
                          preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
server.stdout.readline()
server.send_signal(signal.SIGINT)
sys.exit(server.wait(timeout=2))' "$JC_PROGRAM"
}

test_it_ends_with_streams_open_and_closes_the_log() {
    jc emit w a.happened >/dev/null
    start
    python3 -c '
import socket, sys
port = int(sys.argv[1])
clients = []
for _ in range(10):
    client = socket.create_connection(("127.0.0.1", port), timeout=10)
    client.sendall(b"GET /api/stream HTTP/1.1\r\nHost: localhost:%d\r\n\r\n" % port)
    got = b""
    while b"event: ready" not in got:
        got += client.recv(65536)
    clients.append(client)
print("open", flush=True)
for client in clients:
    while client.recv(65536):
        pass
print("closed", flush=True)' "$port" >"$T/clients" &
    clients=$!
    eventually grep -q open "$T/clients"
    stop
    equal "$status" 0
    [ "$took" -lt 1000 ] || complain "it took $took ms"
    wait "$clients"
    grep -q closed "$T/clients"
    [ ! -e .jc/events.db-wal ] || complain "the log was not closed"
}

hook() {
    ask "POST /hook" -- "{\"session_id\":\"s1\",\"hook_event_name\":\"$1\"}"
}

test_a_hook_may_be_posted() {
    start
    hook SessionStart
    answers 204
    equal "$(jc export | sed 's/.*"event_type":"\([^"]*\)".*/\1/')" session.started
}

spool_is_empty() {
    [ "$(waiting)" = 0 ]
}

test_what_waits_in_the_spool_is_taken_up() {
    hold_lock
    printf '{"hook_event_name":"SessionStart","session_id":"s1","cwd":"%s"}' "$PWD" | jc hook
    let_go
    equal "$(waiting)" 1
    start
    eventually spool_is_empty
    stored 1
}

test_a_mirror_that_is_behind_is_completed() {
    jc emit w a.happened >/dev/null
    jc emit w a.happened >/dev/null
    cp agents/w/events.jsonl "$T/whole"
    head -n 1 "$T/whole" >agents/w/events.jsonl
    start
    eventually cmp agents/w/events.jsonl "$T/whole"
}

test_a_log_that_is_restored_under_it_is_served() {
    jc emit first a.happened >/dev/null
    jc backup "$T/copy.db" >/dev/null
    jc emit second a.happened >/dev/null
    start
    ask "GET /api/workflows"
    out_has '"second"'
    jc restore "$T/copy.db" >/dev/null 2>&1
    ask "GET /api/workflows"
    answers 200
    out_has '"first"'
    out_lacks '"second"'
    ask "GET /healthz"
    out_has '"position":1'
}

test_a_log_that_cannot_be_written_is_read() {
    [ "$(id -u)" -ne 0 ] || skip "root may write everywhere"
    jc emit w a.happened >/dev/null
    chmod -R a-w .jc
    start
    ask "GET /api/workflows"
    answers 200
    out_has '"w"'
}

test_without_events_it_is_fine() {
    start
    ask "GET /api/workflows"
    answers 200
    out_has '"workflows":[]'
}

test_without_a_project_it_says_what_to_do() {
    cd "$T"
    run dashboard -p 0
    refused 4 "jc init"
}

test_bad_input_is_refused() {
    run dashboard -p 65536
    refused 2 "at most 65535"
    run dashboard -p x
    refused 2 "is not a number"
    run dashboard -w '../x'
    refused 2 "../x"
    run dashboard --host 192.0.2.1
    refused 2 "is no address of this machine"
    run dashboard --host 'no such name'
    refused 2 "is no address"
}

# A stand-in for the program that opens addresses.
make_opener() {
    mkdir "$T/bin"
    # shellcheck disable=SC2016
    printf '#!/bin/sh\necho "opened $1" >>"%s/opened"\n' "$T" >"$T/bin/xdg-open"
    cp "$T/bin/xdg-open" "$T/bin/open"
    chmod +x "$T/bin/xdg-open" "$T/bin/open"
    PATH="$T/bin:$PATH"
    export PATH
}

test_the_browser_is_opened_where_there_is_a_display() {
    make_opener
    DISPLAY=:99
    export DISPLAY
    start -w w
    eventually grep -qx "opened $url" "$T/opened"
}

test_the_browser_is_not_opened_without_a_display_or_when_not_wanted() {
    make_opener
    start
    stop
    DISPLAY=:99
    export DISPLAY
    start --no-browser
    stop
    [ ! -e "$T/opened" ] || complain "opened: $(cat "$T/opened")"
}

test_one_that_others_shall_reach_is_not_taken_for_one_that_they_cannot() {
    start
    run dashboard --host 0.0.0.0 -p "$port"
    refused 1 "this project's dashboard, which only this machine can reach"
}

test_one_that_demands_its_token_is_told() {
    start --host 0.0.0.0
    run dashboard --host 0.0.0.0 -p "$port"
    refused 1 "a dashboard that demands its token"
}

test_an_address_with_a_token_is_handed_to_no_program() {
    make_opener
    DISPLAY=:99
    export DISPLAY
    start --host 0.0.0.0
    ask "GET /healthz"
    stop
    [ ! -e "$T/opened" ] || complain "opened: $(cat "$T/opened")"
}

run_tests
