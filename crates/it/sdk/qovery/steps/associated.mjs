// What uses a token: every kind of service, counted once, with its names.

import { step } from "../report.mjs";

step("associated.every-kind", [], async (t) => {
  const { owner } = t.world;
  const organization = await t.world.organization(t);
  const calls = owner.OrganizationMainCalls;
  const token = await t.world.token(t);
  const project = await t.world.project(t);
  const environment = await t.world.environmentIn(t, project);
  const source = t.world.source("GITHUB", token.id);
  const keep = (service, remove) => (t.later(() => remove(service.id)), service);
  const wanted = {};
  wanted.APPLICATION = await t.world.application(t, environment, source);
  const job = async (schedule) => {
    const made = owner.Jobs.createJob(environment.id, t.world.jobBody(source, schedule));
    return keep(await t.body("§1.6 a job", 201, made), (id) => owner.JobMainCalls.deleteJob(id));
  };
  wanted.CRON = await job({ cronjob: { timezone: "Etc/UTC", scheduled_at: "0 3 * * *" } });
  wanted.LIFECYCLE = await job({ on_start: {}, lifecycle_type: "GENERIC" });
  // Bound twice, by its chart and by its values; one service all the same.
  const { provider: _, ...values } = source;
  const file = { git: { git_repository: values, paths: ["chart/values.yaml"] } };
  const helm = t.world.helmBody(source, { values_override: { file } });
  const made = owner.Helms.createHelm(environment.id, helm);
  wanted.HELM = keep(await t.body("§1.6 helm", 201, made), (id) => owner.HelmMainCalls.deleteHelm(id));
  const terraform = owner.Terraforms.createTerraform(environment.id, t.world.terraformBody(source));
  wanted.TERRAFORM = keep(await t.body("§1.6 terraform", 201, terraform), (id) =>
    owner.TerraformMainCalls.deleteTerraform(id),
  );

  const read = () => calls.getOrganizationGitToken(organization, token.id);
  const rows = () => calls.getGitTokenAssociatedServices(organization, token.id);
  t.equal("§1.1 the count", (await t.body("§1.1", 200, read())).associated_services_count, 5);
  const listed = await t.list("§1.1 list", calls.listOrganizationGitTokens(organization));
  t.equal(
    "§1.1 the count in the list",
    listed.find((it) => it.id === token.id)?.associated_services_count,
    5,
  );
  const services = await t.list("§1.1 associated services", rows());
  const byKind = (a, b) => a.service_type.localeCompare(b.service_type);
  const expected = Object.entries(wanted).map(([service_type, it]) => ({
    project_id: project.id,
    project_name: project.name,
    environment_id: environment.id,
    environment_name: environment.name,
    service_id: it.id,
    service_name: it.name,
    service_type,
  }));
  t.equal("§1.1 all five", [...services].sort(byKind), expected.sort(byKind));

  await t.answer("§1.6 delete one", 204, owner.HelmMainCalls.deleteHelm(wanted.HELM.id));
  t.equal("§1.1 one less", (await t.body("§1.1", 200, read())).associated_services_count, 4);
  const name = t.world.name("environment");
  await t.body("§1.6 rename", 200, owner.EnvironmentMainCalls.editEnvironment(environment.id, { name }));
  const renamed = await t.list("§1.1 associated services", rows());
  t.equal("§1.1 the new name", [...new Set(renamed.map((it) => it.environment_name))], [name]);
  // What is in a project goes with it.
  await t.answer("§1.6 delete the project", [204, 409], owner.ProjectMainCalls.deleteProject(project.id));
});

step("associated.moves-to-another-token", [], async (t) => {
  const { owner } = t.world;
  const organization = await t.world.organization(t);
  const [first, second] = [await t.world.token(t), await t.world.token(t)];
  const environment = await t.world.environmentIn(t);
  const application = await t.world.application(t, environment, t.world.source("GITHUB", first.id));
  const changed = { ...application, git_repository: t.world.source("GITHUB", second.id) };
  await t.body(
    "§1.6 another token",
    200,
    owner.ApplicationMainCalls.editApplication(application.id, changed),
  );
  for (const [token, count] of [
    [first, 0],
    [second, 1],
  ]) {
    const read = owner.OrganizationMainCalls.getOrganizationGitToken(organization, token.id);
    t.equal("§1.1 the count", (await t.body("§1.1", 200, read)).associated_services_count, count);
  }
});
