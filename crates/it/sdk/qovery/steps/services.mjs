// Projects, environments, and the services made from a repository: what was said comes back.

import { step } from "../report.mjs";
import { NOBODY, PROVIDERS, WEB } from "../world.mjs";

step("services.projects", [], async (t) => {
  const organization = await t.world.organization(t);
  const { Projects: projects, ProjectMainCalls: calls } = t.world.owner;
  const project = await t.world.project(t);
  t.equal("§1.6 it belongs to the organization", project.organization?.id, organization);
  t.equal("§1.6 nothing is in it", project.associated_environments_count, 0);
  t.equal("§1.6 get gives the same", await t.body("§1.6", 200, calls.getProject(project.id)), project);
  const listed = await t.list("§1.6 list", projects.listProject(organization));
  t.ok(
    "§1.6 it is in the list",
    listed.some((it) => it.id === project.id),
    listed.length,
  );
  const body = { name: t.world.name("project"), description: "renamed" };
  const edited = await t.body("§1.6 edit", 200, calls.editProject(project.id, body));
  t.equal("§1.6 the new name", edited.name, body.name);
  t.equal("§1.6 the new description", edited.description, body.description);
  await t.world.environmentIn(t, project);
  const fuller = await t.body("§1.6 get", 200, calls.getProject(project.id));
  t.equal("§1.6 one environment is in it", fuller.associated_environments_count, 1);
  await t.answer("§1.6 no name", 400, projects.createProject(organization, {}));
  const denied = t.world.viewer.Projects.createProject(organization, { name: t.world.name("project") });
  await t.answer("§1.7 a Viewer makes none", 403, denied);
  const empty = await t.body(
    "§1.6",
    200,
    projects.createProject(organization, { name: t.world.name("project") }),
  );
  await t.answer("§1.6 delete", 204, calls.deleteProject(empty.id));
  await t.answer("§1.6 deleted", 404, calls.getProject(empty.id));
});

step("services.environments", [], async (t) => {
  const { Environments: all, EnvironmentMainCalls: calls } = t.world.owner;
  const project = await t.world.project(t);
  const environment = await t.world.environmentIn(t, project);
  t.equal("§1.6 its project", environment.project?.id, project.id);
  t.equal("§1.6 its organization", environment.organization?.id, await t.world.organization(t));
  t.equal("§1.6 its mode", environment.mode, "DEVELOPMENT");
  t.equal(
    "§1.6 get gives the same",
    await t.body("§1.6", 200, calls.getEnvironment(environment.id)),
    environment,
  );
  const listed = await t.list("§1.6 list", all.listEnvironment(project.id));
  t.equal(
    "§1.6 it is the list",
    listed.map((it) => it.id),
    [environment.id],
  );
  const name = t.world.name("environment");
  const edited = await t.body(
    "§1.6 edit",
    200,
    calls.editEnvironment(environment.id, { name, mode: "STAGING" }),
  );
  t.equal("§1.6 the new name and mode", [edited.name, edited.mode], [name, "STAGING"]);
  await t.answer("§1.6 no name", 400, all.createEnvironment(project.id, {}));
  await t.answer("§1.6 an unknown mode", 400, all.createEnvironment(project.id, { name: "x", mode: "MOON" }));
  const bare = await t.body(
    "§1.6 a name is enough",
    201,
    all.createEnvironment(project.id, { name: t.world.name("e") }),
  );
  await t.answer("§1.6 delete", 204, calls.deleteEnvironment(bare.id));
  await t.answer("§1.6 deleted", 404, calls.getEnvironment(bare.id));
});

for (const provider of PROVIDERS) {
  step(`services.application-${provider.toLowerCase()}`, [], async (t) => {
    const { Applications: all, ApplicationMainCalls: calls } = t.world.owner;
    const token = await t.world.token(t, provider);
    const environment = await t.world.environmentIn(t);
    const source = t.world.source(provider, token.id, { root_path: "/src" });
    const more = {
      auto_deploy: false,
      auto_preview: false,
      description: "text",
      dockerfile_path: "app/Dockerfile",
    };
    const made = await t.world.application(t, environment, source, more);
    t.equal("§1.6 its environment", made.environment?.id, environment.id);
    t.equal("§1.6 its kind", made.service_type, "APPLICATION");
    for (const [key, value] of Object.entries(more)) t.equal(`§4 ${key}`, made[key], value);
    for (const [key, value] of Object.entries(source))
      t.equal(`§4 ${key}`, made.git_repository?.[key], value);
    t.equal("§1.6 the owner", made.git_repository?.owner, t.world.repository.split("/")[0]);
    t.equal("§1.6 the token's name", made.git_repository?.git_token_name, token.name);
    t.equal("§1.6 get gives the same", await t.body("§1.6", 200, calls.getApplication(made.id)), made);
    const listed = await t.list("§1.6 list", all.listApplication(environment.id));
    t.equal("§1.6 the list gives the same", listed, [made]);

    // As clients do it: what was read is sent back with a change.
    const name = t.world.name("application");
    const changed = { ...made, name, auto_deploy: true, auto_preview: true };
    changed.git_repository = { ...source, branch: "feature/one" };
    const edited = await t.body("§1.6 edit", 200, calls.editApplication(made.id, changed));
    t.equal("§1.6 the new name", edited.name, name);
    t.equal("§1.6 the new branch", edited.git_repository?.branch, "feature/one");
    t.equal("§1.6 both switches", [edited.auto_deploy, edited.auto_preview], [true, true]);
    t.equal("§1.6 the token stays", edited.git_repository?.git_token_id, token.id);
    const small = await t.body(
      "§1.6 a source may be left out",
      200,
      calls.editApplication(made.id, { name, healthchecks: {} }),
    );
    t.equal("§1.6 … and stays", small.git_repository?.url, source.url);
    t.equal("§1.6 … with its token", small.git_repository?.git_token_id, token.id);
    const denied = t.world.viewer.ApplicationMainCalls.editApplication(made.id, changed);
    await t.answer("§1.7 a Viewer changes nothing", 403, denied);
    await t.answer("§1.6 delete", 204, calls.deleteApplication(made.id));
    await t.answer("§1.6 deleted", 404, calls.getApplication(made.id));
    t.equal("§1.6 and not listed", await t.list("§1.6", all.listApplication(environment.id)), []);
  });
}

step("services.application-defaults", [], async (t) => {
  const token = await t.world.token(t);
  const environment = await t.world.environmentIn(t);
  const url = `${WEB.GITHUB}/${t.world.repository}`;
  const made = await t.world.application(t, environment, { url, git_token_id: token.id });
  const { git_repository: source } = made;
  t.equal("§4 the URL as it was given", source?.url, url);
  t.equal("§1.6 the provider is seen in it", source?.provider, "GITHUB");
  t.equal("§1.6 the first branch", source?.branch, "main");
  t.equal("§1.6 the root path", source?.root_path, "/");
});

step("services.application-without-token", [], async (t) => {
  const environment = await t.world.environmentIn(t);
  const made = await t.world.application(t, environment, t.world.source("GITHUB", null));
  t.equal("§1.6 it has no token", made.git_repository?.git_token_id ?? null, null);
  const status = t.world.owner.ServiceMainCalls.getServiceGitWebhookStatus(made.id);
  const { status: word } = await t.body("§1.4 webhook", 200, status);
  t.ok("§1.4 nobody can have looked", ["NOT_CONFIGURED", "UNABLE_TO_VERIFY"].includes(word), word);
});

step("services.application-refused", [], async (t) => {
  const { Applications: all } = t.world.owner;
  const token = await t.world.token(t);
  const gitlab = await t.world.token(t, "GITLAB");
  const environment = await t.world.environmentIn(t);
  const make = (source, more = {}) =>
    all.createApplication(environment.id, {
      name: t.world.name("application"),
      git_repository: t.world.source("GITHUB", token.id, source),
      healthchecks: {},
      ...more,
    });
  await t.answer("bad input, no name", 400, make({}, { name: undefined }));
  await t.answer("bad input, no source", 400, make({}, { git_repository: undefined }));
  await t.answer("bad input, no URL", 400, make({ url: undefined }));
  await t.answer("bad input, no such URL", 400, make({ url: "nothing" }));
  await t.answer("bad input, a URL of files", 400, make({ url: "file:///etc" }));
  await t.answer("bad input, a token nobody has", [400, 404], make({ git_token_id: NOBODY }));
  await t.answer("bad input, a token that is no uuid", 400, make({ git_token_id: "nothing" }));
  await t.answer("bad input, a token of another provider", 400, make({ git_token_id: gitlab.id }));
  await t.answer("bad input, an unknown provider", 400, make({ provider: "GITEA" }));
  await t.answer("bad input, a root path that climbs", 400, make({ root_path: "../.." }));
  t.equal("bad input leaves nothing behind", await t.list("§1.6", all.listApplication(environment.id)), []);
});

const SCHEDULES = {
  cron: [{ cronjob: { timezone: "Etc/UTC", scheduled_at: "0 3 * * *" } }, "CRON"],
  lifecycle: [{ on_start: { arguments: [] }, lifecycle_type: "GENERIC" }, "LIFECYCLE"],
};
for (const [word, [schedule, kind]] of Object.entries(SCHEDULES)) {
  step(`services.job-${word}`, [], async (t) => {
    const { Jobs: all, JobMainCalls: calls } = t.world.owner;
    const token = await t.world.token(t, "GITLAB");
    const environment = await t.world.environmentIn(t);
    const source = t.world.source("GITLAB", token.id);
    const body = t.world.jobBody(source, schedule, { auto_deploy: true, auto_preview: false });
    const made = await t.body("§1.6 create", 201, all.createJob(environment.id, body));
    t.later(() => calls.deleteJob(made.id));
    t.equal("§1.6 its kinds", [made.service_type, made.job_type], ["JOB", kind]);
    const bound = made.source?.docker?.git_repository;
    for (const [key, value] of Object.entries(source)) t.equal(`§4 ${key}`, bound?.[key], value);
    t.equal("§1.6 the switches", [made.auto_deploy, made.auto_preview], [true, false]);
    t.equal("§1.6 get gives the same", await t.body("§1.6", 200, calls.getJob(made.id)), made);
    const listed = await t.list("§1.6 list", all.listJobs(environment.id));
    t.equal(
      "§1.6 the list has it",
      listed.map((it) => it.id),
      [made.id],
    );
    const changed = { ...body, name: t.world.name("job"), auto_deploy: false };
    const edited = await t.body("§1.6 edit", 200, calls.editJob(made.id, changed));
    t.equal("§1.6 changed", [edited.name, edited.auto_deploy], [changed.name, false]);
    await t.answer("§1.6 delete", 204, calls.deleteJob(made.id));
    await t.answer("§1.6 deleted", 404, calls.getJob(made.id));
  });
}

step("services.helm", [], async (t) => {
  const { Helms: all, HelmMainCalls: calls } = t.world.owner;
  const token = await t.world.token(t);
  const environment = await t.world.environmentIn(t);
  const { provider: _, ...values } = t.world.source("GITHUB", token.id);
  const file = { git: { git_repository: values, paths: ["chart/values.yaml"] } };
  const body = t.world.helmBody(t.world.source("GITHUB", token.id), { values_override: { file } });
  const made = await t.body("§1.6 create", 201, all.createHelm(environment.id, body));
  t.later(() => calls.deleteHelm(made.id));
  const bound = made.source?.git?.git_repository;
  const wanted = { ...body.source.git_repository, provider: "GITHUB" };
  for (const [key, value] of Object.entries(wanted)) t.equal(`§4 ${key}`, bound?.[key], value);
  const override = made.values_override?.file?.git;
  t.equal("§1.6 where the values are", override?.paths, ["chart/values.yaml"]);
  t.equal("§1.6 … by which token", override?.git_repository?.git_token_id, token.id);
  t.equal("§1.6 its kind", made.service_type, "HELM");
  t.equal("§1.6 get gives the same", await t.body("§1.6", 200, calls.getHelm(made.id)), made);
  const listed = await t.list("§1.6 list", all.listHelms(environment.id));
  t.equal(
    "§1.6 the list has it",
    listed.map((it) => it.id),
    [made.id],
  );
  const changed = { ...body, name: t.world.name("helm"), auto_deploy: true };
  const edited = await t.body("§1.6 edit", 200, calls.editHelm(made.id, changed));
  t.equal("§1.6 changed", [edited.name, edited.auto_deploy], [changed.name, true]);
  await t.answer(
    "§1.6 auto_deploy must be said",
    400,
    all.createHelm(environment.id, { ...body, auto_deploy: undefined }),
  );
  await t.answer("§1.6 delete", 204, calls.deleteHelm(made.id));
  await t.answer("§1.6 deleted", 404, calls.getHelm(made.id));
});

step("services.terraform", [], async (t) => {
  const { Terraforms: all, TerraformMainCalls: calls } = t.world.owner;
  const token = await t.world.token(t);
  const environment = await t.world.environmentIn(t);
  const body = t.world.terraformBody(t.world.source("GITHUB", token.id));
  const made = await t.body("§1.6 create", 201, all.createTerraform(environment.id, body));
  t.later(() => calls.deleteTerraform(made.id));
  const bound = made.terraform_files_source?.git?.git_repository;
  const wanted = { ...body.terraform_files_source.git_repository, provider: "GITHUB" };
  for (const [key, value] of Object.entries(wanted)) t.equal(`§4 ${key}`, bound?.[key], value);
  t.equal("§1.6 its kind", made.service_type, "TERRAFORM");
  for (const key of [
    "auto_deploy_config",
    "engine",
    "backend",
    "provider_version",
    "job_resources",
    "description",
  ]) {
    t.equal(`§4 ${key}`, made[key], body[key]);
  }
  t.equal("§1.6 get gives the same", await t.body("§1.6", 200, calls.getTerraform(made.id)), made);
  const listed = await t.list("§1.6 list", all.listTerraforms(environment.id));
  t.equal(
    "§1.6 the list has it",
    listed.map((it) => it.id),
    [made.id],
  );
  // The console says "" for no token.
  const { git_repository } = body.terraform_files_source;
  const none = {
    ...body,
    terraform_files_source: { git_repository: { ...git_repository, git_token_id: "" } },
  };
  const edited = await t.body("§1.6 no token", 200, calls.editTerraform(made.id, none));
  const left = edited.terraform_files_source?.git?.git_repository?.git_token_id ?? null;
  t.equal("§1.6 no token is left", left, null);
  await t.answer("§1.6 delete", 204, calls.deleteTerraform(made.id));
  await t.answer("§1.6 deleted", 404, calls.getTerraform(made.id));
});

step("services.commits", [], async (t) => {
  const { owner } = t.world;
  const token = await t.world.token(t);
  const environment = await t.world.environmentIn(t);
  const source = t.world.source("GITHUB", token.id, { branch: "feature/one" });
  const application = await t.world.application(t, environment, source);
  const job = await t.body(
    "§1.6",
    201,
    owner.Jobs.createJob(environment.id, t.world.jobBody(source, SCHEDULES.cron[0])),
  );
  t.later(() => owner.JobMainCalls.deleteJob(job.id));
  const helm = await t.body(
    "§1.6",
    201,
    owner.Helms.createHelm(environment.id, t.world.helmBody({ ...source, branch: "main" })),
  );
  t.later(() => owner.HelmMainCalls.deleteHelm(helm.id));
  const body = t.world.terraformBody({ ...source, branch: "main" });
  const terraform = await t.body("§1.6", 201, owner.Terraforms.createTerraform(environment.id, body));
  t.later(() => owner.TerraformMainCalls.deleteTerraform(terraform.id));
  const lists = {
    application: owner.ApplicationMainCalls.listApplicationCommit(application.id),
    job: owner.JobMainCalls.listJobCommit(job.id),
    helm: owner.HelmMainCalls.listHelmCommit(helm.id),
    terraform: owner.TerraformMainCalls.listTerraformCommit(terraform.id),
  };
  for (const [what, call] of Object.entries(lists)) {
    const commits = await t.list(`§1.5 commits of the ${what}`, call);
    t.ok("§1.5 there are some", commits.length > 0, commits);
    t.ok(
      "§1.5 their names",
      commits.every((it) => /^[0-9a-f]{40}$/.test(it.git_commit_id)),
      commits,
    );
    const moments = commits.map((it) => Date.parse(it.created_at));
    t.equal(
      "§1.5 the newest first",
      moments,
      [...moments].sort((a, b) => b - a),
    );
  }
  const [newest] = await t.list("§1.5", owner.ApplicationMainCalls.listApplicationCommit(application.id));
  t.equal("§1.5 of its own branch", [newest?.message?.trim(), newest?.author_name], ["An idea", "Mona Lisa"]);
});
