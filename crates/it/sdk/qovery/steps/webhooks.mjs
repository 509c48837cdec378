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
    const synced = await t.answer(
      "§1.4 sync",
      isMade ? 200 : [200, 400, 422],
      owner.ServiceMainCalls.syncServiceGitWebhook(id),
    );
    if (synced.status === 200) t.equal("§1.4 sync finds it so", synced.data.status, wanted);
    const seen = await t.body(
      "§1.7 a Viewer reads it",
      200,
      viewer.ServiceMainCalls.getServiceGitWebhookStatus(id),
    );
    // Nobody is asked with a token on a Viewer's behalf (design §3).
    t.ok("§1.7 the same, or nobody was asked", [wanted, "UNABLE_TO_VERIFY"].includes(seen.status), seen);
    await t.answer("§1.7 a Viewer repairs nothing", 403, viewer.ServiceMainCalls.syncServiceGitWebhook(id));
  });
}

step("webhooks.of-every-kind", [], async (t) => {
  const { owner } = t.world;
  const token = await t.world.token(t);
  const environment = await t.world.environmentIn(t);
  const source = t.world.source("GITHUB", token.id);
  const calls = {
    Job: [
      owner.Jobs.createJob(environment.id, t.world.jobBody(source, { on_start: {} })),
      owner.JobMainCalls,
    ],
    Helm: [owner.Helms.createHelm(environment.id, t.world.helmBody(source)), owner.HelmMainCalls],
    Terraform: [
      owner.Terraforms.createTerraform(environment.id, t.world.terraformBody(source)),
      owner.TerraformMainCalls,
    ],
  };
  for (const [kind, [create, main]] of Object.entries(calls)) {
    const made = await t.body(`§1.6 ${kind}`, 201, create);
    t.later(() => main[`delete${kind}`](made.id));
    const status = await t.body(
      `§1.4 ${kind}`,
      200,
      owner.ServiceMainCalls.getServiceGitWebhookStatus(made.id),
    );
    t.equal(`§1.4 ${kind}`, status.provider, "GITHUB");
  }
});

step("webhooks.repaired", ["HOOKS", "GITHUB_API_URL"], async (t) => {
  const { owner, environment: given } = t.world;
  const token = await t.world.token(t);
  const environment = await t.world.environmentIn(t);
  const made = await t.world.application(t, environment, t.world.source("GITHUB", token.id), {
    auto_deploy: true,
  });
  // At the provider, as somebody who may change the repository's hooks there.
  const hooks = `${given.GITHUB_API_URL}/repos/${t.world.repository}/hooks`;
  const headers = { Authorization: `Bearer ${given.GITHUB_TOKEN}`, "User-Agent": "octocat" };
  const at = async (method, path = "", data) => {
    const body = data && JSON.stringify(data);
    const response = await fetch(`${hooks}${path}`, { method, headers, body });
    return response.status === 204 ? [] : response.json();
  };
  const is = async (sentence, call, status) => {
    const body = await t.body(sentence, 200, call);
    t.equal(sentence, body.status, status);
    return body;
  };
  const look = () => owner.ServiceMainCalls.getServiceGitWebhookStatus(made.id);
  const sync = () => owner.ServiceMainCalls.syncServiceGitWebhook(made.id);

  await is("§1.4 it was made", look(), "ACTIVE");
  const [first, ...more] = await at("GET");
  t.equal("§1.4 one hook", more.length, 0);
  for (const event of ["push", "pull_request"]) {
    t.ok(`issue 4.4 it tells of ${event}`, first?.events?.includes(event), first);
  }
  await at("DELETE", `/${first?.id}`);
  await is("§1.4 somebody removed it", look(), "NOT_CONFIGURED");
  await is("§1.4 sync makes it again", sync(), "ACTIVE");
  const [second] = await at("GET");
  await at("PATCH", `/${second?.id}`, { events: ["push"] });
  const wrong = await is("§1.4 it tells too little", look(), "MISCONFIGURED");
  t.ok("§1.4 what is missing", wrong.missing_events?.length > 0, wrong);
  await is("§1.4 sync repairs it", sync(), "ACTIVE");
  await at("PATCH", `/${second?.id}`, { active: false });
  await is("§1.4 it was switched off", look(), "MISCONFIGURED");
  await is("§1.4 sync switches it on", sync(), "ACTIVE");
  t.equal("§1.4 still one hook", (await at("GET")).length, 1);
  await t.answer("§1.6 delete", 204, owner.ApplicationMainCalls.deleteApplication(made.id));
  t.equal("no contract says so, but a hook goes with its service", await at("GET"), []);
});

step("webhooks.no-git-source", [], async (t) => {
  const { owner } = t.world;
  const environment = await t.world.environmentIn(t);
  const source = { image: { image_name: "acme/app", tag: "1" } };
  const body = t.world.jobBody({}, { on_start: {} }, { source });
  // A service of an image need not be served; if it is, it has no webhook.
  const made = await t.answer(
    "§1.6 a job of an image",
    [201, 400, 501],
    owner.Jobs.createJob(environment.id, body),
  );
  if (made.status !== 201) return;
  t.later(() => owner.JobMainCalls.deleteJob(made.data.id));
  await t.answer("§1.4 no git source", 400, owner.ServiceMainCalls.getServiceGitWebhookStatus(made.data.id));
  await t.answer("§1.4 no git source", 400, owner.ServiceMainCalls.syncServiceGitWebhook(made.data.id));
});
