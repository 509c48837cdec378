// The official ways to try a token: a Dockerfile, files, a chart, Terraform's variables. The files are
// those of repository.json, at GitHub.

import { step } from "../report.mjs";
import { NOBODY } from "../world.mjs";

async function setting(t) {
  const token = await t.world.token(t, "GITHUB");
  const environment = await t.world.environmentIn(t);
  const source = (more) => t.world.source("GITHUB", token.id, more);
  return { token, environment, source, calls: t.world.owner.Environment };
}

step("checks.dockerfile", [], async (t) => {
  const { environment, source, calls } = await setting(t);
  const check = (dockerfile_path, more) =>
    calls.checkDockerfile(environment.id, { git_repository: source(more), dockerfile_path });
  const found = await t.body("§1.5", 200, check("build/Dockerfile"));
  t.equal("§1.5 its path", found.dockerfile_path, "build/Dockerfile");
  t.equal("§1.5 its arguments", [...(found.arg ?? [])].sort(), ["CHANNEL", "VERSION"]);
  const images = found.repositories ?? [];
  t.ok(
    "§1.5 its images",
    images.some((it) => it.includes("alpine")),
    found,
  );
  await t.body("§1.5 below a root path", 200, check("Dockerfile", { root_path: "/build" }));
  await t.body("§1.5 without a provider", 200, check("Dockerfile", { provider: undefined }));
  await t.answer("§1.5 no such file", 400, check("nothing/Dockerfile"));
  await t.answer("§1.5 a folder", 400, check("build"));
  await t.answer("§1.5 a path that climbs", 400, check("../../Dockerfile"));
  await t.answer("§1.5 no such branch", 400, check("Dockerfile", { branch: "nothing" }));
  const url = "https://github.com/acme/nothing";
  await t.answer("§1.5 no such repository", 400, check("Dockerfile", { url }));
  await t.answer("§1.5 no such token", [400, 404], check("Dockerfile", { git_token_id: NOBODY }));
  await t.answer("§1.5 nothing in it", 400, calls.checkDockerfile(environment.id, {}));
  const elsewhere = { git_repository: source(), dockerfile_path: "Dockerfile" };
  await t.answer("§1.5 no such environment", 404, calls.checkDockerfile(NOBODY, elsewhere));
});

step("checks.git-file", [], async (t) => {
  const { environment, source, calls } = await setting(t);
  const check = (files, more) => {
    const { provider: _, ...git_repository } = source(more);
    return calls.checkGitFile(environment.id, { git_repository, files });
  };
  await t.answer("§1.5 one", 200, check(["README.md"]));
  await t.answer("§1.5 several", 200, check(["README.md", "chart/values.yaml"]));
  await t.answer("§1.5 below a root path", 200, check(["values.yaml"], { root_path: "/chart" }));
  await t.answer("§1.5 on another branch", 200, check(["docs/idea.md"], { branch: "feature/one" }));
  const refused = await t.answer("§1.5 one of two is missing", 400, check(["README.md", "missing.yaml"]));
  t.ok("§1.5 it is named", refused.data?.detail?.includes("missing.yaml"), refused.data);
});

step("checks.helm", [], async (t) => {
  const { environment, source, calls } = await setting(t);
  const check = (more) => {
    const { provider: _, ...git_repository } = source(more);
    return calls.checkHelmRepository(environment.id, { git_repository });
  };
  await t.answer("§1.5 a chart", 200, check({ root_path: "/chart" }));
  await t.answer("§1.5 no chart", 400, check({ root_path: "/src" }));
  await t.answer("§1.5 no folder", 400, check({ root_path: "/nothing" }));
});

step("checks.terraform-variables", [], async (t) => {
  const { source } = await setting(t);
  const organization = await t.world.organization(t);
  const calls = t.world.owner.OrganizationMainCalls;
  const git_repository = source({ root_path: "/infra" });
  const parsed = calls.parseTerraformVariablesFromGitRepo(organization, { git_repository });
  const all = await t.list("§1.5", parsed);
  const region = all.find((it) => it.key === "region");
  t.equal("§1.5 region", region && { ...region, source: undefined, nullable: undefined }, {
    key: "region",
    sensitive: false,
    default: region?.default,
    description: "Where it runs.",
  });
  t.ok("§1.5 its default", String(region?.default).replaceAll('"', "") === "eu", region);
  t.ok("§1.5 it may be null", (region?.nullable ?? true) === true, region);
  t.ok("§1.5 where it stands", region?.source?.endsWith("main.tf"), region);
  const password = all.find((it) => it.key === "password");
  t.equal("§1.5 password is sensitive", password?.sensitive, true);
  t.equal("§1.5 … and never null", password?.nullable, false);

  const files = (mode) => calls.listTfVarsFilesFromGitRepo(organization, { git_repository, mode });
  const found = await t.list("§1.5 found by itself", files({ type: "AutoDiscover" }));
  const named = (rows, name) => rows.find((it) => it.source.endsWith(name))?.variables?.region;
  t.ok("§1.5 prod.tfvars", String(named(found, "prod.tfvars")).replaceAll('"', "") === "ap", found);
  t.ok("§1.5 terraform.tfvars", String(named(found, "terraform.tfvars")).replaceAll('"', "") === "us", found);
  // Nothing says whether a path starts at the root path or at the repository's root.
  const specific = (path) => files({ type: "SpecificPaths", paths: [path] });
  const short = await t.answer("§1.5 one named", [200, 400], specific("prod.tfvars"));
  const one = short.status === 200 ? short.data.results : await t.list("§1.5", specific("infra/prod.tfvars"));
  t.equal("§1.5 that one alone", one?.length, 1);
  const none = await t.answer("§1.5 one that is not there", [200, 400], specific("no.tfvars"));
  t.ok("§1.5 nothing is made of it", none.status === 400 || none.data.results?.length === 0, none.data);
  await t.answer("§1.5 an unknown mode", 400, files({ type: "Guess" }));
});
