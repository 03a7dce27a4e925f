/**
 * The types of Node.js for projects that `locust-ts init` writes: the package `@types/node` with what it stands on, so
 * that an editor knows `process` and `node:fs` without an install. The executable has them packed inside, as one file
 * that is read only when it is asked for; from source they are read from our own `node_modules`.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { bunApi } from "./runtime.ts";

/** The name of the packed file; the build adds letters behind it. */
export const NODE_TYPES_NAME = "node_types";

/** Texts by path within the package. */
export type NodeTypes = Readonly<Record<string, string>>;

interface BunFiles {
  readonly embeddedFiles: readonly (Blob & { readonly name: string })[];
}

/** The types; undefined from source without an install. */
export async function readNodeTypes(): Promise<NodeTypes | undefined> {
  const packed = bunApi<BunFiles>()?.embeddedFiles.find(({ name }) => name.startsWith(NODE_TYPES_NAME));
  if (packed !== undefined) {
    return JSON.parse(gunzipSync(new Uint8Array(await packed.arrayBuffer())).toString()) as NodeTypes;
  }
  return collectNodeTypes(fileURLToPath(new URL("../../node_modules", import.meta.url)));
}

export function packNodeTypes(types: NodeTypes): Uint8Array {
  return gzipSync(JSON.stringify(types), { level: 9 });
}

/** Reads the packages of a `node_modules`. What `@types/node` imports from a package is put beside it. */
export function collectNodeTypes(modules: string): NodeTypes | undefined {
  const folder = join(modules, "@types/node");
  if (!existsSync(folder)) return undefined;
  const { name, version, license, types, typesVersions } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  ) as Record<string, unknown>;
  const own = readDeclarations(folder).map(([path, text]) => [path, pointToNeighbour(path, text)] as const);
  const beside = readDeclarations(join(modules, NEIGHBOUR)).map(([path, text]) =>
    [`${NEIGHBOUR}/${path}`, text] as const
  );
  return {
    "package.json": `${JSON.stringify({ name, version, license, types, typesVersions }, null, 2)}\n`,
    LICENSE: readFileSync(join(folder, "LICENSE"), "utf8"),
    ...Object.fromEntries([...own, ...beside]),
  };
}

const NEIGHBOUR = "undici-types";

function pointToNeighbour(path: string, text: string): string {
  const place = posix.relative(posix.dirname(path), `${NEIGHBOUR}/index.js`);
  return text.replaceAll(`"${NEIGHBOUR}"`, JSON.stringify(place.startsWith(".") ? place : `./${place}`));
}

function readDeclarations(folder: string): (readonly [path: string, text: string])[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".d.ts") && !dirname(path).includes("node_modules"))
    .toSorted()
    .map((path) => [path, readFileSync(join(folder, path), "utf8")]);
}
