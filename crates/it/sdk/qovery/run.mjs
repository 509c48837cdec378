// The conformance suite of the Qovery surface: what an unmodified client sends and expects, tried
// with the official SDK against a running server.
//
//   node run.mjs [PREFIX…]      the steps whose names begin so; all without one
//   node run.mjs --list         the names, and what each needs of the environment
//
// Each step prints one line of JSON, {step, ok, detail}; a step that lacks something of the
// environment prints {step, ok: null, detail}. The exit code is 1 when a step failed, 2 when nothing
// could be run.
//
// Environment. BASE: the server's URL, also with /qovery, also with a slash at the end. TOKEN,
// VIEWER_TOKEN, DEVOPS_TOKEN: API tokens of one organization. GITHUB_TOKEN, GITLAB_TOKEN,
// BITBUCKET_TOKEN: what the providers take. REPOSITORY (acme/app) is there at each provider, private,
// with the branches main and feature/one; repository.json says what GitHub's main has beside the
// rest. BITBUCKET_WORKSPACE (acme).
// Optional: FOREIGN_TOKEN (Owner of another organization); NEXT_GITHUB_TOKEN (as good as the first),
// WEAK_GITHUB_TOKEN and WEAK_PERMISSION (it lacks that), ENDING_GITHUB_TOKEN and ENDING_DATE;
// SELF_HOSTED_GITLAB_URL and _TOKEN, SELF_HOSTED_GITHUB_URL and _TOKEN, SELF_HOSTED_BITBUCKET_URL and
// _TOKEN; MANY_REPOSITORIES (how many GitHub's token sees at least); HOOKS (made or none: whether the
// server has a public URL); INSTALLATION_ID and INSTALLATION_CODE (of the GitHub App); ORIGIN (allowed
// for browsers); JWT (of a member) and STRANGER_JWT; REVOKED_GIT_TOKEN_ID (a stored token that GitHub
// takes no more); GITHUB_API_URL (where hooks are changed behind the server's back).

import { chosen, runSteps } from "./suite.mjs";

const wanted = chosen(process.argv.slice(2).filter((it) => it !== "--list"));
const lines = [];
function print(line) {
  lines.push(line);
  console.log(JSON.stringify(line));
}

if (process.argv.includes("--list")) {
  for (const it of wanted) print({ step: it.name, ok: null, detail: it.wants.join(", ") });
  process.exit(0);
}
try {
  await runSteps(wanted, process.env, print);
} catch (error) {
  console.error(error.message);
  process.exit(2);
}
const ran = lines.filter((it) => it.ok !== null);
process.exit(ran.length === 0 ? 2 : ran.every((it) => it.ok) ? 0 : 1);
