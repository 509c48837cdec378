// All steps, and one run of them against one server.

import { Trial, run, steps } from "./report.mjs";
import { World } from "./world.mjs";

import "./steps/journey.mjs";
import "./steps/auth.mjs";
import "./steps/errors.mjs";
import "./steps/git_tokens.mjs";
import "./steps/git_tokens_refused.mjs";
import "./steps/repositories.mjs";
import "./steps/checks.mjs";
import "./steps/organization.mjs";
import "./steps/api_tokens.mjs";
import "./steps/services.mjs";
import "./steps/associated.mjs";
import "./steps/webhooks.mjs";
import "./steps/github_app.mjs";
import "./steps/events.mjs";
import "./steps/terraform.mjs";
import "./steps/not_served.mjs";
import "./steps/revoked.mjs";

/** The steps whose names begin with one of these; all without one. */
export function chosen(prefixes) {
  return steps.filter((it) => prefixes.length === 0 || prefixes.some((word) => it.name.startsWith(word)));
}

/** Runs steps one after the other; `print` gets {step, ok, detail} of each. */
export async function runSteps(wanted, environment, print) {
  const world = new World(environment);
  for (const one of wanted) {
    const missing = one.wants.filter((name) => !world.has([name]));
    if (missing.length > 0) {
      print({ step: one.name, ok: null, detail: `not run: ${missing.join(", ")} not given` });
      continue;
    }
    const trial = new Trial(world);
    world.sink = (sentence) => trial.fault(sentence);
    const faults = await run(one, trial);
    print({ step: one.name, ok: faults.length === 0, detail: [...new Set(faults)].join("\n") });
  }
}
