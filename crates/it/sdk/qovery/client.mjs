// The official SDK, pointed at the server, with every answer looked at on its way in: the strict
// types, the shape of refusals, no secret, no page for people. What a step finds of its own comes on
// top of this.

import { axios, qovery } from "./packages.mjs";
import { operationAt } from "./model.mjs";
import { faults } from "./strict.mjs";

/** No answer takes longer than this. */
const ANSWER_MILLISECONDS_MAX = 60_000;
/** How our own tokens begin; none is in an answer but the one that makes it. */
const OWN_SECRET = /clv_[a-z]+_[A-Za-z0-9_-]{16,}/;

/** Clients of one server. `found` is told what is wrong with an answer, one sentence each. */
export class Clients {
  constructor({ base, secrets, goodTokens, found }) {
    this.base = base;
    this.secrets = secrets;
    this.goodTokens = new Set(goodTokens);
    this.found = found;
  }

  /** The SDK's classes for a token: `sdk.GithubApp` is a `GithubAppApi`. */
  sdk(token, word = "Token") {
    const given = word === "Bearer" ? { accessToken: token } : { apiKey: `${word} ${token}` };
    return this.configured(given);
  }

  /** The same with a configuration of the SDK's own. */
  configured(configuration, base = this.base, defaults = {}) {
    const settings = new qovery.Configuration({ basePath: base, ...configuration });
    const http = this.http(base, defaults);
    return new Proxy({}, { get: (_, name) => new qovery[`${name}Api`](settings, undefined, http) });
  }

  /** The SDK's own HTTP client, where a step has to send what the SDK cannot. */
  http(base = this.base, defaults = {}) {
    const http = axios.create({
      maxRedirects: 0,
      timeout: ANSWER_MILLISECONDS_MAX,
      // Refusals are answers here; a step says which it wants.
      validateStatus: () => true,
      ...defaults,
    });
    http.interceptors.response.use((response) => {
      for (const sentence of this.wrongWith(response, base)) {
        this.found(`${named(response)}: ${sentence}`);
      }
      return response;
    });
    return http;
  }

  /** A request as it is, for another client than the SDK: `{method, path, token, headers, data}`. */
  raw({ method = "GET", path, token, word = "Token", headers = {}, data }) {
    const authorization = token ? { Authorization: `${word} ${token}` } : {};
    const url = `${this.base}${path}`;
    // A text goes as it is, also where it is no JSON.
    const asIs = typeof data === "string" || data instanceof Buffer ? { transformRequest: [(it) => it] } : {};
    return this.http().request({ method, url, headers: { ...authorization, ...headers }, data, ...asIs });
  }

  wrongWith(response, base) {
    const { status, data, headers, config } = response;
    const wrong = [];
    const text = typeof data === "string" ? data : JSON.stringify(data ?? "");
    const isEmpty = data === "" || data === undefined;
    const type = String(headers["content-type"] ?? "");
    if (!isEmpty && !/^application\/(problem\+)?json\b/.test(type)) {
      wrong.push(`§0.9: the body is ${type || "of no type"}, not JSON: ${text.slice(0, 80)}`);
    }
    if (!headers["x-request-id"]) wrong.push("design §6: there is no X-Request-Id");
    if (status >= 300 && status < 400) wrong.push(`§0.9: ${status} leads elsewhere`);
    if (status >= 400) wrong.push(...wrongRefusal(data, status, config, this.goodTokens));
    const path = pathBelow(response, base);
    const operation = operationAt(config.method.toUpperCase(), path);
    if (status < 300 && operation) {
      wrong.push(...faults(data, operation.answer).map((it) => `§0.1, ${operation.name}: ${it}`));
    }
    const leaked = this.secrets.some((secret) => text.includes(secret));
    const makesToken = /^create.*ApiToken$/.test(operation?.name ?? "");
    if (leaked || (OWN_SECRET.test(text) && !makesToken)) wrong.push("§0.4: a secret is in the answer");
    return wrong;
  }
}

/** What is wrong with a refusal, whatever it refuses. */
function wrongRefusal(data, status, config, goodTokens) {
  const wrong = [];
  const body = data && typeof data === "object" ? data : {};
  const isText = (key) => typeof body[key] === "string" && (body[key] !== "" || key === "instance");
  const keys = ["type", "title", "detail", "instance", "message", "error"];
  const lacking = keys.filter((key) => !isText(key));
  if (lacking.length > 0) wrong.push(`§0.9: the refusal has no ${lacking.join(", ")}`);
  if (body.status !== status) wrong.push(`§0.9: the refusal's status is ${body.status}, not ${status}`);
  if (status >= 500 && status !== 501) wrong.push(`§0.8: ${status} for a client's request`);
  const token = String(config.headers?.Authorization ?? "")
    .split(" ")
    .at(-1);
  if (status === 401 && goodTokens.has(token)) wrong.push("§3: 401 although the caller's token is good");
  if (status === 400 && /exist/i.test(String(body.detail))) {
    wrong.push(`§0.8: Terraform reads a 400 with "exist" as gone: ${body.detail}`);
  }
  return wrong;
}

function url(response) {
  return new URL(response.config.url, response.config.baseURL ?? undefined);
}

function named(response) {
  return `${response.config.method.toUpperCase()} ${url(response).pathname}`;
}

function pathBelow(response, base) {
  const { pathname } = url(response);
  const prefix = new URL(base).pathname.replace(/\/+$/, "");
  const below = pathname.startsWith(prefix) ? pathname.slice(prefix.length) : pathname;
  return below.replace(/^\/+/, "/");
}
