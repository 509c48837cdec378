// Bad input: every refusal has the observed shape (checked for every answer in client.mjs), the right
// status, and leaves nothing behind.

import { step } from "../report.mjs";
import { NOBODY } from "../world.mjs";

step("errors.nobody-has-this-id", [], async (t) => {
  const { owner } = t.world;
  const organization = await t.world.organization(t);
  const calls = owner.OrganizationMainCalls;
  const body = t.world.tokenBody("GITHUB");
  const all = {
    organization: () => calls.getOrganization(NOBODY),
    "tokens of an organization": () => calls.listOrganizationGitTokens(NOBODY),
    "a token of an organization": () => calls.createGitToken(NOBODY, body),
    "get token": () => calls.getOrganizationGitToken(organization, NOBODY),
    "put token": () => calls.editGitToken(organization, NOBODY, body),
    "delete token": () => calls.deleteGitToken(organization, NOBODY),
    "associated services": () => calls.getGitTokenAssociatedServices(organization, NOBODY),
    project: () => owner.ProjectMainCalls.getProject(NOBODY),
    "delete project": () => owner.ProjectMainCalls.deleteProject(NOBODY),
    environments: () => owner.Environments.listEnvironment(NOBODY),
    environment: () => owner.EnvironmentMainCalls.getEnvironment(NOBODY),
    applications: () => owner.Applications.listApplication(NOBODY),
    application: () => owner.ApplicationMainCalls.getApplication(NOBODY),
    "delete application": () => owner.ApplicationMainCalls.deleteApplication(NOBODY),
    commits: () => owner.ApplicationMainCalls.listApplicationCommit(NOBODY),
    job: () => owner.JobMainCalls.getJob(NOBODY),
    helm: () => owner.HelmMainCalls.getHelm(NOBODY),
    terraform: () => owner.TerraformMainCalls.getTerraform(NOBODY),
    webhook: () => owner.ServiceMainCalls.getServiceGitWebhookStatus(NOBODY),
    "webhook sync": () => owner.ServiceMainCalls.syncServiceGitWebhook(NOBODY),
    "delete API token": () => owner.OrganizationApiToken.deleteOrganizationApiToken(organization, NOBODY),
    invitation: () => owner.Members.getMemberInvitation(organization, NOBODY),
    "accept invitation": () => owner.Members.postAcceptInviteMember(organization, NOBODY),
    "delete invitation": () => owner.Members.deleteInviteMember(organization, NOBODY),
  };
  for (const [what, call] of Object.entries(all)) await t.answer(`§1 std, ${what}`, 404, call());
});

step("errors.wrong-ids", [], async (t) => {
  const organization = await t.world.organization(t);
  const calls = t.world.owner.OrganizationMainCalls;
  for (const id of ["nothing", "../..", "a b", "%00", "x".repeat(500), "0", "null"]) {
    await t.answer(
      `bad input, token ${id.slice(0, 20)}`,
      [400, 404],
      calls.getOrganizationGitToken(organization, id),
    );
    await t.answer(`bad input, organization ${id.slice(0, 20)}`, [400, 404], calls.getOrganization(id));
  }
});

/** Bodies that no token is made of. */
function badBodies(world) {
  const body = world.tokenBody("GITHUB");
  const bad = {
    "nothing in it": {},
    "no name": { ...body, name: undefined },
    "no type": { ...body, type: undefined },
    "no token": { ...body, token: undefined },
    "null for name": { ...body, name: null },
    "a number for name": { ...body, name: 5 },
    "an object for token": { ...body, token: {} },
    "an empty token": { ...body, token: "" },
    "an unknown type": { ...body, type: "GITEA" },
    "a type in small letters": { ...body, type: "github" },
    "an empty type": { ...body, type: "" },
    "a list for description": { ...body, description: [] },
    "a URL that is none": { ...body, git_api_url: "not a url" },
    "a URL of another kind": { ...body, git_api_url: "file:///etc/passwd" },
    "a URL with a user in it": { ...body, git_api_url: "https://octocat@gitlab.com" },
    "a token with a line end": { ...body, token: `${body.token}\r\nX-Other: 1` },
  };
  bad["BITBUCKET without a workspace"] = world.tokenBody("BITBUCKET", { workspace: undefined });
  bad["BITBUCKET with an empty workspace"] = world.tokenBody("BITBUCKET", { workspace: "" });
  return bad;
}

step("errors.bad-bodies", [], async (t) => {
  const organization = await t.world.organization(t);
  const calls = t.world.owner.OrganizationMainCalls;
  const token = await t.world.token(t);
  const before = await t.list("§1.1", calls.listOrganizationGitTokens(organization));
  for (const [what, body] of Object.entries(badBodies(t.world))) {
    await t.answer(`bad input, POST, ${what}`, 400, calls.createGitToken(organization, body));
    await t.answer(`bad input, PUT, ${what}`, 400, calls.editGitToken(organization, token.id, body));
  }
  const after = await t.list("§1.1", calls.listOrganizationGitTokens(organization));
  t.equal("bad input leaves nothing behind", after, before);
});

step("errors.huge-name", [], async (t) => {
  const organization = await t.world.organization(t);
  const calls = t.world.owner.OrganizationMainCalls;
  const before = await t.list("§1.1", calls.listOrganizationGitTokens(organization));
  for (const length of [1_000_000, 2_000_000]) {
    const body = t.world.tokenBody("GITHUB", { name: "n".repeat(length) });
    await t.answer(`bad input, ${length} bytes`, [400, 413], calls.createGitToken(organization, body));
  }
  const after = await t.list("§1.1", calls.listOrganizationGitTokens(organization));
  t.equal("bad input leaves nothing behind", after, before);
});

step("errors.broken-json", [], async (t) => {
  const organization = await t.world.organization(t);
  const { clients, environment } = t.world;
  const path = `/organization/${organization}/gitToken`;
  const headers = { "Content-Type": "application/json" };
  const deep = "[".repeat(100_000);
  for (const data of ["{", "", "null", "[]", '"text"', '{"name":"\\ud800"}', "{} {}", deep]) {
    const response = clients.raw({ method: "POST", path, token: environment.TOKEN, headers, data });
    await t.answer(`bad input, ${data.slice(0, 20)}`, [400, 413], response);
  }
  const bytes = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]);
  const response = clients.raw({ method: "POST", path, token: environment.TOKEN, headers, data: bytes });
  await t.answer("bad input, not UTF-8", 400, response);
});

step("errors.methods-and-paths", [], async (t) => {
  const organization = await t.world.organization(t);
  const { clients, environment } = t.world;
  const token = environment.TOKEN;
  const at = `/organization/${organization}`;
  for (const method of ["PATCH", "PUT", "DELETE"]) {
    const response = clients.raw({ method, path: `${at}/gitToken`, token, data: {} });
    await t.answer(`design §5, ${method} of the list`, 405, response);
  }
  for (const path of [`${at}/nothing`, `${at}/gitToken/${NOBODY}/nothing`, "/account/nothing", "/project"]) {
    await t.answer(`design §5, ${path.slice(0, 20)}`, [404, 405, 501], clients.raw({ path, token }));
  }
  const without = await clients.raw({ path: `${at}/nothing` });
  t.ok("§2 a stranger is refused first", [401, 404, 501].includes(without.status), without.status);
});
