// A stored token that its provider takes no more: what needs it is refused as a bad request, never as
// if the caller were unknown, and the token itself stays readable.

import { step } from "../report.mjs";

step("revoked.github", ["REVOKED_GIT_TOKEN_ID"], async (t) => {
  const organization = await t.world.organization(t);
  const { owner, environment } = t.world;
  const id = environment.REVOKED_GIT_TOKEN_ID;
  const git = owner.OrganizationAccountGitRepositories;
  const source = t.world.source("GITHUB", id);
  const inside = await t.world.environmentIn(t);
  const calls = {
    repositories: git.getOrganizationGithubRepositories(organization, id),
    branches: git.getOrganizationGithubRepositoryBranches(organization, t.world.repository, id),
    directories: owner.GitRepositories.listDirectoriesFromGitRepository(organization, source),
    dockerfile: owner.Environment.checkDockerfile(inside.id, {
      git_repository: source,
      dockerfile_path: "Dockerfile",
    }),
  };
  for (const [what, call] of Object.entries(calls)) {
    const refused = await t.answer(`issue 4.7 ${what}`, [400, 422, 424], call);
    t.ok(`§0.9 ${what}: the reason is told`, refused.data?.detail?.length > 20, refused.data);
  }
  const calm = owner.OrganizationMainCalls;
  t.equal(
    "§1.1 it is readable",
    (await t.body("§1.1", 200, calm.getOrganizationGitToken(organization, id))).id,
    id,
  );
  const listed = await t.list("§1.1", calm.listOrganizationGitTokens(organization));
  t.ok(
    "§1.1 and listed",
    listed.some((it) => it.id === id),
    listed,
  );
});
