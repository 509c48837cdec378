// How the Terraform provider reads: with requests of its own, `Token` as the word, and a rule that
// what was planned comes back unchanged. A refused read means "gone" to it, so a refusal has to mean it.

import { step } from "../report.mjs";
import { NOBODY } from "../world.mjs";

function client(t) {
  const { clients, environment } = t.world;
  return (method, path, data, token = environment.TOKEN) =>
    clients.raw({ method, path, token, data, headers: { "User-Agent": "Terraform provider 0.86.1" } });
}

/** What the provider reads into its state. */
const state = ({ id, name, type, description, workspace }) => ({ id, name, type, description, workspace });

step("terraform.create-read-update-delete", [], async (t) => {
  const organization = await t.world.organization(t);
  const send = client(t);
  const at = `/organization/${organization}/gitToken`;
  const plans = [
    t.world.tokenBody("GITHUB", { description: "" }),
    t.world.tokenBody("GITHUB", { description: " spaced ", workspace: "acme" }),
    t.world.tokenBody("GITLAB", { description: "Ümlaut", workspace: "Any Thing" }),
    t.world.tokenBody("BITBUCKET", { description: "x" }),
  ];
  for (const plan of plans) {
    const made = await t.body("§4 create", 201, send("POST", at, plan));
    t.later(() => send("DELETE", `${at}/${made.id}`));
    const planned = { ...state(plan), id: made.id };
    t.equal("§4 as planned", state(made), planned);
    const read = await t.body("§4 read", 200, send("GET", `${at}/${made.id}`));
    t.equal("§4 a read changes nothing", state(read), planned);
    const again = await t.body("§4 the same plan", 200, send("PUT", `${at}/${made.id}`, plan));
    t.equal("§4 applying twice changes nothing", state(again), planned);
    const next = t.world.tokenBody(plan.type === "GITLAB" ? "GITHUB" : "GITLAB", { description: "moved" });
    const moved = await t.body("§4 another type, in place", 200, send("PUT", `${at}/${made.id}`, next));
    t.equal("§4 as planned", state(moved), { ...state(next), id: made.id });
    await t.answer("§4 delete", 204, send("DELETE", `${at}/${made.id}`));
    await t.answer("§0.8 a deleted one is gone", 404, send("GET", `${at}/${made.id}`));
  }
});

step("terraform.empty-organization", [], async (t) => {
  const organization = await t.world.organization(t);
  const send = client(t);
  const token = await t.world.token(t);
  const at = `/organization/${organization}/gitToken/${token.id}`;
  const wanted = await t.body("§4", 200, send("GET", at));
  const found = await t.body("§4 the data source", 200, send("GET", `/organization//gitToken/${token.id}`));
  t.equal("§4 the same token", found, wanted);
  await t.answer("§4 nobody's", 404, send("GET", `/organization//gitToken/${NOBODY}`));
  const { FOREIGN_TOKEN } = t.world.environment;
  if (FOREIGN_TOKEN) {
    const foreign = send("GET", `/organization//gitToken/${token.id}`, undefined, FOREIGN_TOKEN);
    await t.answer("inv. 7 another organization's", 404, foreign);
  }
});

step("terraform.refusals-mean-what-they-say", [], async (t) => {
  const organization = await t.world.organization(t);
  const send = client(t);
  const token = await t.world.token(t);
  const at = `/organization/${organization}/gitToken/${token.id}`;
  const { VIEWER_TOKEN, DEVOPS_TOKEN } = t.world.environment;
  for (const reader of [VIEWER_TOKEN, DEVOPS_TOKEN]) {
    await t.answer("§0.8 whoever may read is not told 403", 200, send("GET", at, undefined, reader));
  }
  await t.answer("§0.8 an unknown token is no 403 or 404", 401, send("GET", at, undefined, "made-up"));
  await t.answer("§0.8 nor is none at all", 401, send("GET", at, undefined, ""));
  await t.answer("§0.8 gone is 404", 404, send("GET", `/organization/${organization}/gitToken/${NOBODY}`));
  const environment = await t.world.environmentIn(t);
  const application = await t.world.application(t, environment, t.world.source("GITHUB", token.id));
  await t.answer("§0.10 in use", 409, send("DELETE", at));
  await t.answer("§0.8 a refused delete leaves it", 200, send("GET", at));
  await t.answer("§0.8 a service", 200, send("GET", `/application/${application.id}`));
  await t.answer("§0.8 no such service", 404, send("GET", `/application/${NOBODY}`));
});

step("terraform.application", [], async (t) => {
  const send = client(t);
  const token = await t.world.token(t);
  const environment = await t.world.environmentIn(t);
  for (const ending of ["", ".git"]) {
    const plan = {
      name: t.world.name("application"),
      git_repository: {
        url: `https://github.com/${t.world.repository}${ending}`,
        branch: "main",
        root_path: "/src",
        git_token_id: token.id,
        provider: "GITHUB",
      },
      healthchecks: {},
    };
    const made = await t.body(
      "§4 create",
      201,
      send("POST", `/environment/${environment.id}/application`, plan),
    );
    const at = `/application/${made.id}`;
    t.later(() => send("DELETE", at));
    const read = await t.body("§4 read", 200, send("GET", at));
    for (const [key, value] of Object.entries(plan.git_repository)) {
      t.equal(`§4 ${key} as planned`, made.git_repository?.[key], value);
      t.equal(`§4 ${key} as read`, read.git_repository?.[key], value);
    }
    t.equal("§4 the name", read.name, plan.name);
    await t.answer("§4 delete", 204, send("DELETE", at));
    await t.answer("§0.8 gone", 404, send("GET", at));
  }
});
