// Git tokens as they come back: verbatim, replaced as a whole, with the provider's defaults and end.

import { step } from "../report.mjs";
import { PROVIDERS } from "../world.mjs";

/** What a self-hosted one's API lies below; a URL that ends so is taken too. */
const API_PATH = { GITHUB: "/api/v3", GITLAB: "/api/v4", BITBUCKET: "/rest/api/latest" };
const DEFAULT_URL = { GITHUB: "https://api.github.com", GITLAB: "https://gitlab.com" };

for (const provider of PROVIDERS) {
  step(`git-tokens.${provider.toLowerCase()}`, [], async (t) => {
    const organization = await t.world.organization(t);
    const calls = t.world.owner.OrganizationMainCalls;
    const body = t.world.tokenBody(provider);
    const token = await t.body("§1.1 create", 201, calls.createGitToken(organization, body));
    t.equal("§1.1 name", token.name, body.name);
    t.equal("§1.1 type", token.type, provider);
    t.equal("§1.1 workspace", token.workspace, body.workspace);
    t.equal("§1.1 nobody uses it", token.associated_services_count, 0);
    const wanted = DEFAULT_URL[provider];
    if (wanted) t.equal("§0.2 the default URL", token.git_api_url, wanted);
    const read = calls.getOrganizationGitToken(organization, token.id);
    t.equal("§1.1 get gives the same", await t.body("§1.1 get", 200, read), token);
    const services = calls.getGitTokenAssociatedServices(organization, token.id);
    t.equal("§1.1 no associated services", await t.list("§1.1", services), []);

    // As the console does when a cloud token is edited.
    const back = { ...body, git_api_url: token.git_api_url };
    const edited = await t.body(
      "§3 our URL sent back",
      200,
      calls.editGitToken(organization, token.id, back),
    );
    t.equal("§3 … still means the cloud", edited.git_api_url, token.git_api_url);
    t.equal("§1.1 created_at stays", edited.created_at, token.created_at);
    const slash = { ...body, git_api_url: `${token.git_api_url}/` };
    await t.answer("§3 … with a slash too", 200, calls.editGitToken(organization, token.id, slash));

    await t.answer("§1.1 delete", 204, calls.deleteGitToken(organization, token.id));
    await t.answer("§1.1 gone", 404, calls.getOrganizationGitToken(organization, token.id));
    await t.answer("§1.1 delete again", 404, calls.deleteGitToken(organization, token.id));
    const left = await t.list("§1.1 list", calls.listOrganizationGitTokens(organization));
    t.ok("§1.1 not in the list", !left.some((it) => it.id === token.id), left);
  });
}

step("git-tokens.verbatim", [], async (t) => {
  const organization = await t.world.organization(t);
  const calls = t.world.owner.OrganizationMainCalls;
  const texts = [
    { description: "" },
    { description: "two lines\nand a half " },
    { description: "Schlüssel ☕ <b>&amp;\"'`${x}` \u{1F511}" },
    { description: "text", workspace: "acme" },
    { workspace: "Acme Tools" },
    { name: "  Deploy  key " },
    { name: "UPPER lower ÄÖÜ" },
    { name: "<script>alert(1)</script>" },
  ];
  for (const more of texts) {
    // On a token of GitHub a workspace says nothing, and comes back all the same.
    const body = t.world.tokenBody("GITHUB", more);
    const made = await t.answer(
      "§4 stored or refused, never changed",
      [201, 400],
      calls.createGitToken(organization, body),
    );
    if (made.status !== 201) {
      t.ok("§4 a description is never refused", !("description" in more) || "workspace" in more, made.data);
      continue;
    }
    const { id } = made.data;
    t.later(() => calls.deleteGitToken(organization, id));
    const read = await t.body("§4 get", 200, calls.getOrganizationGitToken(organization, id));
    for (const [key, value] of Object.entries(body)) {
      if (key === "token") continue;
      t.equal(`§4 ${key} as created`, made.data[key], value);
      t.equal(`§4 ${key} as read`, read[key], value);
    }
    const listed = await t.list("§4 list", calls.listOrganizationGitTokens(organization));
    t.equal(
      "§4 as listed",
      listed.find((it) => it.id === id),
      read,
    );
  }
});

step("git-tokens.nothing-is-made-up", [], async (t) => {
  const token = await t.world.token(t, "GITHUB");
  for (const key of ["workspace", "description"]) {
    t.ok(`§1.1 ${key} was not given and is not there`, (token[key] ?? "") === "", token);
  }
  t.ok("§0.4 there is no token in it", !("token" in token), token);
});

step("git-tokens.junk-keys", [], async (t) => {
  const organization = await t.world.organization(t);
  const calls = t.world.owner.OrganizationMainCalls;
  const junk = { id: "", description: "", hosting: "CLOUD", nested: { a: [1, null] } };
  const body = t.world.tokenBody("GITHUB", junk);
  const token = await t.body("§0.6 created with junk", 201, calls.createGitToken(organization, body));
  t.later(() => calls.deleteGitToken(organization, token.id));
  const other = await t.world.token(t, "GITHUB");
  const aimed = { ...body, id: other.id, created_at: "2001-01-01T00:00:00Z", associated_services_count: 7 };
  const edited = await t.body(
    "§0.6 edited with junk",
    200,
    calls.editGitToken(organization, token.id, aimed),
  );
  t.equal("§0.6 the id in the body says nothing", edited.id, token.id);
  t.equal("§0.6 nor does the moment", edited.created_at, token.created_at);
  t.equal("§0.6 nor does the count", edited.associated_services_count, 0);
  const untouched = await t.body("§0.6", 200, calls.getOrganizationGitToken(organization, other.id));
  t.equal("§0.6 the other token is as it was", untouched, other);
});

step("git-tokens.put-replaces-everything", [], async (t) => {
  const organization = await t.world.organization(t);
  const calls = t.world.owner.OrganizationMainCalls;
  const token = await t.world.token(t, "GITHUB", { description: "before", workspace: "acme" });
  const bare = { name: t.world.name("after"), type: "GITHUB", token: t.world.environment.GITHUB_TOKEN };
  const edited = await t.body("§0.5 edit", 200, calls.editGitToken(organization, token.id, bare));
  t.equal("§0.5 the name", edited.name, bare.name);
  t.ok("§0.5 no description is left", (edited.description ?? "") === "", edited);
  t.ok("§0.5 no workspace is left", (edited.workspace ?? "") === "", edited);
  t.ok("§1.1 it says when", edited.updated_at >= edited.created_at, edited);
  const read = await t.body("§0.5 get", 200, calls.getOrganizationGitToken(organization, token.id));
  t.equal("§0.5 get gives the same", read, edited);
  await t.answer(
    "§0.4 a rename needs the value",
    400,
    calls.editGitToken(organization, token.id, { ...bare, token: undefined }),
  );
});

step("git-tokens.type-changes", [], async (t) => {
  const organization = await t.world.organization(t);
  const calls = t.world.owner.OrganizationMainCalls;
  const token = await t.world.token(t, "GITHUB");
  for (const provider of ["GITLAB", "BITBUCKET", "GITHUB"]) {
    const body = t.world.tokenBody(provider);
    const edited = await t.body(`§4 to ${provider}`, 200, calls.editGitToken(organization, token.id, body));
    t.equal("§4 in place", edited.id, token.id);
    t.equal("§4 the type", edited.type, provider);
    if (DEFAULT_URL[provider]) t.equal("§0.2 the default URL", edited.git_api_url, DEFAULT_URL[provider]);
  }
});

step("git-tokens.same-name-twice", [], async (t) => {
  const name = t.world.name("twice");
  const first = await t.world.token(t, "GITHUB", { name });
  const second = await t.world.token(t, "GITHUB", { name });
  t.ok("§7 two tokens may have one name", first.id !== second.id, [first, second]);
});

step("git-tokens.end", ["ENDING_GITHUB_TOKEN", "ENDING_DATE"], async (t) => {
  const { ENDING_GITHUB_TOKEN: token, ENDING_DATE: date } = t.world.environment;
  const ending = await t.world.token(t, "GITHUB", { token });
  t.equal("§0.3 the end comes from the provider", ending.expired_at, date);
  const endless = await t.world.token(t, "GITHUB");
  t.ok("§0.3 no key where it is unknown", !("expired_at" in endless), endless);
});

for (const provider of ["GITLAB", "GITHUB", "BITBUCKET"]) {
  const [address, value] = [`SELF_HOSTED_${provider}_URL`, `SELF_HOSTED_${provider}_TOKEN`];
  step(`git-tokens.self-hosted-${provider.toLowerCase()}`, [address, value], async (t) => {
    const organization = await t.world.organization(t);
    const calls = t.world.owner.OrganizationMainCalls;
    const { [address]: url, [value]: token } = t.world.environment;
    const own = { token, git_api_url: url };
    const made = await t.world.token(t, provider, own);
    t.equal("§1.1 the URL comes back", made.git_api_url, url);
    t.equal("§1.1 the type stays", made.type, provider);
    const same = t.world.tokenBody(provider, own);
    const edited = await t.body("§3 edit", 200, calls.editGitToken(organization, made.id, same));
    t.equal("§3 the URL stays", edited.git_api_url, url);
    const deep = { ...same, git_api_url: `${url}${API_PATH[provider]}` };
    await t.answer("design §6 the API's own URL", 200, calls.editGitToken(organization, made.id, deep));
    await t.answer("§3 and back", 200, calls.editGitToken(organization, made.id, same));
    // The secret of the self-hosted one means nothing to the cloud, and is not kept for it.
    const cloud = { ...same, git_api_url: undefined };
    await t.answer(
      "§3 without a URL it is the cloud's",
      400,
      calls.editGitToken(organization, made.id, cloud),
    );
    const still = await t.body("§3 get", 200, calls.getOrganizationGitToken(organization, made.id));
    const kept = (it) => ({ ...it, updated_at: undefined });
    t.equal("§3 refused leaves it as it was", kept(still), kept(edited));
  });
}
