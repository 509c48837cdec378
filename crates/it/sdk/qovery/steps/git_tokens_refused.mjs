// What is refused on save, and why: the provider's reason is told, and it is never a 401.

import { step } from "../report.mjs";
import { PROVIDERS } from "../world.mjs";

for (const provider of PROVIDERS) {
  step(`git-tokens-refused.unknown-to-${provider.toLowerCase()}`, [], async (t) => {
    const organization = await t.world.organization(t);
    const calls = t.world.owner.OrganizationMainCalls;
    const token = await t.world.token(t, provider);
    const before = await t.list("§1.1", calls.listOrganizationGitTokens(organization));
    // Of the same form as a good one.
    const value = t.world.environment[`${provider}_TOKEN`].replace(/[A-Za-z0-9]{8}$/, "Zz0Zz0Zz");
    const body = t.world.tokenBody(provider, { token: value });
    const refused = await t.answer("§1.1 POST", 400, calls.createGitToken(organization, body));
    t.ok("§1.1 the refusal tells why", refused.data?.detail?.length > 20, refused.data);
    t.ok("§0.4 … without the value", !JSON.stringify(refused.data).includes(value), refused.data);
    await t.answer("§1.1 PUT", 400, calls.editGitToken(organization, token.id, body));
    const after = await t.list("§1.1", calls.listOrganizationGitTokens(organization));
    t.equal("§1.1 nothing is stored", after, before);
  });
}

step("git-tokens-refused.lacks-a-permission", ["WEAK_GITHUB_TOKEN", "WEAK_PERMISSION"], async (t) => {
  const organization = await t.world.organization(t);
  const { WEAK_GITHUB_TOKEN: token, WEAK_PERMISSION: permission } = t.world.environment;
  const body = t.world.tokenBody("GITHUB", { token });
  const made = t.world.owner.OrganizationMainCalls.createGitToken(organization, body);
  const refused = await t.answer("issue 4.1 it cannot do all that is needed", 400, made);
  t.ok(`issue 4.1 ${permission} is named`, refused.data?.detail?.includes(permission), refused.data);
});

step("git-tokens-refused.another-provider", [], async (t) => {
  const organization = await t.world.organization(t);
  const calls = t.world.owner.OrganizationMainCalls;
  const body = t.world.tokenBody("GITLAB", { token: t.world.environment.GITHUB_TOKEN });
  await t.answer("§1.1 GitHub's value for GitLab", 400, calls.createGitToken(organization, body));
});

step("git-tokens-refused.wrong-workspace", [], async (t) => {
  const organization = await t.world.organization(t);
  const calls = t.world.owner.OrganizationMainCalls;
  const body = t.world.tokenBody("BITBUCKET", { workspace: "nobody-has-this" });
  // A 404 proves nothing about a token (invariant 8), so it is stored and shown as unchecked.
  const made = await t.answer("§1.1 a workspace that is none", [201, 400], calls.createGitToken(organization, body));
  if (made.status !== 201) return;
  t.later(() => calls.deleteGitToken(organization, made.data.id));
  t.equal("invariant 8, it is not called valid", made.data.status, "unchecked");
});

step("git-tokens-refused.forbidden-addresses", [], async (t) => {
  const organization = await t.world.organization(t);
  const calls = t.world.owner.OrganizationMainCalls;
  for (const url of [
    "http://169.254.169.254",
    "http://[::ffff:169.254.169.254]",
    "ftp://gitlab.com",
    "javascript:1",
  ]) {
    const body = t.world.tokenBody("GITLAB", { git_api_url: url });
    await t.answer(`§7 ${url}`, 400, calls.createGitToken(organization, body));
  }
});

step("git-tokens-refused.in-use", [], async (t) => {
  const organization = await t.world.organization(t);
  const calls = t.world.owner.OrganizationMainCalls;
  const token = await t.world.token(t, "GITHUB");
  const environment = await t.world.environmentIn(t);
  const source = t.world.source("GITHUB", token.id);
  const first = await t.world.application(t, environment, source);
  const second = await t.world.application(t, environment, source);
  const refused = await t.answer("§0.10 in use", 409, calls.deleteGitToken(organization, token.id));
  for (const it of [first, second]) {
    t.ok("§0.10 each service is named", refused.data?.detail?.includes(it.name), refused.data);
  }
  t.ok("§0.10 the count is told", /\b(2|two)\b/i.test(refused.data?.detail), refused.data);
  const still = await t.body("§0.10", 200, calls.getOrganizationGitToken(organization, token.id));
  t.equal("§0.10 it stays", still.associated_services_count, 2);
});
