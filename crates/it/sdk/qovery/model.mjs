// What the SDK says of the API, read from the SDK itself: every operation with its method, path and
// answer, and every type as a plain shape. Nothing is written down here by hand, so a new version of
// the SDK changes what is checked. Formats are not in the SDK's types: formats.mjs has them.

import { programText, typescript as ts, typesPath } from "./packages.mjs";

const program = ts.createProgram([typesPath], {
  lib: ["lib.es2015.d.ts"],
  noResolve: true,
  strict: true,
  types: [],
});
const checker = program.getTypeChecker();
const source = program.getSourceFile(typesPath);
const exported = new Map(
  checker.getExportsOfModule(checker.getSymbolAtLocation(source)).map((it) => [it.name, it]),
);
const shapes = new Map();

/** The shape of a type of the SDK. */
export function shapeOf(name) {
  const symbol = exported.get(name);
  if (!symbol) throw new Error(`The SDK has no type ${name}.`);
  return shape(checker.getDeclaredTypeOfSymbol(symbol));
}

function shape(type) {
  let found = shapes.get(type);
  if (!found) {
    // Put down before it is filled: types may hold themselves.
    shapes.set(type, (found = {}));
    Object.assign(found, plain(type));
  }
  return found;
}

function plain(type) {
  const is = (flag) => (type.flags & flag) !== 0;
  const { TypeFlags } = ts;
  if (is(TypeFlags.Any | TypeFlags.Unknown)) return { kind: "any" };
  if (is(TypeFlags.Boolean)) return { kind: "boolean" };
  if (is(TypeFlags.Literal)) return { kind: "literal", value: literal(type) };
  if (is(TypeFlags.String)) return { kind: "string" };
  if (is(TypeFlags.Number)) return { kind: "number" };
  if (is(TypeFlags.Null)) return { kind: "null" };
  if (is(TypeFlags.Undefined | TypeFlags.Void)) return { kind: "nothing" };
  if (is(TypeFlags.NonPrimitive)) return { kind: "object", properties: [], rest: { kind: "any" } };
  if (is(TypeFlags.Union)) return { kind: "union", members: type.types.map(shape) };
  if (checker.isArrayType(type)) return { kind: "array", item: shape(checker.getTypeArguments(type)[0]) };
  if (type.symbol?.name === "Set") return { kind: "array", item: shape(checker.getTypeArguments(type)[0]) };
  if (is(TypeFlags.Object | TypeFlags.Intersection)) return object(type);
  throw new Error(`A type of the SDK is not understood: ${checker.typeToString(type)}`);
}

function literal(type) {
  return "value" in type ? type.value : checker.typeToString(type) === "true";
}

function object(type) {
  const properties = checker.getPropertiesOfType(type).map((it) => {
    const of = checker.getTypeOfSymbol(it);
    const isOptional = (it.flags & ts.SymbolFlags.Optional) !== 0;
    const owner = it.declarations?.at(-1)?.parent?.name?.text;
    return { name: it.name, isOptional, owner, shape: shape(isOptional ? given(of) : of) };
  });
  const rest = checker.getIndexTypeOfType(type, ts.IndexKind.String);
  return { kind: "object", properties, rest: rest && shape(rest) };
}

/** The type of an optional property where it is there: without `undefined`, with `null` if it may. */
function given(type) {
  const mayBeNull = type.types?.some((it) => it.flags & ts.TypeFlags.Null);
  const bare = checker.getNonNullableType(type);
  return mayBeNull ? checker.getNullableType(bare, ts.TypeFlags.Null) : bare;
}

/** Every operation: {api, name, method, path, answer}. */
export const operations = readOperations();

function readOperations() {
  const answers = new Map();
  for (const statement of source.statements) {
    const api = statement.name?.text;
    if (!ts.isClassDeclaration(statement) || !api?.endsWith("Api")) continue;
    for (const member of statement.members.filter((it) => ts.isMethodDeclaration(it))) {
      // Promise<AxiosResponse<ANSWER, …>>
      const response = member.type.typeArguments[0];
      answers.set(`${api}.${member.name.text}`, checker.getTypeFromTypeNode(response.typeArguments[0]));
    }
  }
  const found = [];
  const text = programText();
  const parts = text.split(/^const (\w+)AxiosParamCreator = function/m);
  for (let at = 1; at < parts.length; at += 2) {
    const [body] = parts[at + 1].split(/^exports\.\w+AxiosParamCreator/m);
    const pattern = /^ {8}(\w+): \([\s\S]*?localVarPath = `([^`]*)`[\s\S]*?method: '([A-Z]+)'/gm;
    for (const [, name, path, method] of body.matchAll(pattern)) {
      const key = `${parts[at]}.${name}`;
      found.push({ api: parts[at], name, method, path, type: answers.get(key), pattern: templated(path) });
      answers.delete(key);
    }
  }
  if (answers.size > 0 || found.some((it) => !it.type)) {
    throw new Error(`Operations of the SDK were not understood: ${[...answers.keys()].join(", ")}`);
  }
  for (const it of found) Object.defineProperty(it, "answer", { get: () => shape(it.type) });
  return found;
}

function templated(path) {
  const literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const parts = path.split(/\{[^}]*\}/).map(literal);
  return new RegExp(`^${parts.join("[^/]*")}$`);
}

/** The operation that a method and a path without its prefix belong to; the most literal one. */
export function operationAt(method, path) {
  const holes = (it) => it.path.split("{").length;
  const fitting = operations.filter((it) => it.method === method && it.pattern.test(path));
  return fitting.sort((a, b) => holes(a) - holes(b))[0];
}
