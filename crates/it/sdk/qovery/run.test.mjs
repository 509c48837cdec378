// No step can pass by mistake: against servers that answer, politely and always the same, every step
// fails. Run by `node --test`, and by the integration tests.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { chosen, runSteps } from "./suite.mjs";

const NAMES = `TOKEN VIEWER_TOKEN DEVOPS_TOKEN GITHUB_TOKEN GITLAB_TOKEN BITBUCKET_TOKEN FOREIGN_TOKEN
  NEXT_GITHUB_TOKEN WEAK_GITHUB_TOKEN WEAK_PERMISSION ENDING_GITHUB_TOKEN ENDING_DATE SELF_HOSTED_GITLAB_TOKEN
  SELF_HOSTED_GITHUB_TOKEN SELF_HOSTED_BITBUCKET_TOKEN INSTALLATION_ID INSTALLATION_CODE
  ORIGIN JWT
  STRANGER_JWT REVOKED_GIT_TOKEN_ID`;
const URLS = ["GITLAB", "GITHUB", "BITBUCKET"].map((name) => `SELF_HOSTED_${name}_URL`);

/** The organization is there, so that steps get past it; everything else is the same answer. */
const organization = {
  id: "7f1c9d0e-3f9e-4c59-9e2a-0d9a3a5b8c11",
  created_at: "2026-01-02T03:04:05Z",
  name: "acme",
  plan: "FREE",
};

async function lines(answer, more = {}) {
  const server = createServer((request, response) => {
    const isList = request.method === "GET" && /^\/+(qovery\/+)?organization$/.test(request.url);
    const [status, body, type = "application/json"] = answer(request, isList);
    request.resume();
    response.writeHead(status, { "Content-Type": type, "X-Request-Id": "1" });
    response.end(typeof body === "object" ? JSON.stringify(body) : body);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const given = Object.fromEntries(NAMES.split(/\s+/).map((name) => [name, `made-up-${name}`]));
  const urls = Object.fromEntries(URLS.map((name) => [name, "https://git.example"]));
  const BASE = `http://127.0.0.1:${server.address().port}`;
  const found = [];
  const environment = {
    ...given,
    ...urls,
    HOOKS: "made",
    GITHUB_API_URL: BASE,
    MANY_REPOSITORIES: "200",
    BASE,
    ...more,
  };
  await runSteps(chosen([]), environment, (line) => found.push(line));
  server.closeAllConnections();
  server.close();
  return found;
}

function refusal(status, title) {
  const detail = "Nothing is here.";
  return [
    status,
    { type: "about:blank", title, status, detail, instance: "/", message: detail, error: title },
  ];
}

const known = { results: [organization] };
const knowing = (answer) => (_, isList) => (isList ? [200, known] : answer);
/** A server, and the steps that it satisfies: what they want is what it always says. */
const servers = {
  "a page for people": [() => [200, "<!doctype html><title>Claviger</title>", "text/html"], []],
  "an empty object": [knowing([200, {}]), []],
  "an empty list": [
    knowing([200, { results: [] }]),
    ["auth.", "repositories.accounts", "repositories.own-account"],
  ],
  nothing: [knowing([204, undefined]), []],
  "not found": [
    knowing(refusal(404, "Not Found")),
    ["errors.nobody", "errors.wrong-ids", "not-served.either", "not-served.but"],
  ],
  "not implemented": [knowing(refusal(501, "Not Implemented")), ["not-served.either"]],
};

for (const [name, [answer, satisfied]] of Object.entries(servers)) {
  test(`every step fails against a server that always says: ${name}`, async () => {
    const steps = await lines(answer);
    assert.ok(steps.length > 90, `${steps.length} steps`);
    const passed = steps.filter((it) => it.ok !== false).map((it) => it.step);
    assert.deepEqual(
      passed.filter((step) => !satisfied.some((it) => step.startsWith(it))),
      [],
    );
  });
}

test("a step whose environment is not given says so, and is not passed", async () => {
  const steps = await lines(servers.nothing[0], { JWT: "" });
  const { ok, detail } = steps.find((it) => it.step === "auth.jwt");
  assert.deepEqual([ok, detail], [null, "not run: JWT not given"]);
});
