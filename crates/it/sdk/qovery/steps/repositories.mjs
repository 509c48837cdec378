// What a token sees: accounts, repositories, branches and folders, at each provider.

import { step } from "../report.mjs";
import { NOBODY, PROVIDERS, WEB } from "../world.mjs";

const WORD = { GITHUB: "Github", GITLAB: "Gitlab", BITBUCKET: "Bitbucket" };

function pickers(sdk, provider) {
  const git = sdk.OrganizationAccountGitRepositories;
  return {
    repositories: (...given) => git[`getOrganization${WORD[provider]}Repositories`](...given),
    branches: (...given) => git[`getOrganization${WORD[provider]}RepositoryBranches`](...given),
  };
}

for (const provider of PROVIDERS) {
  step(`repositories.${provider.toLowerCase()}`, [], async (t) => {
    const organization = await t.world.organization(t);
    const token = await t.world.token(t, provider);
    const pick = pickers(t.world.owner, provider);
    const all = await t.list("§1.2 repositories", pick.repositories(organization, token.id));
    const names = all.map((it) => it.name);
    t.equal("§1.2 a name is there once", new Set(names).size, names.length);
    const found = all.find((it) => it.name === t.world.repository);
    if (!t.ok(`§1.2 ${t.world.repository} by its full path`, found, names.slice(0, 20))) return;
    t.equal("§1.2 the URL is the one people see", found.url, `${WEB[provider]}/${t.world.repository}`);
    t.equal("§1.2 its first branch", found.default_branch, "main");
    t.equal("§1.2 it is private", found.is_private, true);
    const bare = t.world.repository.split("/").at(-1);
    for (const name of [t.world.repository, bare]) {
      const branches = await t.list(`§1.2 branches of ${name}`, pick.branches(organization, name, token.id));
      const wanted = ["main", "feature/one"];
      t.ok(
        `§1.2 ${wanted.join(" and ")}`,
        wanted.every((it) => branches.some((row) => row.name === it)),
        branches,
      );
    }
    // To look with a token is to use it, and Viewers use none (design §3).
    const sees = pickers(t.world.viewer, provider).repositories(organization, token.id);
    await t.answer("design §3, a Viewer looks with no token", 403, sees);
  });

  step(`repositories.${provider.toLowerCase()}-refused`, [], async (t) => {
    const organization = await t.world.organization(t);
    const token = await t.world.token(t, provider);
    const other = await t.world.token(t, provider === "GITLAB" ? "GITHUB" : "GITLAB");
    const pick = pickers(t.world.owner, provider);
    const refused = [400, 404];
    await t.answer("§1.2 a token nobody has", refused, pick.repositories(organization, NOBODY));
    await t.answer("§1.2 no uuid", refused, pick.repositories(organization, "nothing"));
    await t.answer("§1.2 a token of another provider", refused, pick.repositories(organization, other.id));
    await t.answer(
      "§1.2 a repository nobody has",
      refused,
      pick.branches(organization, "acme/nothing", token.id),
    );
    await t.answer("§1.2 branches of nothing", refused, pick.branches(organization, undefined, token.id));
    await t.answer(
      "§1.2 a name that climbs",
      refused,
      pick.branches(organization, "../../acme/app", token.id),
    );
  });
}

for (const provider of PROVIDERS) {
  const [address, value] = [`SELF_HOSTED_${provider}_URL`, `SELF_HOSTED_${provider}_TOKEN`];
  step(`repositories.self-hosted-${provider.toLowerCase()}`, [address, value], async (t) => {
    const organization = await t.world.organization(t);
    const { [address]: git_api_url, [value]: secret } = t.world.environment;
    const token = await t.world.token(t, provider, { token: secret, git_api_url });
    const pick = pickers(t.world.owner, provider);
    const all = await t.list("§1.2 repositories", pick.repositories(organization, token.id));
    t.ok(
      "§1.2 of that host alone",
      all.every((it) => it.url.startsWith(`${git_api_url}/`)),
      all,
    );
    const [found] = all.filter((it) => it.name.toLowerCase() === t.world.repository);
    if (!t.ok(`§1.2 ${t.world.repository}`, found, all)) return;
    const branches = await t.list("§1.2 branches", pick.branches(organization, found.name, token.id));
    t.ok(
      "§1.2 main",
      branches.some((it) => it.name === "main"),
      branches,
    );
    const environment = await t.world.environmentIn(t);
    const source = t.world.source(provider, token.id, { url: found.url });
    const made = await t.world.application(t, environment, source);
    t.equal("§5.14 the provider is the one that was said", made.git_repository?.provider, provider);
    t.equal("§4 the URL", made.git_repository?.url, found.url);
  });
}

step("repositories.all-pages", ["MANY_REPOSITORIES"], async (t) => {
  const organization = await t.world.organization(t);
  const token = await t.world.token(t, "GITHUB");
  const pick = pickers(t.world.owner, "GITHUB");
  const all = await t.list("§1.2", pick.repositories(organization, token.id));
  const wanted = Number(t.world.environment.MANY_REPOSITORIES);
  t.ok(`§1.2 at least ${wanted}, of all pages`, all.length >= wanted, all.length);
});

step("repositories.accounts", [], async (t) => {
  const organization = await t.world.organization(t);
  const git = t.world.owner.OrganizationAccountGitRepositories;
  const all = await t.list("§1.2 accounts", git.getOrganizationGitProviderAccount(organization));
  t.ok(
    "§1.2 known providers only",
    all.every((it) => PROVIDERS.includes(it.name)),
    all,
  );
});

step("repositories.own-account", [], async (t) => {
  // The callers have no connected account, so there is nothing to list, or nothing to list it with.
  const git = t.world.owner.GitRepositories;
  const organization = await t.world.organization(t);
  t.equal("§1.2 accounts of the caller", await t.list("§1.2", git.getGitProviderAccount()), []);
  for (const provider of PROVIDERS) {
    const calls = {
      "without an organization": git[`get${WORD[provider]}Repositories`](),
      "without a token": pickers(t.world.owner, provider).repositories(organization),
    };
    for (const [what, call] of Object.entries(calls)) {
      const answer = await t.answer(`§1.2 ${provider} ${what}`, [200, 400, 404], call);
      if (answer.status === 200) t.equal(`§1.2 ${provider} ${what}`, answer.data.results, []);
    }
    const branches = git[`get${WORD[provider]}RepositoryBranches`](t.world.repository);
    await t.answer(`§1.2 ${provider} branches`, [200, 400, 404], branches);
  }
});

step("repositories.directories", [], async (t) => {
  const organization = await t.world.organization(t);
  const git = t.world.owner.GitRepositories;
  for (const provider of PROVIDERS) {
    const token = await t.world.token(t, provider);
    const list = (more) =>
      git.listDirectoriesFromGitRepository(organization, t.world.source(provider, token.id, more));
    const last = (it) => it.replace(/\/+$/, "").split("/").at(-1);
    const top = await t.list(`§1.2 ${provider} folders`, list({}));
    t.ok("§1.2 src is one", top.map(last).includes("src"), top);
    t.ok("§1.2 what is deeper is none", !top.map(last).includes("app"), top);
    t.ok("§1.2 a file is none", !top.map(last).includes("README.md"), top);
    for (const root_path of ["src", "/src", "/src/"]) {
      const below = await t.list(`§1.2 ${provider} below ${root_path}`, list({ root_path }));
      t.equal("§1.2 app is the one", below.map(last), ["app"]);
    }
    const branch = await t.list(`§1.2 ${provider} another branch`, list({ branch: "feature/one" }));
    t.ok("§1.2 docs is there", branch.map(last).includes("docs"), branch);
    await t.answer("§1.2 a branch nobody has", [400, 404], list({ branch: "nothing" }));
    const url = `${WEB[provider]}/acme/nothing`;
    await t.answer("§1.2 a repository nobody has", [400, 404], list({ url }));
    await t.answer("§1.2 no URL", 400, list({ url: undefined }));
    await t.answer("§1.2 a path that climbs", [400, 404], list({ root_path: "../../.." }));
  }
});
