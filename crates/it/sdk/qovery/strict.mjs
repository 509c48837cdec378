// Reads an answer as a strict client does: the Go client fails on a missing required key and on a
// word outside an enum; we also refuse null where the type has none, a wrong kind of value and a wrong
// format. Keys that the type does not have are fine.

import { FORMATS, FORMAT_OF } from "./formats.mjs";

/** What is wrong with a value of this shape: sentences, none if it is right. */
export function faults(value, shape, path = "") {
  const at = path || "the answer";
  switch (shape.kind) {
    case "any":
      return [];
    case "nothing":
      return value === undefined || value === "" ? [] : [`${at} is ${shown(value)}, not empty`];
    case "null":
      return value === null ? [] : [`${at} is ${shown(value)}, not null`];
    case "literal":
      return value === shape.value ? [] : [`${at} is ${shown(value)}, not ${shown(shape.value)}`];
    case "string":
    case "number":
    case "boolean":
      return typeof value === shape.kind ? [] : [`${at} is ${shown(value)}, not a ${shape.kind}`];
    case "array":
      if (!Array.isArray(value)) return [`${at} is ${shown(value)}, not a list`];
      return value.flatMap((item, index) => faults(item, shape.item, `${path}[${index}]`));
    case "union":
      return unionFaults(value, shape.members, path, at);
    case "object":
      return objectFaults(value, shape, path, at);
    default:
      throw new Error(`No shape: ${shape.kind}`);
  }
}

function unionFaults(value, members, path, at) {
  if (members.every((it) => it.kind === "literal")) {
    const words = members.map((it) => it.value);
    return words.includes(value) ? [] : [`${at} is ${shown(value)}, not one of ${words.join(" ")}`];
  }
  if (value === null && members.some((it) => it.kind === "null")) return [];
  const rest = members.filter((it) => it.kind !== "null");
  if (rest.every((it) => it.kind === "literal")) return unionFaults(value, rest, path, at);
  const tried = rest.map((it) => faults(value, it, path));
  const fitting = tried.filter((it) => it.length === 0).length;
  // The Go client takes a value of several kinds only if it can be one of them alone.
  if (fitting > 1) return [`${at} can be read as ${fitting} of the ${rest.length} kinds it may have`];
  return fitting === 1 ? [] : tried.sort((a, b) => a.length - b.length)[0];
}

function objectFaults(value, shape, path, at) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [`${at} is ${shown(value)}, not an object`];
  }
  const found = [];
  const known = new Set();
  for (const { name, isOptional, owner, shape: inner } of shape.properties) {
    known.add(name);
    const place = path ? `${path}.${name}` : name;
    if (!Object.hasOwn(value, name)) {
      if (!isOptional) found.push(`${place} is missing`);
      continue;
    }
    const wrong = faults(value[name], inner, place);
    found.push(...wrong, ...(wrong.length > 0 ? [] : formatFaults(value[name], owner, name, place)));
  }
  for (const [name, inner] of Object.entries(value)) {
    if (shape.rest && !known.has(name)) {
      found.push(...faults(inner, shape.rest, path ? `${path}.${name}` : name));
    }
  }
  return found;
}

function formatFaults(value, owner, name, place) {
  const format = FORMAT_OF[owner]?.[name];
  if (!format || value === null || FORMATS[format](value)) return [];
  return [`${place} is ${shown(value)}, not a ${format}`];
}

function shown(value) {
  const text = value === undefined ? "undefined" : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
