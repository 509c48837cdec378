// The audit events: what was done, by whom, with what; in pages, and filtered.

import { step } from "../report.mjs";

const HOUR_SECONDS = 3600;

/** One page; `asked` names the filters as the SDK has them. */
function page(sdk, organization, asked = {}) {
  const { pageSize = 100, fromTimestamp, toTimestamp, continueToken, stepBackToken, eventType } = asked;
  const { targetType, targetId, subTargetType, triggeredBy, origin, projectId, environmentId } = asked;
  return sdk.OrganizationEvent.getOrganizationEvents(
    organization,
    pageSize,
    fromTimestamp,
    toTimestamp,
    continueToken,
    stepBackToken,
    eventType,
    targetType,
    targetId,
    subTargetType,
    triggeredBy,
    origin,
    projectId,
    environmentId,
  );
}

async function events(t, asked, sdk = t.world.owner) {
  const organization = await t.world.organization(t);
  const body = await t.body("§1.7 events", 200, page(sdk, organization, asked));
  t.ok("§0 links and events are there", body.links && Array.isArray(body.events), body);
  return { events: body.events ?? [], links: body.links ?? {} };
}

/** A token that lived and died. */
async function life(t) {
  const organization = await t.world.organization(t);
  const calls = t.world.owner.OrganizationMainCalls;
  const body = t.world.tokenBody("GITHUB");
  const token = await t.body("§1.1", 201, calls.createGitToken(organization, body));
  await t.body("§1.1", 200, calls.editGitToken(organization, token.id, body));
  await t.answer("§1.1", 204, calls.deleteGitToken(organization, token.id));
  return token;
}

step("events.of-a-token", [], async (t) => {
  const token = await life(t);
  const all = (await events(t, {})).events;
  const about = all.filter((it) => it.target_name === token.name || it.change?.includes(token.id));
  const wanted = ["DELETE", "UPDATE", "CREATE"];
  t.equal(
    "§1.7 three, the newest first",
    about.map((it) => it.event_type),
    wanted,
  );
  for (const it of about) {
    t.equal("§1.7 what it is about", [it.target_type, it.sub_target_type], ["ORGANIZATION", "GIT_TOKEN"]);
    t.ok("§1.7 by whom", it.triggered_by, it);
    t.ok("§1.7 from where", ["API", "CONSOLE"].includes(it.origin), it);
    t.ok("§1.7 with what", it.user_agent?.startsWith("axios/"), it);
    t.ok("§1.7 when", Math.abs(Date.parse(it.timestamp) - Date.now()) < HOUR_SECONDS * 1000, it);
    for (const text of [it.change, it.original_change]) {
      if (text) t.ok("§1.7 the change is JSON", typeof JSON.parse(text) === "object", text);
    }
  }
});

step("events.origins", [], async (t) => {
  const organization = await t.world.organization(t);
  const { clients, environment } = t.world;
  const agents = { CLI: "CLI 1.2.3", TERRAFORM_PROVIDER: "Terraform provider 0.86.1" };
  for (const [origin, agent] of Object.entries(agents)) {
    const data = t.world.tokenBody("GITHUB");
    const headers = { "User-Agent": agent };
    const path = `/organization/${organization}/gitToken`;
    const made = clients.raw({ method: "POST", path, token: environment.TOKEN, headers, data });
    const token = await t.body("§1.1", 201, made);
    t.later(() => t.world.owner.OrganizationMainCalls.deleteGitToken(organization, token.id));
    const found = (await events(t, { origin })).events;
    const it = found.find((row) => row.target_name === data.name);
    t.equal("§1.7 the origin", [it?.origin, it?.user_agent], [origin, agent]);
    t.ok(
      "§1.7 and no other",
      found.every((row) => row.origin === origin),
      found,
    );
  }
});

step("events.services", [], async (t) => {
  const token = await t.world.token(t);
  const project = await t.world.project(t);
  const environment = await t.world.environmentIn(t, project);
  const application = await t.world.application(t, environment, t.world.source("GITHUB", token.id));
  const found = (await events(t, { targetType: "APPLICATION" })).events;
  const it = found.find((row) => row.target_id === application.id);
  t.equal("§1.7 an application was made", it?.event_type, "CREATE");
  t.equal("§1.7 its name", it?.target_name, application.name);
  t.equal("§1.7 its project", [it?.project_id, it?.project_name], [project.id, project.name]);
  t.equal(
    "§1.7 its environment",
    [it?.environment_id, it?.environment_name],
    [environment.id, environment.name],
  );
  t.ok(
    "§1.7 and nothing else",
    found.every((row) => row.target_type === "APPLICATION"),
    found,
  );
});

step("events.filters", [], async (t) => {
  const token = await life(t);
  const rows = async (asked) => (await events(t, asked)).events;
  const made = (await rows({ eventType: "CREATE" })).map((it) => it.event_type);
  t.equal("§1.7 by type", [...new Set(made)], ["CREATE"]);
  const sub = await rows({ targetType: "ORGANIZATION", subTargetType: "GIT_TOKEN" });
  t.ok("§1.7 by sub target", sub.length >= 3 && sub.every((it) => it.sub_target_type === "GIT_TOKEN"), sub);
  const [newest] = sub;
  if (newest?.triggered_by) {
    const by = await rows({ triggeredBy: newest.triggered_by });
    t.ok("§1.7 by whom", by.length > 0 && by.every((it) => it.triggered_by === newest.triggered_by), by);
  }
  t.equal("§1.7 by nobody", await rows({ triggeredBy: "nobody has this name" }), []);
  if (newest?.target_id) {
    const about = await rows({ targetType: "ORGANIZATION", targetId: newest.target_id });
    t.ok("§1.7 by target", about.length > 0 && about.every((it) => it.target_id === newest.target_id), about);
  }
  const now = Math.floor(Date.now() / 1000);
  const hasIt = (found) => found.some((it) => it.target_name === token.name);
  for (const [what, factor] of [
    ["seconds", 1n],
    ["nanoseconds", 1_000_000_000n],
  ]) {
    const at = (seconds) => `${BigInt(seconds) * factor}`;
    const recent = await rows({ fromTimestamp: at(now - HOUR_SECONDS), toTimestamp: at(now + HOUR_SECONDS) });
    t.ok(`§1.7 within an hour, in ${what}`, hasIt(recent), recent.length);
    const late = await rows({ fromTimestamp: at(now + HOUR_SECONDS) });
    t.equal(`§1.7 after an hour, in ${what}`, late, []);
    const early = await rows({ toTimestamp: at(now - HOUR_SECONDS) });
    t.ok(`§1.7 before an hour ago, in ${what}`, !hasIt(early), early.length);
  }
});

step("events.pages", [], async (t) => {
  await life(t);
  await life(t);
  // Looking adds nothing that would move the pages: they end at a moment.
  const toTimestamp = `${Math.floor(Date.now() / 1000) + 1}`;
  const whole = (await events(t, { toTimestamp })).events.map((it) => it.id);
  const token = (link) => new URL(link, "http://localhost").searchParams;
  const walked = [];
  let continueToken;
  let last = {};
  const PAGES_MAX = 200;
  for (let number = 0; number < PAGES_MAX; number += 1) {
    last = await events(t, { pageSize: 2, toTimestamp, continueToken });
    t.ok("§1.7 a page is no longer than asked", last.events.length <= 2, last.events.length);
    walked.push(...last.events.map((it) => it.id));
    if (!last.links.next || walked.length >= 12) break;
    continueToken = token(last.links.next).get("continueToken");
    if (!t.ok("§1.7 next has a continueToken", continueToken, last.links.next)) return;
  }
  t.ok("§1.7 there were several pages", walked.length > 4, walked.length);
  t.equal("§1.7 page by page as in one", walked, whole.slice(0, walked.length));
  t.equal("§1.7 none twice", new Set(walked).size, walked.length);
  if (t.ok("§1.7 previous is there", last.links.previous, last.links)) {
    const stepBackToken = token(last.links.previous).get("stepBackToken");
    const before = (await events(t, { pageSize: 2, toTimestamp, stepBackToken })).events;
    t.equal(
      "§1.7 one page back",
      before.map((it) => it.id),
      walked.slice(-4, -2),
    );
  }
});

step("events.refused", [], async (t) => {
  const organization = await t.world.organization(t);
  const { owner, viewer } = t.world;
  // The audit log is for those who manage the organization.
  await t.answer("design §3, a Viewer reads no audit log", 403, page(viewer, organization));
  for (const asked of [
    { eventType: "NOTHING" },
    { targetType: "NOTHING" },
    { origin: "NOTHING" },
    { targetId: "nothing", targetType: "ORGANIZATION" },
    { fromTimestamp: "yesterday" },
    { continueToken: "nothing" },
    { pageSize: -1 },
  ]) {
    await t.answer(`bad input, ${JSON.stringify(asked)}`, 400, page(owner, organization, asked));
  }
  await t.answer(
    "bad input, a huge page",
    [200, 400],
    page(owner, organization, { pageSize: 1_000_000_000 }),
  );
});
