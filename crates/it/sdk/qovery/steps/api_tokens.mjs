// API tokens: shown once, filtered by name and maker, ended by deletion, never above their maker.

import { step } from "../report.mjs";
import { NOBODY } from "../world.mjs";

const plain = (name) => name.toLowerCase().replace(/[\s_-]/g, "");

async function roleIds(t) {
  const organization = await t.world.organization(t);
  const calls = t.world.owner.OrganizationMainCalls;
  const roles = await t.list("§1.7 roles", calls.listOrganizationAvailableRoles(organization));
  return Object.fromEntries(roles.map((it) => [plain(it.name), it.id]));
}

step("api-tokens.life", [], async (t) => {
  const organization = await t.world.organization(t);
  const { clients } = t.world;
  const keys = t.world.owner.OrganizationApiToken;
  const roles = await roleIds(t);
  const body = { name: t.world.name("key"), description: "for a test", role_id: roles.viewer };
  const made = await t.body("§1.7 create", 201, keys.createOrganizationApiToken(organization, body));
  t.later(() => keys.deleteOrganizationApiToken(organization, made.id));
  t.equal("§1.7 the name", made.name, body.name);
  t.equal("§1.7 the description", made.description, body.description);
  t.equal("§1.7 the role", made.role_id, roles.viewer);
  t.equal("§1.7 … by name", plain(made.role_name ?? ""), "viewer");
  if (!t.ok("§1.7 the token itself, this once", typeof made.token === "string", made)) return;
  const [head] = made.token.split(".");
  t.ok("§2 it has an underscore before any dot", head.includes("_"), head.slice(0, 8));
  const listed = await t.list("§1.7 list", keys.listOrganizationApiTokens(organization));
  const { token: _, ...rest } = made;
  t.equal(
    "§1.7 the list has all but the token",
    listed.find((it) => it.id === made.id),
    rest,
  );
  for (const word of ["Bearer", "Token"]) {
    const sdk = clients.sdk(made.token, word);
    await t.list(`§0.7 it is known as ${word}`, sdk.OrganizationMainCalls.listOrganization());
    const denied = sdk.OrganizationMainCalls.createGitToken(organization, t.world.tokenBody("GITHUB"));
    await t.answer("§1.7 it is a Viewer's", 403, denied);
  }
  await t.answer("§1.7 the name is taken", 409, keys.createOrganizationApiToken(organization, body));
  await t.answer("§1.7 delete", 204, keys.deleteOrganizationApiToken(organization, made.id));
  const ended = clients.sdk(made.token).OrganizationMainCalls.listOrganization();
  await t.answer("§1.7 it is known no more", 401, ended);
});

step("api-tokens.filters", [], async (t) => {
  const organization = await t.world.organization(t);
  const keys = t.world.owner.OrganizationApiToken;
  const roles = await roleIds(t);
  const made = [];
  for (const word of ["alpha", "beta"]) {
    const body = { name: t.world.name(word), role_id: roles.viewer };
    const it = await t.body("§1.7 create", 201, keys.createOrganizationApiToken(organization, body));
    t.later(() => keys.deleteOrganizationApiToken(organization, it.id));
    made.push(it);
  }
  const [alpha] = made;
  const ids = (rows) => rows.map((it) => it.id);
  const named = await t.list("§1.7 by name", keys.listOrganizationApiTokens(organization, alpha.name));
  t.equal("§1.7 by name", ids(named), [alpha.id]);
  const nobody = keys.listOrganizationApiTokens(organization, undefined, "nobody has this name");
  t.equal("§1.7 by a maker there is not", ids(await t.list("§1.7 by maker", nobody)), []);
  const both = keys.listOrganizationApiTokens(organization, alpha.name, "nobody has this name");
  t.equal("§1.7 both must hold", ids(await t.list("§1.7 by both", both)), []);
});

step("api-tokens.refused", [], async (t) => {
  const organization = await t.world.organization(t);
  const { owner, devops } = t.world;
  const roles = await roleIds(t);
  const make = (sdk, more) =>
    sdk.OrganizationApiToken.createOrganizationApiToken(organization, {
      name: t.world.name("key"),
      role_id: roles.viewer,
      ...more,
    });
  await t.answer("§1.7 no name", 400, make(owner, { name: undefined }));
  await t.answer("§1.7 an empty name", 400, make(owner, { name: "" }));
  await t.answer("§1.7 a role nobody has", [400, 404], make(owner, { role_id: NOBODY }));
  await t.answer("§1.7 a role that is no uuid", 400, make(owner, { role_id: "viewer" }));
  for (const role of ["owner", "admin"]) {
    await t.answer(`§3 DevOps makes no ${role}`, [400, 403], make(devops, { role_id: roles[role] }));
  }
  const own = await t.body("§1.7 DevOps makes a Viewer", 201, make(devops, {}));
  t.later(() => owner.OrganizationApiToken.deleteOrganizationApiToken(organization, own.id));
});
