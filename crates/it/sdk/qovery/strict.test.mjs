// The strict checker refuses what it should: each bad example below is a good one with one thing
// changed. Run by `node --test`, and by the integration tests.

import assert from "node:assert/strict";
import { test } from "node:test";

import { FORMATS, FORMAT_OF } from "./formats.mjs";
import { operationAt, operations, shapeOf } from "./model.mjs";
import { faults } from "./strict.mjs";

const ID = "7f1c9d0e-3f9e-4c59-9e2a-0d9a3a5b8c11";
const NOW = "2026-01-02T03:04:05.678Z";
const token = {
  id: ID,
  created_at: NOW,
  name: "",
  type: "GITHUB",
  expired_at: "2026-02-28",
  associated_services_count: 0,
  git_api_url: "https://api.github.com",
};
const repository = { provider: "GITLAB", owner: "acme", url: "https://gitlab.com/acme/app", name: "app" };
const job = {
  id: ID,
  created_at: NOW,
  environment: { id: ID },
  maximum_cpu: 0,
  maximum_memory: 0,
  maximum_gpu: 0,
  name: "nightly",
  cpu: 0,
  memory: 0,
  gpu: 0,
  auto_preview: false,
  source: { docker: { git_repository: repository } },
  healthchecks: {},
  icon_uri: "app://icon",
  service_type: "JOB",
  job_type: "CRON",
  schedule: { cronjob: { timezone: "Etc/UTC", scheduled_at: "0 3 * * *" } },
};
const image = {
  image_name: "a",
  tag: "b",
  registry: { id: ID, name: "c", url: "https://c.test", kind: "ECR" },
};

function without(value, key) {
  const { [key]: _, ...rest } = value;
  return rest;
}

const good = [
  ["GitTokenResponse", token],
  ["GitTokenResponse", { ...token, updated_at: NOW, description: "", workspace: "w", of_ours: null }],
  ["GitTokenResponse", { ...token, created_at: "2026-01-02T03:04:05+01:00" }],
  ["GitTokenResponseList", { results: [token] }],
  ["GitTokenResponseList", {}],
  ["ApplicationGitRepository", { ...repository, git_token_id: null }],
  ["JobResponse", job],
  ["TfVarsFileResponse", { source: "a.tfvars", variables: { a: "b" } }],
  ["Organization", { id: ID, created_at: NOW, name: "acme", plan: "FREE", admin_emails: null }],
];
const bad = [
  ["GitTokenResponse", without(token, "git_api_url"), "git_api_url is missing"],
  ["GitTokenResponse", without(token, "associated_services_count"), "associated_services_count is missing"],
  ["GitTokenResponse", { ...token, type: "GITEA" }, "not one of BITBUCKET GITHUB GITLAB"],
  ["GitTokenResponse", { ...token, type: "github" }, "not one of"],
  ["GitTokenResponse", { ...token, description: null }, "description is null, not a string"],
  ["GitTokenResponse", { ...token, name: null }, "name is null"],
  ["GitTokenResponse", { ...token, associated_services_count: "0" }, "not a number"],
  ["GitTokenResponse", { ...token, id: "acme" }, "not a uuid"],
  ["GitTokenResponse", { ...token, id: ID.replaceAll("-", "") }, "not a uuid"],
  ["GitTokenResponse", { ...token, expired_at: NOW }, "not a date"],
  ["GitTokenResponse", { ...token, expired_at: "2026-02-30" }, "not a date"],
  ["GitTokenResponse", { ...token, created_at: "2026-01-02" }, "not a date-time"],
  ["GitTokenResponse", { ...token, created_at: "2026-01-02T03:04:05" }, "not a date-time"],
  ["GitTokenResponse", { ...token, created_at: "2026-01-02T25:04:05Z" }, "not a date-time"],
  ["GitTokenResponse", { ...token, git_api_url: "gitlab.com" }, "not a uri"],
  ["GitTokenResponse", [token], "not an object"],
  ["GitTokenResponse", null, "not an object"],
  ["GitTokenResponse", "<!doctype html>", "not an object"],
  ["GitTokenResponseList", { results: [token, { ...token, type: "GITEA" }] }, "results[1].type"],
  ["GitTokenResponseList", { results: null }, "results is null, not a list"],
  ["GitTokenResponseList", { results: { 0: token } }, "not a list"],
  ["ApplicationGitRepository", { ...repository, git_token_id: 1 }, "git_token_id is 1"],
  ["ApplicationGitRepository", { ...repository, branch: null }, "branch is null"],
  ["JobResponse", { ...job, job_type: "LIFECYCLES" }, "job_type"],
  ["JobResponse", { ...job, source: {} }, "is missing"],
  ["JobResponse", { ...job, source: { ...job.source, image } }, "can be read as 2"],
  ["JobResponse", { ...job, environment: { id: "no" } }, "environment.id"],
  ["GitTokenAssociatedServiceResponse", { service_type: "DATABASE" }, "not one of CRON"],
  ["TfVarsFileResponse", { source: "a.tfvars", variables: { a: 1 } }, "variables.a is 1"],
];

for (const [name, value] of good) {
  test(`${name} takes ${JSON.stringify(value).slice(0, 60)}`, () => {
    assert.deepEqual(faults(value, shapeOf(name)), []);
  });
}

for (const [name, value, sentence] of bad) {
  test(`${name} refuses: ${sentence}`, () => {
    const found = faults(value, shapeOf(name)).join("; ");
    assert.ok(found.includes(sentence), found || "nothing was refused");
  });
}

test("the formats are of properties that the SDK has, and known", () => {
  for (const [name, properties] of Object.entries(FORMAT_OF)) {
    const members = shapeOf(name).properties;
    for (const [property, format] of Object.entries(properties)) {
      assert.ok(
        members.some((it) => it.name === property),
        `${name}.${property}`,
      );
      assert.ok(FORMATS[format], format);
    }
  }
});

test("the operations are all there, and a path leads to its own", () => {
  assert.equal(operations.length, 550);
  assert.equal(operationAt("PUT", `/organization/${ID}/gitToken/${ID}`).name, "editGitToken");
  const branches = `/organization/${ID}/account/gitlab/repository/branch`;
  assert.equal(operationAt("GET", branches).name, "getOrganizationGitlabRepositoryBranches");
  assert.equal(operationAt("DELETE", `/organization/${ID}/github/disconnect`).answer.kind, "nothing");
  assert.equal(operationAt("GET", "/organizations"), undefined);
});
