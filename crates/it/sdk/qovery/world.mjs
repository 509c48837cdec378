// What the steps work with: the environment, clients for each caller, and makers of the usual things.
// Whatever a maker makes is put away when its step ends.

import { Clients } from "./client.mjs";

const NEEDED = [
  "BASE",
  "TOKEN",
  "VIEWER_TOKEN",
  "DEVOPS_TOKEN",
  "GITHUB_TOKEN",
  "GITLAB_TOKEN",
  "BITBUCKET_TOKEN",
];

/** Where people see each provider, whatever address the server really calls. */
export const WEB = {
  GITHUB: "https://github.com",
  GITLAB: "https://gitlab.com",
  BITBUCKET: "https://bitbucket.org",
};
export const PROVIDERS = Object.keys(WEB);
/** An id that nothing has. */
export const NOBODY = "00000000-0000-4000-8000-000000000000";

/** The environment of a run. */
export class World {
  constructor(environment) {
    const missing = NEEDED.filter((name) => !environment[name]);
    if (missing.length > 0) throw new Error(`Set ${missing.join(", ")}.`);
    this.environment = environment;
    // As a person may write it; the SDK is also tried with what was written here, see steps/auth.mjs.
    this.root = environment.BASE.replace(/\/+$/, "").replace(/\/qovery$/, "");
    this.repository = environment.REPOSITORY ?? "acme/app";
    this.workspace = environment.BITBUCKET_WORKSPACE ?? "acme";
    this.number = 0;
    this.sink = () => {};
    const secret = /(^|_)(TOKEN|CODE|JWT)$/;
    this.secrets = Object.keys(environment)
      .filter((name) => secret.test(name) && environment[name])
      .map((name) => environment[name]);
    this.clients = new Clients({
      base: environment.BASE,
      secrets: this.secrets,
      goodTokens: ["TOKEN", "VIEWER_TOKEN", "DEVOPS_TOKEN"].map((name) => environment[name]),
      found: (sentence) => this.sink(sentence),
    });
    this.owner = this.clients.sdk(environment.TOKEN);
    this.viewer = this.clients.sdk(environment.VIEWER_TOKEN, "Bearer");
    this.devops = this.clients.sdk(environment.DEVOPS_TOKEN);
  }

  /** Whether the environment has all of these. */
  has(names) {
    return names.every((name) => this.environment[name]);
  }

  /** A name nobody else uses. */
  name(word) {
    this.number += 1;
    return `${word} ${process.pid}-${this.number}`;
  }

  /** The organization of the Owner's token. */
  async organization(t) {
    if (!this.known) {
      const all = await t.list("§1.7 organizations", this.owner.OrganizationMainCalls.listOrganization());
      if (all.length !== 1) throw new Error(`${all.length} organizations, not one`);
      this.known = all[0];
    }
    return this.known.id;
  }

  /** The body of a token of this provider. */
  tokenBody(provider, more = {}) {
    const workspace = provider === "BITBUCKET" ? { workspace: this.workspace } : {};
    const token = this.environment[`${provider}_TOKEN`];
    return { name: this.name(provider), type: provider, token, ...workspace, ...more };
  }

  /** Stores a token. */
  async token(t, provider = "GITHUB", more = {}) {
    const organization = await this.organization(t);
    const calls = this.owner.OrganizationMainCalls;
    const made = calls.createGitToken(organization, this.tokenBody(provider, more));
    const token = await t.body(`§1.1 a token of ${provider} is stored`, 201, made);
    t.later(() => calls.deleteGitToken(organization, token.id));
    return token;
  }

  /** Makes a project. */
  async project(t) {
    const organization = await this.organization(t);
    const made = this.owner.Projects.createProject(organization, { name: this.name("project") });
    const project = await t.body("§1.6 a project", 200, made);
    t.later(() => this.owner.ProjectMainCalls.deleteProject(project.id));
    return project;
  }

  /** Makes an environment, in a project of its own if none is given. */
  async environmentIn(t, project) {
    const inside = project ?? (await this.project(t));
    const body = { name: this.name("environment"), mode: "DEVELOPMENT" };
    const made = this.owner.Environments.createEnvironment(inside.id, body);
    const environment = await t.body("§1.6 an environment", 201, made);
    t.later(() => this.owner.EnvironmentMainCalls.deleteEnvironment(environment.id));
    return environment;
  }

  /** A repository as a service names it. */
  source(provider, tokenId, more = {}) {
    const url = `${WEB[provider]}/${this.repository}.git`;
    return { url, branch: "main", root_path: "/", git_token_id: tokenId, provider, ...more };
  }

  /** Makes an application from a repository. */
  async application(t, environment, source, more = {}) {
    const body = { name: this.name("application"), git_repository: source, healthchecks: {}, ...more };
    const made = this.owner.Applications.createApplication(environment.id, body);
    const application = await t.body("§1.6 an application", 201, made);
    t.later(() => this.owner.ApplicationMainCalls.deleteApplication(application.id));
    return application;
  }

  /** The body of a job from a repository. */
  jobBody(source, schedule, more = {}) {
    return {
      name: this.name("job"),
      source: { docker: { git_repository: source, dockerfile_path: "Dockerfile" } },
      healthchecks: {},
      schedule,
      ...more,
    };
  }

  /** The body of a Helm service from a repository. */
  helmBody({ provider: _, ...source }, more = {}) {
    return {
      name: this.name("helm"),
      auto_deploy: false,
      source: { git_repository: { ...source, root_path: "/chart" } },
      arguments: [],
      values_override: {},
      ...more,
    };
  }

  /** The body of a Terraform service from a repository. */
  terraformBody({ provider: _, ...source }, more = {}) {
    return {
      name: this.name("terraform"),
      description: "",
      auto_deploy_config: { auto_deploy: false, terraform_action: "DEFAULT" },
      terraform_files_source: { git_repository: { ...source, root_path: "/infra" } },
      terraform_variables_source: { tf_var_file_paths: [], tf_vars: [] },
      backend: { kubernetes: {} },
      engine: "TERRAFORM",
      provider_version: { explicit_version: "1.9.8" },
      job_resources: { cpu_milli: 500, ram_mib: 256, gpu: 0, storage_gib: 1 },
      ...more,
    };
  }
}
