// The whole way of a client, with nothing but the official SDK: tokens of every provider, a repository
// and a branch, an application, its count, its webhook, a rename, a new value, a refused deletion, and
// what the audit events say of it.

import { step } from "../report.mjs";
import { PROVIDERS } from "../world.mjs";

step("journey", ["NEXT_GITHUB_TOKEN"], async (t) => {
  const { world } = t;
  const { owner } = world;
  const calls = owner.OrganizationMainCalls;
  const organization = await world.organization(t);
  const from = Math.floor(Date.now() / 1000) - 60;

  const tokens = {};
  for (const provider of PROVIDERS) tokens[provider] = await world.token(t, provider);
  const token = tokens.GITHUB;
  const listed = await t.list("§1.1 list", calls.listOrganizationGitTokens(organization));
  for (const it of Object.values(tokens)) {
    t.equal(
      "§1.1 the list has what creating answered",
      listed.find((row) => row.id === it.id),
      it,
    );
  }

  const git = owner.OrganizationAccountGitRepositories;
  const repositories = await t.list(
    "§1.2 repositories",
    git.getOrganizationGithubRepositories(organization, token.id),
  );
  const picked = repositories.find((it) => it.name === world.repository);
  if (
    !t.ok(
      `§1.2 ${world.repository} can be picked`,
      picked,
      repositories.map((it) => it.name),
    )
  )
    return;
  const branches = await t.list(
    "§1.2 branches",
    git.getOrganizationGithubRepositoryBranches(organization, picked.name, token.id),
  );
  t.ok(
    "§1.2 the default branch is among them",
    branches.some((it) => it.name === picked.default_branch),
    branches,
  );

  const project = await world.project(t);
  const environment = await world.environmentIn(t, project);
  const source = world.source("GITHUB", token.id, { url: picked.url, branch: picked.default_branch });
  const application = await world.application(t, environment, source, { auto_deploy: true });
  const { git_repository: bound } = application;
  t.equal("§1.6 the application is bound to the token", bound?.git_token_id, token.id);
  t.equal("§1.6 … by its name too", bound?.git_token_name, token.name);
  t.equal("§3 the repository is named as it was picked", bound?.name, picked.name);

  const read = () => calls.getOrganizationGitToken(organization, token.id);
  t.equal("§1.1 the count", (await t.body("§1.1 get", 200, read())).associated_services_count, 1);
  const services = await t.list(
    "§1.1 associated services",
    calls.getGitTokenAssociatedServices(organization, token.id),
  );
  t.equal("§1.1 the association", services, [
    {
      project_id: project.id,
      project_name: project.name,
      environment_id: environment.id,
      environment_name: environment.name,
      service_id: application.id,
      service_name: application.name,
      service_type: "APPLICATION",
    },
  ]);
  const hook = owner.ServiceMainCalls.getServiceGitWebhookStatus(application.id);
  t.equal("§1.4 the webhook's provider", (await t.body("§1.4 webhook", 200, hook)).provider, "GITHUB");

  const changed = world.tokenBody("GITHUB", {
    name: `${token.name} renamed`,
    token: world.environment.NEXT_GITHUB_TOKEN,
  });
  const edited = await t.body("§1.1 edit", 200, calls.editGitToken(organization, token.id, changed));
  t.equal("§1.1 the new name", edited.name, changed.name);
  t.equal("§1.1 the id stays", edited.id, token.id);
  t.equal("§1.1 the services follow", edited.associated_services_count, 1);
  await t.list("§1.2 the new value serves", git.getOrganizationGithubRepositories(organization, token.id));

  const remove = () => calls.deleteGitToken(organization, token.id);
  const refused = await t.answer("§0.10 a token in use stays", 409, remove());
  t.ok(
    "§0.10 the services are named",
    refused.data?.detail?.includes(application.name),
    refused.data?.detail,
  );

  const unbound = { ...application, git_repository: { ...source, git_token_id: null } };
  const after = owner.ApplicationMainCalls.editApplication(application.id, unbound);
  const free = await t.body("§1.6 unbind", 200, after);
  t.ok("§1.6 no token is left", (free.git_repository?.git_token_id ?? null) === null, free.git_repository);
  await t.answer("§1.1 delete", 204, remove());
  await t.answer("§1.1 deleted", 404, read());

  const events = owner.OrganizationEvent;
  const page = await t.body("§1.7 events", 200, events.getOrganizationEvents(organization, 100, `${from}`));
  const about = (page.events ?? []).filter(
    (it) => it.target_id === token.id || it.target_name === changed.name,
  );
  const kinds = new Set(about.map((it) => `${it.event_type} ${it.sub_target_type}`));
  for (const kind of ["CREATE", "UPDATE", "DELETE"]) {
    t.ok(`§1.7 there is an event ${kind} GIT_TOKEN of the token`, kinds.has(`${kind} GIT_TOKEN`), [...kinds]);
  }
});
