// The organization, its members, invitations and roles, and the caller's account.

import { step } from "../report.mjs";
import { NOBODY } from "../world.mjs";

/** Without case, spaces and underscores: the contract names roles in words for people. */
const plain = (name) => name.toLowerCase().replace(/[\s_-]/g, "");

step("organization.read-and-edit", [], async (t) => {
  const organization = await t.world.organization(t);
  const calls = t.world.owner.OrganizationMainCalls;
  const before = await t.body("§1.7", 200, calls.getOrganization(organization));
  const [listed] = await t.list("§1.7", calls.listOrganization());
  t.equal("§1.7 the list says the same", listed, before);
  const edit = (more) =>
    calls.editOrganization(organization, { name: before.name, description: before.description, ...more });
  t.later(() => edit({}));
  const description = t.world.name("A description");
  const edited = await t.body("§1.7 edit", 200, edit({ description }));
  t.equal("§1.7 the description", edited.description, description);
  t.equal("§1.7 the name stays", edited.name, before.name);
  await t.answer("§1.7 an empty name", 400, edit({ name: "" }));
  const seen = await t.body(
    "§1.7 a Viewer reads",
    200,
    t.world.viewer.OrganizationMainCalls.getOrganization(organization),
  );
  t.equal("§1.7 the same", seen.description, description);
});

step("organization.name-taken", [], async (t) => {
  const organization = await t.world.organization(t);
  const calls = t.world.owner.OrganizationMainCalls;
  const { name } = await t.body("§1.7", 200, calls.getOrganization(organization));
  const body = { name: name.toUpperCase(), plan: "FREE" };
  // Organizations are made by whoever runs the server; a token belongs to one and makes none.
  await t.answer("§1.7 the name in another case", [403, 409], calls.createOrganization(body));
  await t.answer("§1.7 no name", [400, 403], calls.createOrganization({ plan: "FREE" }));
});

step("organization.roles", [], async (t) => {
  const organization = await t.world.organization(t);
  const calls = t.world.owner.OrganizationMainCalls;
  const roles = await t.list("§1.7", calls.listOrganizationAvailableRoles(organization));
  const names = roles.map((it) => plain(it.name));
  for (const wanted of ["owner", "admin", "devops", "billingmanager", "viewer"]) {
    t.ok(`§1.7 the role ${wanted}`, names.includes(wanted), names);
  }
  const again = await t.list("§1.7", calls.listOrganizationAvailableRoles(organization));
  t.equal("§1.7 their ids stay", again, roles);
});

step("organization.members", [], async (t) => {
  const organization = await t.world.organization(t);
  const { Members: members } = t.world.owner;
  const roles = t.world.owner.OrganizationMainCalls.listOrganizationAvailableRoles(organization);
  const ids = new Set((await t.list("§1.7", roles)).map((it) => it.id));
  const all = await t.list("§1.7", members.getOrganizationMembers(organization));
  for (const it of all) {
    t.ok("§1.7 a member has a role of the list", it.role_id && ids.has(it.role_id), it);
    t.ok("§1.7 … with its name", it.role_name, it);
  }
  const [role_id] = ids;
  const promote = members.editOrganizationMemberRole(organization, { user_id: NOBODY, role_id });
  await t.answer("§1.7 a member nobody knows", [400, 404], promote);
  const remove = members.deleteMember(organization, { user_id: NOBODY });
  await t.answer("§1.7 … cannot be removed", [400, 404], remove);
  const devops = t.world.devops.Members;
  const by = devops.editOrganizationMemberRole(organization, { user_id: NOBODY, role_id });
  await t.answer("§1.7 DevOps does not change roles", 403, by);
  const transfer = devops.postOrganizationTransferOwnership(organization, { user_id: NOBODY });
  await t.answer("§1.7 DevOps does not give it away", 403, transfer);
});

step("organization.invitations", [], async (t) => {
  const organization = await t.world.organization(t);
  const { Members: members, OrganizationMainCalls: calls } = t.world.owner;
  const roles = await t.list("§1.7", calls.listOrganizationAvailableRoles(organization));
  const viewer = roles.find((it) => plain(it.name) === "viewer");
  const email = `octocat-${process.pid}@example.invalid`;
  const invite = (more) => members.postInviteMember(organization, { email, role_id: viewer?.id, ...more });
  const invitation = await t.body("§1.7 invite", 201, invite({}));
  t.later(() => members.deleteInviteMember(organization, invitation.id));
  t.equal("§1.7 whom", invitation.email, email);
  t.equal("§1.7 as what", invitation.role_id, viewer?.id);
  t.equal("§1.7 it waits", invitation.invitation_status, "PENDING");
  await t.answer("§1.7 again", 409, invite({}));
  await t.answer("§1.7 again in another case", 409, invite({ email: email.toUpperCase() }));
  const listed = await t.list("§1.7 list", members.getOrganizationInvitedMembers(organization));
  t.ok(
    "§1.7 it is in the list",
    listed.some((it) => it.id === invitation.id),
    listed,
  );
  const read = await t.body("§1.7 get", 200, members.getMemberInvitation(organization, invitation.id));
  t.equal("§1.7 get gives the same", read.email, email);
  await t.answer("§1.7 no address", 400, invite({ email: "nobody" }));
  await t.answer(
    "§1.7 a role nobody has",
    [400, 404],
    invite({ email: "hubot@example.invalid", role_id: NOBODY }),
  );
  await t.answer("§1.7 take back", 204, members.deleteInviteMember(organization, invitation.id));
  await t.answer("§1.7 taken back", 404, members.getMemberInvitation(organization, invitation.id));
  const old = await t.body(
    "§1.7 the older word for a role",
    201,
    invite({ role_id: undefined, role: "DEVELOPER" }),
  );
  t.later(() => members.deleteInviteMember(organization, old.id));
  t.equal("§1.7 DEVELOPER is DevOps", plain(old.role_name ?? ""), "devops");
  t.equal("§1.7 … and is told so", old.role, "DEVELOPER");
});

step("organization.account", [], async (t) => {
  const account = t.world.owner.AccountInfo;
  const before = await t.body("§1.7", 200, account.getAccountInformation());
  const mail = { communication_email: before.communication_email ?? "octocat@example.invalid" };
  // The caller is an API token, which need not be somebody.
  await t.answer("§1.7 edit", [200, 400, 403], account.editAccountInformation(mail));
  await t.answer("§1.7 no address", [400, 403], account.editAccountInformation({ communication_email: "nobody" }));
});
