// Who is asking: the scheme words, the ways in which a client is pointed at the server, and roles.

import { step } from "../report.mjs";
import { NOBODY } from "../world.mjs";

const list = (sdk) => sdk.OrganizationMainCalls.listOrganization();

/** Whether the caller is known: it sees the organization, and the tokens in it. */
async function isKnown(t, sentence, sdk) {
  const all = await t.list(sentence, list(sdk));
  t.equal(
    `${sentence}: its organization`,
    all.map((it) => it.id),
    [await t.world.organization(t)],
  );
  await t.list(sentence, sdk.OrganizationMainCalls.listOrganizationGitTokens(await t.world.organization(t)));
}

for (const [name, configure] of [
  ["bearer", (token) => ({ accessToken: token })],
  ["token", (token) => ({ apiKey: `Token ${token}` })],
  ["both-words", (token) => ({ accessToken: token, apiKey: "Token clv-nothing" })],
  ["header", (token) => ({ baseOptions: { headers: { Authorization: `Token ${token}` } } })],
]) {
  step(`auth.${name}`, [], async (t) => {
    const { clients, environment } = t.world;
    const sdk = clients.configured(configure(environment.TOKEN));
    await isKnown(t, "§2 the Owner is known", sdk);
  });
}

step("auth.token-of-each-role-under-each-word", [], async (t) => {
  const { clients, environment } = t.world;
  for (const name of ["TOKEN", "VIEWER_TOKEN", "DEVOPS_TOKEN"]) {
    for (const word of ["Bearer", "Token"]) {
      await isKnown(t, `§0.7 ${name} as ${word}`, clients.sdk(environment[name], word));
    }
  }
});

step("auth.unknown-callers", [], async (t) => {
  const { clients, environment } = t.world;
  const refuse = (what, configuration) =>
    t.answer(`§1 std, ${what}`, 401, list(clients.configured(configuration)));
  await refuse("no token", {});
  await refuse("a made-up token", { accessToken: "made-up" });
  await refuse("a made-up token as Token", { apiKey: "Token made-up" });
  await refuse("a changed token", { accessToken: `${environment.TOKEN.slice(0, -1)}~` });
  await refuse("an empty token", { apiKey: "Token " });
  // {"alg":"none"} . {"email":"octocat@example.invalid"}
  const unsigned = [{ alg: "none" }, { email: "octocat@example.invalid", exp: 4_102_444_800 }];
  const parts = unsigned.map((it) => Buffer.from(JSON.stringify(it)).toString("base64url"));
  await refuse("a JWT that nobody signed", { accessToken: `${parts.join(".")}.` });
});

step("auth.base-urls", [], async (t) => {
  const { clients, environment, root } = t.world;
  const given = { accessToken: environment.TOKEN };
  const forms = [root, `${root}/`, `${root}//`, `${root}/qovery`, `${root}/qovery/`];
  for (const base of forms) {
    const sdk = clients.configured(given, base);
    await isKnown(t, `§2 the base ${base.slice(root.length) || "of the root"}`, sdk);
  }
});

step("auth.doubled-slash-writes", [], async (t) => {
  const { clients, environment, root } = t.world;
  const organization = await t.world.organization(t);
  const calls = clients.configured({ accessToken: environment.TOKEN }, `${root}/`).OrganizationMainCalls;
  const made = calls.createGitToken(organization, t.world.tokenBody("GITHUB"));
  const token = await t.body("§2 a POST with a doubled slash", 201, made);
  await t.answer("§2 a DELETE with a doubled slash", 204, calls.deleteGitToken(organization, token.id));
});

step("auth.axios-instance", [], async (t) => {
  const { clients, environment, root } = t.world;
  const configuration = { accessToken: environment.TOKEN, basePath: "http://127.0.0.1:9/ignored" };
  const sdk = clients.configured(configuration, root, { baseURL: root });
  await isKnown(t, "§2 an instance with a baseURL of its own", sdk);
});

step("auth.viewer", [], async (t) => {
  const { viewer, environment } = t.world;
  const organization = await t.world.organization(t);
  const token = await t.world.token(t);
  const calls = viewer.OrganizationMainCalls;
  await t.list("§1.7 a Viewer reads", calls.listOrganizationGitTokens(organization));
  const read = calls.getOrganizationGitToken(organization, token.id);
  t.equal("§1.7 a Viewer reads one", await t.body("§1.7", 200, read), token);
  const body = t.world.tokenBody("GITHUB");
  await t.answer("§1.7 a Viewer does not create", 403, calls.createGitToken(organization, body));
  await t.answer("§1.7 a Viewer does not edit", 403, calls.editGitToken(organization, token.id, body));
  await t.answer("§1.7 a Viewer does not delete", 403, calls.deleteGitToken(organization, token.id));
  const keys = viewer.OrganizationApiToken;
  const role = { name: t.world.name("key"), role_id: null };
  await t.answer(
    "§1.7 a Viewer makes no API token",
    403,
    keys.createOrganizationApiToken(organization, role),
  );
  const renamed = calls.editOrganization(organization, { name: "viewers" });
  await t.answer("§1.7 a Viewer does not rename", 403, renamed);
  await t.answer("§1.7 a Viewer does not delete it", 403, calls.deleteOrganization(organization));
  const again = t.world.owner.OrganizationMainCalls.getOrganizationGitToken(organization, token.id);
  t.equal("§1.7 nothing changed", await t.body("§1.7", 200, again), token);
  t.ok("the environment has a Viewer", environment.VIEWER_TOKEN !== environment.TOKEN);
});

step("auth.devops", [], async (t) => {
  const { devops } = t.world;
  const organization = await t.world.organization(t);
  const calls = devops.OrganizationMainCalls;
  const body = t.world.tokenBody("GITHUB");
  const token = await t.body("§1.7 DevOps creates", 201, calls.createGitToken(organization, body));
  await t.answer("§1.7 DevOps edits", 200, calls.editGitToken(organization, token.id, body));
  await t.answer("§1.7 DevOps deletes", 204, calls.deleteGitToken(organization, token.id));
  const renamed = calls.editOrganization(organization, { name: "devops" });
  await t.answer("§1.7 DevOps does not rename", 403, renamed);
  await t.answer("§1.7 DevOps does not delete it", 403, calls.deleteOrganization(organization));
  const invited = devops.Members.postInviteMember(organization, { email: "hubot@example.invalid" });
  await t.answer("§1.7 DevOps does not invite", 403, invited);
});

step("auth.foreign", ["FOREIGN_TOKEN"], async (t) => {
  const { clients, environment } = t.world;
  const organization = await t.world.organization(t);
  const stranger = clients.sdk(environment.FOREIGN_TOKEN);
  const [theirs] = await t.list("§1.7 a stranger sees their own", list(stranger));
  t.ok("§1.7 … and not ours", theirs?.id !== organization, theirs);
  const token = await t.world.token(t);
  const calls = stranger.OrganizationMainCalls;
  const read = (where, id) => t.answer("inv. 7 a foreign GET", 404, calls.getOrganizationGitToken(where, id));
  const pairs = {
    "an organization": [await read(organization, token.id), await read(NOBODY, token.id)],
    "a token": [await read(theirs?.id, token.id), await read(theirs?.id, NOBODY)],
  };
  const ids = new RegExp([organization, token.id, NOBODY].join("|"), "g");
  for (const [what, [foreign, absent]] of Object.entries(pairs)) {
    const told = ({ data }) => JSON.stringify({ ...data, instance: "" }).replace(ids, "ID");
    t.equal(`inv. 7 ${what} of others looks like none`, told(foreign), told(absent));
  }
  const body = t.world.tokenBody("GITHUB");
  await t.answer("inv. 7 a foreign POST", 404, calls.createGitToken(organization, body));
  await t.answer("inv. 7 a foreign PUT", 404, calls.editGitToken(organization, token.id, body));
  await t.answer("inv. 7 a foreign DELETE", 404, calls.deleteGitToken(organization, token.id));
  const project = await t.world.project(t);
  await t.answer("inv. 7 a foreign project", 404, stranger.ProjectMainCalls.getProject(project.id));
  const inside = stranger.Environments.createEnvironment(project.id, { name: "theirs" });
  await t.answer("inv. 7 an environment in it", 404, inside);
});

step("auth.jwt", ["JWT"], async (t) => {
  const { clients, environment } = t.world;
  await isKnown(t, "§2 a member's JWT", clients.sdk(environment.JWT, "Bearer"));
  await isKnown(t, "§2 … under the other word", clients.sdk(environment.JWT, "Token"));
});

step("auth.jwt-of-a-stranger", ["STRANGER_JWT"], async (t) => {
  const { clients, environment } = t.world;
  const sdk = clients.sdk(environment.STRANGER_JWT, "Bearer");
  await t.answer("issue 4.6 an unknown member", 401, list(sdk));
});

step("auth.cors", ["ORIGIN"], async (t) => {
  const { clients, environment } = t.world;
  const asked = async (Origin) => {
    const headers = {
      Origin,
      "Access-Control-Request-Method": "PUT",
      "Access-Control-Request-Headers": "authorization,content-type",
    };
    return clients.raw({ method: "OPTIONS", path: "/organization", headers });
  };
  const ours = await asked(environment.ORIGIN);
  t.ok("§2 a browser may ask", ours.status < 300, ours.status);
  const header = (response, name) => String(response.headers[`access-control-allow-${name}`] ?? "");
  t.equal("§2 … from this origin", header(ours, "origin"), environment.ORIGIN);
  for (const name of ["authorization", "content-type"]) {
    t.ok(`§2 … with ${name}`, header(ours, "headers").toLowerCase().includes(name), header(ours, "headers"));
  }
  for (const name of ["GET", "POST", "PUT", "DELETE", "PATCH"]) {
    t.ok(`§2 … by ${name}`, header(ours, "methods").includes(name), header(ours, "methods"));
  }
  const others = header(await asked("https://elsewhere.invalid"), "origin");
  t.ok("§2 no other origin may", !["*", "https://elsewhere.invalid"].includes(others), others);
});
