// The GitHub App, as far as clients still know it: connect, what it sees, disconnect.

import { step } from "../report.mjs";

step("github-app.refused", [], async (t) => {
  const organization = await t.world.organization(t);
  const { GithubApp: app } = t.world.owner;
  const connect = (body) => app.organizationGithubAppConnect(organization, body);
  await t.answer("§1.3 nothing in it", 400, connect({}));
  await t.answer("§1.3 no code", 400, connect({ installation_id: "1" }));
  await t.answer("§1.3 an installation that is none", 400, connect({ installation_id: "x/../y", code: "x" }));
  await t.answer("§1.3 a made-up code", [400, 404], connect({ installation_id: "999999", code: "made-up" }));
  const { viewer } = t.world;
  const body = { installation_id: "1", code: "1" };
  const denied = viewer.GithubApp.organizationGithubAppConnect(organization, body);
  await t.answer("§1.7 a Viewer connects nothing", 403, denied);
  const cut = viewer.GithubApp.organizationGithubAppDisconnect(organization);
  await t.answer("§1.7 a Viewer disconnects nothing", 403, cut);
  await t.answer("§1.3 nothing to disconnect", [204, 404], app.organizationGithubAppDisconnect(organization));
});

step("github-app.connect", ["INSTALLATION_ID", "INSTALLATION_CODE"], async (t) => {
  const organization = await t.world.organization(t);
  const { owner, environment } = t.world;
  const { GithubApp: app, OrganizationAccountGitRepositories: git } = owner;
  const body = { installation_id: environment.INSTALLATION_ID, code: environment.INSTALLATION_CODE };
  await t.answer("§1.3 connect", 200, app.organizationGithubAppConnect(organization, body));
  t.later(() => app.organizationGithubAppDisconnect(organization, true));
  const accounts = () => t.list("§1.2 accounts", git.getOrganizationGitProviderAccount(organization));
  const bot = (await accounts()).find((it) => it.name === "GITHUB" && it.use_bot);
  t.ok("§1.2 the App is an account", bot, await accounts());
  const seen = await t.list("§1.2 what it sees", git.getOrganizationGithubRepositories(organization));
  t.ok(
    `§1.2 ${t.world.repository} is seen`,
    seen.some((it) => it.name === t.world.repository),
    seen,
  );
  const branches = git.getOrganizationGithubRepositoryBranches(organization, t.world.repository);
  t.ok(
    "§1.2 its branches",
    (await t.list("§1.2", branches)).some((it) => it.name === "main"),
  );

  const inside = await t.world.environmentIn(t);
  const application = await t.world.application(t, inside, t.world.source("GITHUB", null));
  const refused = await t.answer(
    "§1.3 services depend on it",
    [400, 409],
    app.organizationGithubAppDisconnect(organization),
  );
  t.ok("§1.3 they are named", refused.data?.detail?.includes(application.name), refused.data);
  await t.answer(
    "§1.3 disconnect all the same",
    204,
    app.organizationGithubAppDisconnect(organization, true),
  );
  t.ok("§1.2 it is no account", !(await accounts()).some((it) => it.use_bot), await accounts());
});
