/**
 * The texts of the project that `locust-ts init` writes. Pure.
 *
 * Our types are one file of ambient modules that tsconfig.json includes: an editor finds them without node_modules and without
 * `paths`, which the runtime would follow too. Node's types are a copy of `@types/node` beside them.
 */

import declarations from "./locust_ts_types.txt" with { type: "text" }; // made by scripts/declarations.ts

export interface ProjectFile {
  readonly path: string; // relative to the project
  readonly text: string;
}

/** Where the types go; renewed whenever `init` runs again, so that they follow the executable. */
export const TYPES_PATH = "types/locust-ts.d.ts";

/** The offline copy of `@types/node`; an install brings the same. */
export const NODE_TYPES_FOLDER = "types/node";

/** `nodeTypes`: texts by path within the package; without them the project's own install has to bring them. */
export function createProjectFiles(nodeTypes: NodeTypes = {}): readonly ProjectFile[] {
  return [
    { path: "locustfile.ts", text: LOCUSTFILE },
    { path: "package.json", text: formatJson(createPackage(nodeTypes)) },
    { path: "tsconfig.json", text: formatJson(createTsconfig(nodeTypes)) },
    { path: TYPES_PATH, text: declarations },
    ...Object.entries(nodeTypes).map(([path, text]) => ({ path: `${NODE_TYPES_FOLDER}/${path}`, text })),
    {
      path: ".gitignore",
      text:
        `node_modules/\n${NODE_TYPES_FOLDER}/\n*.ndjson\n*_stats.csv\n*_stats_history.csv\n*_failures.csv\n*_exceptions.csv\n`,
    },
  ];
}

type NodeTypes = Readonly<Record<string, string>>;

/** After a checkout an install brings the types that are not in version control. */
function createPackage(nodeTypes: NodeTypes): object {
  const { version } = JSON.parse(nodeTypes["package.json"] ?? "{}") as { readonly version?: string };
  return {
    name: "load-test",
    private: true,
    type: "module",
    ...(version === undefined ? {} : { devDependencies: { "@types/node": version } }),
  };
}

function createTsconfig(nodeTypes: NodeTypes): object {
  const types = Object.keys(nodeTypes).length === 0
    ? { types: [] }
    : { typeRoots: ["./types", "./node_modules/@types"], types: ["node"] };
  return { ...TSCONFIG, compilerOptions: { ...TSCONFIG.compilerOptions, ...types } };
}

function formatJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

const TSCONFIG = {
  compilerOptions: {
    target: "esnext",
    module: "esnext",
    moduleResolution: "bundler",
    lib: ["esnext", "dom", "dom.iterable"],
    strict: true,
    noImplicitOverride: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    skipLibCheck: true,
  },
  include: ["**/*.ts", "**/*.mts"],
  exclude: ["node_modules", NODE_TYPES_FOLDER],
};

const LOCUSTFILE = `import { between, HttpUser, task } from "locust-ts";

// A locustfile is a program: each exported class below is a kind of user, each method with @task something that users do.
// Try it:  locust-ts demo                                     (a small shop, in a second terminal)
//          locust-ts run locustfile.ts -H http://localhost:8000 -u 10 -r 2 -t 30s
// Look at each request once:  locust-ts run locustfile.ts -H http://localhost:8000 --once

export class Visitor extends HttpUser {
  // Pause between two tasks, in seconds.
  override waitTime = between(1, 3);

  // Of all users, three times as many visitors as customers.
  static override weight = 3;

  // Once for each user, before its first task. Cookies are kept from here on.
  override async onStart() {
    await this.client.get("/");
  }

  // Tasks are drawn by weight: browse three times as often as search.
  @task(3)
  async browse() {
    // "name" puts all pages into one row of the statistics.
    const page = this.random.integer(1, 5);
    await this.client.get(\`/items?page=\${page}\`, { name: "/items?page=[n]" });
  }

  @task
  async search() {
    await this.client.get("/search", { params: { q: "oak" }, name: "/search" });
  }
}

export class Customer extends HttpUser {
  override waitTime = between(2, 5);

  override async onStart() {
    await this.client.post("/login", { json: { user: "ada", password: "lovelace" } });
  }

  @task
  async order() {
    await this.client.post("/cart", { json: { item: this.random.integer(1, 20) } });

    // With catchResponse you may decide what counts as a failure; what you leave open, the status decides.
    await using response = await this.client.post("/orders", { catchResponse: true });
    if (response.status === 503) response.failure("the shop is too busy");
    else if (response.ok && (await response.json<{ state: string }>()).state === "declined") response.failure("declined");
  }
}
`;
