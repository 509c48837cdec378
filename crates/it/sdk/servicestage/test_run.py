"""No step can pass by mistake: against servers that answer, politely and always the same, every step
fails. Run by the integration tests."""

import json
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from suite import chosen, run_steps

PROJECT = "7f1c9d0e-3f9e-4c59-9e2a-0d9a3a5b8c11"
TOKENS = ["GITHUB", "GITLAB", "GITEE", "GITEA", "FORGEJO", "BAD_GITHUB", "OWN_GITLAB"]
TOKENS += ["BITBUCKET_ACCESS", "BITBUCKET_DC"]
URLS = ["GITEA_URL", "FORGEJO_URL", "OWN_GITLAB_URL", "DEAD_URL", "GITHUB_CONSENT_URL"]
URLS += ["BITBUCKET_DC_URL"]
OTHERS = ["TOKEN", "BITBUCKET_USER", "BITBUCKET_PASSWORD"]
NAMES = ["EXPIRED", "REVOKED", "UNVERIFIED", "REPLACED", "OF_A_WORKSPACE"]


def refusal(status, code):
    said = "Incorrect IAM authentication information, or nothing of this kind is here."
    return status, json.dumps({"error_code": code, "error_msg": said}), "application/json"


# A server, and the steps that it satisfies: what they want is what it always says.
SERVERS = {
    "a page for people": ((200, "<!doctype html><title>Claviger</title>", "text/html"), []),
    "an empty object": ((200, "{}", "application/json"), []),
    "an empty list": (
        (200, json.dumps({"authorizations": [], "count": 0}), "application/json"),
        [
            "project.of-the-environment",
            "project.spellings",
            "signing.key",
            "signing.without-a-content-type",
        ],
    ),
    "nothing": ((204, "", "application/json"), []),
    "not found": (refusal(404, "APIGW.0101"), []),
    "a stranger": (
        refusal(401, "APIGW.0301"),
        [
            "asynchronous.refused",
            "project.strangers-learn-nothing",
            "signing.security-token",
            "signing.strangers",
        ],
    ),
    "wrong": (refusal(400, "SVCSTG.REPO.0400"), []),
    "no authorization": (refusal(400, "SVCSTG.REPO.0450"), ["through.nobody", "through.nothing"]),
}


class Same(BaseHTTPRequestHandler):
    """Answers always the same."""

    protocol_version = "HTTP/1.1"
    # One packet an answer.
    wbufsize = -1

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, body, kind = self.server.answer
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("X-Request-Id", "request-1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    do_GET = do_POST = do_PUT = do_DELETE = answer

    def log_message(self, *_):
        pass


def lines(answer, **more):
    """What the steps say of such a server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Same)
    server.daemon_threads = True
    server.answer = answer
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {f"{name}_TOKEN": f"made-up-{name}" for name in TOKENS}
    environment.update({name: "https://git.example" for name in URLS})
    environment.update({name: f"made-up-{name}" for name in OTHERS + NAMES})
    base = f"http://127.0.0.1:{server.server_port}"
    key = {"AK": "CLVAKMADEUP", "SK": "made-up-and-long-enough"}
    environment.update(BASE=base, PROJECT=PROJECT, FOREIGN_PROJECT=PROJECT[::-1], **key, **more)
    found = []
    run_steps(chosen([]), environment, found.append)
    server.shutdown()
    server.server_close()
    return found


class NoStepPasses(unittest.TestCase):
    """One test a server."""

    def test_every_step_fails(self):
        for name, (answer, satisfied) in SERVERS.items():
            with self.subTest(name):
                found = lines(answer)
                self.assertGreater(len(found), 80)
                passed = [it["step"] for it in found if it["ok"] is not False]
                self.assertEqual(sorted(passed), sorted(satisfied))

    def test_a_step_whose_environment_is_not_given_says_so(self):
        found = lines(SERVERS["nothing"][0], REVOKED="")
        line = next(it for it in found if it["step"] == "listed.revoked")
        self.assertEqual((line["ok"], line["detail"]), (None, "not run: REVOKED not given"))


if __name__ == "__main__":
    unittest.main()
