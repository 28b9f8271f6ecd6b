"""A client for the tests of `jc dashboard`: http.py PORT REQUEST...

REQUEST is what stands in the first line, "GET /healthz"; further arguments are headers ("Name: value") and, behind
`--`, the body. What comes back is printed: the status, the headers in lower case, an empty line, the body.
"""
import socket
import sys


def main():
    port, line, rest = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    body = None
    if "--" in rest:
        body = rest[rest.index("--") + 1].encode()
        rest = rest[: rest.index("--")]
    headers = dict(header.split(": ", 1) for header in rest)
    headers.setdefault("Host", "127.0.0.1:%d" % port)
    headers.setdefault("Connection", "close")
    if body is not None:
        headers.setdefault("Content-Type", "application/json")
        headers["Content-Length"] = str(len(body))
    text = line + " HTTP/1.1\r\n" + "".join("%s: %s\r\n" % pair for pair in headers.items()) + "\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(text.encode("latin-1") + (body or b""))
        answer = b""
        while piece := client.recv(65536):
            answer += piece
    head, _, content = answer.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    print(lines[0].split(" ")[1])
    for each in lines[1:]:
        name, _, value = each.partition(":")
        print(name.lower() + ":" + value)
    print()
    sys.stdout.flush()
    sys.stdout.buffer.write(content)


main()
