// The installed packages: the official SDK, its HTTP client, and the TypeScript compiler that reads
// the SDK's types. `cargo xtask setup` puts them below the target folder; QOVERY_SDK names the
// folder where that is elsewhere.

import { createRequire } from "node:module";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.env.QOVERY_SDK ?? join(here, "../../../../target/clients/qovery");
if (!existsSync(join(folder, "node_modules/qovery-typescript-axios"))) {
  console.error(`The Qovery SDK is not in ${folder}. Run cargo xtask setup.`);
  process.exit(2);
}
const load = createRequire(join(folder, "package.json"));

/** The official SDK. */
export const qovery = load("qovery-typescript-axios");
/** The HTTP client the SDK uses. */
export const axios = load("axios");
/** The TypeScript compiler. */
export const typescript = load("typescript");
/** The SDK's file of types. */
export const typesPath = load.resolve("qovery-typescript-axios/dist/api.d.ts");
/** The text of the SDK's program. */
export const programText = () => readFileSync(load.resolve("qovery-typescript-axios/dist/api.js"), "utf8");
