// The state of a service's webhook at its provider. Whether hooks are really made, broken and repaired
// there is looked at from the provider's side, by the integration tests.

import { step } from "../report.mjs";
import { PROVIDERS } from "../world.mjs";

for (const provider of PROVIDERS) {
  step(`webhooks.${provider.toLowerCase()}`, ["HOOKS"], async (t) => {
    const isMade = t.world.environment.HOOKS === "made";
    const { owner, viewer } = t.world;
    const token = await t.world.token(t, provider);
    const environment = await t.world.environmentIn(t);
    const source = t.world.source(provider, token.id);
    const { id } = await t.world.application(t, environment, source, { auto_deploy: true });
    const wanted = isMade ? "ACTIVE" : "NOT_CONFIGURED";
    const status = await t.body("§1.4 status", 200, owner.ServiceMainCalls.getServiceGitWebhookStatus(id));
    t.equal("§1.4 how it is", status.status, wanted);
    t.equal("§1.4 where it is", status.provider, provider);
    t.ok("§1.4 missing events only of a wrong one", !("missing_events" in status), status);
    const synced = await t.answer("§1.4 sync", isMade ? 200 : [200, 400, 422], owner.ServiceMainCalls.syncServiceGitWebhook(id));
    if (synced.status === 200) t.equal("§1.4 sync finds it so", synced.data.status, wanted);
    const seen = await t.body("§1.7 a Viewer reads it", 200, viewer.ServiceMainCalls.getServiceGitWebhookStatus(id));
    t.equal("§1.7 the same", seen.status, wanted);
    await t.answer("§1.7 a Viewer repairs nothing", 403, viewer.ServiceMainCalls.syncServiceGitWebhook(id));
  });
}

step("webhooks.of-every-kind", [], async (t) => {
  const { owner } = t.world;
  const token = await t.world.token(t);
  const environment = await t.world.environmentIn(t);
  const source = t.world.source("GITHUB", token.id);
  const calls = {
    Job: [owner.Jobs.createJob(environment.id, t.world.jobBody(source, { on_start: {} })), owner.JobMainCalls],
    Helm: [owner.Helms.createHelm(environment.id, t.world.helmBody(source)), owner.HelmMainCalls],
    Terraform: [
      owner.Terraforms.createTerraform(environment.id, t.world.terraformBody(source)),
      owner.TerraformMainCalls,
    ],
  };
  for (const [kind, [create, main]] of Object.entries(calls)) {
    const made = await t.body(`§1.6 ${kind}`, 201, create);
    t.later(() => main[`delete${kind}`](made.id));
    const status = await t.body(`§1.4 ${kind}`, 200, owner.ServiceMainCalls.getServiceGitWebhookStatus(made.id));
    t.equal(`§1.4 ${kind}`, status.provider, "GITHUB");
  }
});

step("webhooks.no-git-source", [], async (t) => {
  const { owner } = t.world;
  const environment = await t.world.environmentIn(t);
  const source = { image: { image_name: "acme/app", tag: "1" } };
  const body = t.world.jobBody({}, { on_start: {} }, { source });
  // A service of an image need not be served; if it is, it has no webhook.
  const made = await t.answer("§1.6 a job of an image", [201, 400, 501], owner.Jobs.createJob(environment.id, body));
  if (made.status !== 201) return;
  t.later(() => owner.JobMainCalls.deleteJob(made.data.id));
  await t.answer("§1.4 no git source", 400, owner.ServiceMainCalls.getServiceGitWebhookStatus(made.data.id));
  await t.answer("§1.4 no git source", 400, owner.ServiceMainCalls.syncServiceGitWebhook(made.data.id));
});
