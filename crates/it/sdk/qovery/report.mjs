// Steps, what they find, and the lines they print.

/** All steps, in the order in which they run. */
export const steps = [];

/** Adds a step. `wants` names what it needs of the environment beyond what every step needs. */
export function step(name, wants, work) {
  if (steps.some((it) => it.name === name)) throw new Error(`Two steps are called ${name}.`);
  steps.push({ name, wants, work });
}

/** Ends a step whose rest would say nothing. */
class Ended extends Error {}

/** One run of a step: it collects what is wrong, and puts away what the step made. */
export class Trial {
  constructor(world) {
    this.world = world;
    this.faults = [];
    this.clean = [];
  }

  /** Something is wrong. */
  fault(sentence) {
    this.faults.push(sentence);
  }

  /** This must hold; the sentence says what is expected, and where that stands. */
  ok(sentence, holds, got) {
    if (!holds) this.fault(`${sentence}; got ${shown(got)}`);
    return Boolean(holds);
  }

  /** These must be equal, as JSON. */
  equal(sentence, got, wanted) {
    return this.ok(
      `${sentence}: expected ${shown(wanted)}`,
      shown(got, Infinity) === shown(wanted, Infinity),
      got,
    );
  }

  /** Waits for an answer that must have this status, or one of these; ends the step if it was to succeed. */
  async answer(sentence, wanted, promise) {
    const statuses = [wanted].flat();
    const response = await promise;
    const isRight = statuses.includes(response.status);
    const { method, url } = response.config;
    const line = `${sentence}: expected ${statuses.join(" or ")} to ${method.toUpperCase()} ${pathOf(url)}`;
    this.ok(line, isRight, `${response.status} ${shown(response.data)}`);
    if (!isRight && statuses.every((it) => it < 300)) throw new Ended();
    return response;
  }

  /** Waits for a success and gives its body. */
  async body(sentence, wanted, promise) {
    return (await this.answer(sentence, wanted, promise)).data;
  }

  /** The `results` of a list. */
  async list(sentence, promise) {
    const body = await this.body(sentence, 200, promise);
    this.ok(`${sentence}: expected results to be a list`, Array.isArray(body?.results), body);
    return body?.results ?? [];
  }

  /** Does this at the end, whatever happens before. */
  later(work) {
    this.clean.unshift(work);
  }
}

/** Runs a step and gives what it found. */
export async function run(one, trial) {
  try {
    await one.work(trial);
  } catch (error) {
    if (!(error instanceof Ended)) trial.fault(`the step broke off: ${error.stack ?? error}`);
  }
  for (const work of trial.clean) {
    await work().catch((error) => trial.fault(`putting away failed: ${error}`));
  }
  return trial.faults;
}

/** A value for people, not too long. */
export function shown(value, limit = 400) {
  const text = typeof value === "string" ? value : (JSON.stringify(ordered(value)) ?? "nothing");
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}

function ordered(value) {
  if (Array.isArray(value)) return value.map(ordered);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, ordered(value[key])]),
  );
}

function pathOf(text) {
  return URL.canParse(text) ? new URL(text).pathname : text;
}
