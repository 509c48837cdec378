// Every operation of the SDK is answered. Those that Claviger does not serve say so, with 501, in this
// surface's own shape, because Claviger does not deploy.

import { operations } from "../model.mjs";
import { step } from "../report.mjs";
import { NOBODY } from "../world.mjs";

/** What the contract (§1) has us serve; other steps look at each. */
const SERVED = new Set(
  `
  listOrganizationGitTokens createGitToken getOrganizationGitToken editGitToken deleteGitToken
  getGitTokenAssociatedServices getOrganizationGitProviderAccount getOrganizationGithubRepositories
  getOrganizationGithubRepositoryBranches getOrganizationGitlabRepositories
  getOrganizationGitlabRepositoryBranches getOrganizationBitbucketRepositories
  getOrganizationBitbucketRepositoryBranches getGitProviderAccount getGithubRepositories
  getGithubRepositoryBranches getGitlabRepositories getGitlabRepositoryBranches
  getBitbucketRepositories getBitbucketRepositoryBranches listDirectoriesFromGitRepository
  organizationGithubAppConnect organizationGithubAppDisconnect getServiceGitWebhookStatus
  syncServiceGitWebhook checkDockerfile checkGitFile checkHelmRepository
  parseTerraformVariablesFromGitRepo listTfVarsFilesFromGitRepo listApplicationCommit listJobCommit
  listHelmCommit listTerraformCommit listOrganization createOrganization getOrganization
  editOrganization deleteOrganization listOrganizationAvailableRoles getOrganizationMembers
  editOrganizationMemberRole deleteMember getOrganizationInvitedMembers postInviteMember
  getMemberInvitation postAcceptInviteMember deleteInviteMember postOrganizationTransferOwnership
  listOrganizationApiTokens createOrganizationApiToken deleteOrganizationApiToken
  getAccountInformation editAccountInformation getOrganizationEvents listProject createProject
  getProject editProject deleteProject listEnvironment createEnvironment getEnvironment
  editEnvironment deleteEnvironment listApplication createApplication getApplication editApplication
  deleteApplication listJobs createJob getJob editJob deleteJob listHelms createHelm getHelm editHelm
  deleteHelm listTerraforms createTerraform getTerraform editTerraform deleteTerraform
  `
    .trim()
    .split(/\s+/),
);
/** What may be served or not: the contract mentions them, the issue does not ask for them. */
const EITHER =
  /PolicyApiToken|CustomRole|DeploymentRule|^listServicesByEnvironmentId$|^getOrganizationEventTargets$/;
/** What is below the root; the rest is reached with the prefix only (design §5). */
const BELOW_ROOT =
  /^\/(organization|account|project|environment|application|job|helm|terraform|service)(\/|$)/;

function path(operation, organization) {
  return operation.path.replace("{organizationId}", organization).replace(/\{[^}]*\}/g, NOBODY);
}

async function askAll(t, wanted, base, judge) {
  const { clients, environment } = t.world;
  const organization = await t.world.organization(t);
  const http = clients.http(base);
  for (const it of operations.filter(wanted)) {
    const response = await http.request({
      method: it.method,
      url: `${base}${path(it, organization)}`,
      headers: { Authorization: `Bearer ${environment.TOKEN}` },
      data: ["POST", "PUT", "PATCH"].includes(it.method) ? {} : undefined,
    });
    judge(it, response);
  }
}

function mustBe501(t) {
  return (it, { status, data }) => {
    const isRight = status === 501 && /Claviger/.test(`${data?.detail}`);
    t.ok(`issue 4.7, ${it.api} ${it.name}, ${it.method} ${it.path}: expected 501 naming Claviger`, isRight, {
      status,
      detail: data?.detail ?? data,
    });
  };
}

const isNot = (it) => !SERVED.has(it.name) && !EITHER.test(it.name);

step("not-served.below-the-root", [], async (t) => {
  await askAll(t, (it) => isNot(it) && BELOW_ROOT.test(it.path), t.world.root, mustBe501(t));
});

step("not-served.below-the-prefix", [], async (t) => {
  await askAll(t, isNot, `${t.world.root}/qovery`, mustBe501(t));
});

step("not-served.either", [], async (t) => {
  const is = (it) => EITHER.test(it.name) && BELOW_ROOT.test(it.path);
  await askAll(t, is, t.world.root, (it, { status }) => {
    const isRight = status < 500 || status === 501;
    t.ok(`§1.7, ${it.name}: expected to be served, or 501`, isRight, status);
  });
});

step("not-served.but-these-are", [], async (t) => {
  const known = new Set(operations.map((it) => it.name));
  const unknown = [...SERVED].filter((name) => !known.has(name));
  t.equal("every name is one of the SDK", unknown, []);
  // Nothing that would end the organization or change it: these are asked about nothing, or nobody.
  const changes = /^(deleteOrganization|editOrganization|organizationGithubAppDisconnect)$/;
  const is = (it) => SERVED.has(it.name) && !changes.test(it.name);
  await askAll(t, is, t.world.root, (it, { status }) => {
    t.ok(`§1, ${it.name} is served`, status < 500, status);
  });
});
