"""The conformance suite of the ServiceStage surface: what an unmodified client sends and expects,
tried with the official SDK against a running server.

    python run.py [PREFIX…]      the steps whose names begin so; all without one
    python run.py --list         the names, and what each needs of the environment

Each step prints one line of JSON, {step, ok, detail}; a step that lacks something of the
environment prints {step, ok: null, detail}. The exit code is 1 when a step failed, 2 when nothing
could be run.

Environment. BASE: the server's URL. PROJECT: the organization's id. AK, SK: an access key of a
DevOps engineer of it. TOKEN: an API token of it. GITHUB_TOKEN, GITLAB_TOKEN, GITEE_TOKEN,
GITEA_TOKEN, FORGEJO_TOKEN: what the providers take; GITEA_URL and FORGEJO_URL, where these are.
BITBUCKET_USER, BITBUCKET_PASSWORD: what Bitbucket takes. At each of them `acme/app` is private, as
the forges of the tests begin, and `octocat` may do everything; at GitLab so is `acme/tools/app`.
Optional: GITHUB_CONSENT_URL (where GitHub asks `octocat`, who says yes); FOREIGN_PROJECT (of an
organization the key is not of); OWN_GITLAB_URL with a path, and OWN_GITLAB_TOKEN; BAD_GITHUB_TOKEN
(it is refused); BITBUCKET_ACCESS_TOKEN (of the workspace `acme`); BITBUCKET_DC_URL and _TOKEN (with
the project `ACME`); DEAD_URL (where nobody answers); EXPIRED, REVOKED, UNVERIFIED, REPLACED,
OF_A_WORKSPACE: names of authorizations that were stored otherwise, and have come to this.
"""

import json
import os
import sys

from suite import chosen, run_steps


def main():
    wanted = chosen([it for it in sys.argv[1:] if it != "--list"])
    lines = []

    def tell(line):
        lines.append(line)
        print(json.dumps(line, ensure_ascii=False), flush=True)

    if "--list" in sys.argv:
        for name, wants, _ in wanted:
            tell({"step": name, "ok": None, "detail": ", ".join(wants)})
        return 0
    run_steps(wanted, dict(os.environ), tell)
    ran = [it for it in lines if it["ok"] is not None]
    if not ran:
        return 2
    return 0 if all(it["ok"] for it in ran) else 1


if __name__ == "__main__":
    sys.exit(main())
