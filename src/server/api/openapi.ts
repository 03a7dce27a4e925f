/** The OpenAPI 3.1 document of the web UI's own API. Tests hold it against the routes. Pure. */

interface Operation {
  readonly summary: string;
  readonly body?: { readonly schema: string; readonly example: unknown };
  readonly query?: Readonly<Record<string, string>>;
  /** Values of the parts of the path that the example of the body goes with. */
  readonly path?: Readonly<Record<string, string>>;
  readonly answer: string;
  readonly type?: string;
  readonly status?: number;
}

type Operations = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

const OPERATIONS: Operations = {
  "/run": {
    get: { summary: "State, plan and verdict so far of the latest run", answer: "Run" },
    post: {
      summary: "Start a run; 409 while one is on",
      body: { schema: "StartRequest", example: { users: 5, spawnRate: 5, runTime: "1m" } },
      answer: "Run",
      status: 201,
    },
    patch: {
      summary: "Change the run that is on; 409 while none is",
      body: { schema: "EditRequest", example: { users: 8, spawnRate: 4 } },
      answer: "Run",
    },
  },
  "/run/stop": { post: { summary: "End the run; answers when it has ended", answer: "Run" } },
  "/run/reset": { post: { summary: "Begin the statistics anew", answer: "Run" } },
  "/form": { get: { summary: "The start form and its defaults, and what the reader may do", answer: "Form" } },
  "/user-classes/{name}": {
    patch: {
      summary: "Change attributes of a user class, from the next start on; tasks: the only ones that run then",
      path: { name: "Shop" },
      body: { schema: "ClassEdit", example: { weight: 2 } },
      answer: "UserClass",
    },
  },
  "/snapshot": { get: { summary: "All statistics as of the last tick", answer: "Snapshot" } },
  "/history": {
    get: {
      summary: "What was counted from second to second",
      query: {
        since: "Only steps that end after this tick",
        entry: "Of one row: METHOD NAME",
        tag: "With entry and value: of the requests with this value of a tag",
        value: "The value of the tag",
        times: "1: with the times of each step, of all rows",
      },
      answer: "History",
    },
  },
  "/measure-history": {
    get: {
      summary: "What a check, a transaction or a metric counted from second to second",
      query: {
        of: "checks, transactions or metrics",
        name: "Its name",
        kind: "Of a metric: trend, counter, rate or gauge",
      },
      answer: "MeasureHistory",
    },
  },
  "/summary": {
    get: {
      summary: "The run as locust-ts/summary/1, as of now; 404 before the first run",
      query: { omit: "Parts that are left empty, with commas: entries, history" },
      answer: "Summary",
    },
  },
  "/entry": {
    get: {
      summary: "One row in full, with its histogram; the total without entry",
      query: { entry: "Of one row: METHOD NAME" },
      answer: "Entry",
    },
  },
  "/failures": {
    get: {
      summary: "Kinds of failures, each with an example of a response that failed so",
      query: { entry: "Of one row: METHOD NAME" },
      answer: "Failures",
    },
  },
  "/splits": {
    get: {
      summary: "The rows by the values of a tag of requests; 404 where no request has had it",
      query: { tag: "Name of the tag" },
      answer: "Splits",
    },
  },
  "/workers": { get: { summary: "The workers of the latest run", answer: "Workers" } },
  "/logs": {
    get: {
      summary: "Log lines of this process and its workers",
      query: { since: "Only lines after this id" },
      answer: "Logs",
    },
  },
  "/runs": { get: { summary: "Runs of this process and of the folder of --runs-dir, newest first", answer: "Runs" } },
  "/runs/{id}": { get: { summary: "The summary of one of them", answer: "Summary" } },
  "/files": { get: { summary: "Names of the files that the latest run has", answer: "Files" } },
  "/files/{name}": {
    get: {
      summary:
        "A file of the latest run: html, csv, failures.csv, exceptions.csv, history.csv, summary, junit, markdown, journal",
      answer: "",
      type: "*/*",
    },
  },
  "/check-host": {
    post: {
      summary: "Ask a host from here whether it answers; its body is not returned",
      body: { schema: "HostRequest", example: { host: "http://127.0.0.1:8080" } },
      answer: "HostCheck",
    },
  },
  "/events": {
    get: {
      summary: "Server-sent events: snapshot, tick, state, worker, threshold, verdict, log",
      answer: "",
      type: "text/event-stream",
    },
  },
  "/openapi.json": { get: { summary: "This document", answer: "Object" } },
};

const object = (properties: Record<string, unknown>, required: readonly string[] = Object.keys(properties)) => ({
  type: "object",
  properties,
  required,
});
const orNull = (type: string) => ({ type: [type, "null"] });
const listOf = (items: unknown) => ({ type: "array", items });
const text = { type: "string" };
const number = { type: "number" };
const integer = { type: "integer" };
const runTime = { type: ["number", "string", "null"], description: "Seconds, or a time span: 1h30m" };

const SCHEMAS = {
  Object: { type: "object" },
  Run: object({
    state: { enum: ["ready", "spawning", "running", "stopping", "stopped"] },
    runId: orNull("string"),
    startedAt: orNull("string"),
    plan: orNull("object"),
    elapsedMs: number,
    loadEndedMs: orNull("number"),
    users: integer,
    targetUsers: integer,
    peakUsers: integer,
    verdict: orNull("object"),
    stopReason: orNull("object"),
    exitCode: orNull("integer"),
    waitsFor: listOf({ type: "object" }),
    sockets: { type: "object", additionalProperties: text },
    problem: orNull("string"),
    readyWorkers: integer,
  }),
  StartRequest: object({
    users: { type: "integer", minimum: 0 },
    spawnRate: { type: "number", exclusiveMinimum: 0 },
    rate: orNull("string"),
    maxUsers: { type: ["integer", "null"], minimum: 1 },
    slo: listOf(text),
    host: text,
    runTime,
    userClasses: listOf(text),
    scenarios: listOf(text),
    shape: orNull("string"),
    tags: listOf(text),
    profile: orNull("string"),
    options: { type: "object" },
  }, []),
  EditRequest: object({
    users: { type: "integer", minimum: 0 },
    spawnRate: { type: "number", exclusiveMinimum: 0 },
    rate: orNull("string"),
    targetRate: text,
    runTime,
    host: text,
    options: { type: "object" },
  }, []),
  ClassEdit: object({
    weight: { type: "number", exclusiveMinimum: 0 },
    fixedCount: { type: "integer", minimum: 0 },
    host: orNull("string"),
    tasks: listOf(text),
  }, []),
  UserClass: object({
    name: text,
    host: orNull("string"),
    weight: number,
    fixedCount: integer,
    tasks: listOf(text),
    isSelected: { type: "boolean" },
    settings: { type: "object" },
  }),
  Form: object({
    program: { type: "object" },
    access: { type: "object" },
    defaults: { type: "object" },
    userClasses: listOf({ type: "object" }),
    shapes: listOf(text),
    askingShapes: listOf(text),
    options: listOf({ type: "object" }),
    command: listOf(text),
    searchCommand: listOf(text),
    stages: orNull("string"),
    shapePoints: { type: "object" },
  }),
  Snapshot: object({
    run: { $ref: "#/components/schemas/Run" },
    tick: integer,
    eventId: integer,
    total: { type: "object" },
    rows: listOf({ type: "object" }),
    failures: listOf({ type: "object" }),
    exceptions: listOf({ type: "object" }),
    workers: listOf({ type: "object" }),
    thresholds: listOf({ type: "object" }),
    markers: listOf({ type: "object" }),
  }),
  History: object({
    history: listOf(object({
      tick: integer,
      second: integer,
      users: integer,
      requests: integer,
      failures: integer,
      p50Ms: orNull("number"),
      p90Ms: orNull("number"),
      p95Ms: orNull("number"),
      p99Ms: orNull("number"),
      meanMs: orNull("number"),
    })),
  }),
  MeasureHistory: object({
    of: { enum: ["checks", "transactions", "metrics"] },
    name: text,
    kind: { enum: ["trend", "counter", "rate", "gauge"] },
    unit: text,
    steps: listOf({ type: "object" }),
  }, ["of", "name", "steps"]),
  Summary: object({ schema: { const: "locust-ts/summary/1" }, run: { type: "object" }, total: { type: "object" } }),
  Entry: object({ entry: { type: "object" }, steady: orNull("object") }),
  Failures: object({
    failures: listOf(object({
      method: text,
      name: text,
      text,
      count: integer,
      firstAt: text,
      lastAt: text,
      sample: {
        oneOf: [
          { type: "null" },
          object({
            at: text,
            request: text,
            status: orNull("integer"),
            headers: listOf({ type: "array", items: text, minItems: 2, maxItems: 2 }),
            body: orNull("string"),
            bodyBytes: integer,
          }),
        ],
      },
    })),
  }),
  Splits: object({
    tag: text,
    values: listOf(object({ value: text, total: { type: "object" }, entries: listOf({ type: "object" }) })),
  }),
  Workers: object({ workers: listOf({ type: "object" }) }),
  Logs: object({ lines: listOf({ type: "object" }), dropped: integer }),
  Files: object({ files: listOf(text) }),
  Runs: object({ runs: listOf({ type: "object" }) }),
  HostRequest: object({ host: text }),
  HostCheck: object({ reachable: { type: "boolean" }, ms: number, status: integer, error: text }, ["reachable", "ms"]),
  Error: object({ error: object({ code: text, message: text, field: text }, ["code", "message"]) }),
};

export function createOpenApi(version: string): Readonly<Record<string, unknown>> {
  const paths = Object.fromEntries(
    Object.entries(OPERATIONS).map(([path, methods]) => [
      path,
      Object.fromEntries(Object.entries(methods).map(([method, each]) => [method, describe(path, method, each)])),
    ]),
  );
  return {
    openapi: "3.1.0",
    info: { title: "locust-ts web UI", version, license: { name: "MIT", identifier: "MIT" } },
    servers: [{ url: "." }],
    security: [{ session: [] }, { token: [] }, {}],
    paths,
    components: {
      schemas: SCHEMAS,
      securitySchemes: {
        session: {
          type: "apiKey",
          in: "cookie",
          name: "locust_ts_session",
          description: "With the port of the address behind it where there is one: locust_ts_session_8089",
        },
        token: { type: "http", scheme: "bearer" },
      },
    },
  };
}

function describe(path: string, method: string, operation: Operation) {
  const { summary, body, query = {}, path: values = {}, answer, type, status = 200 } = operation;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: text,
    ...(values[name] === undefined ? {} : { example: values[name] }),
  }));
  const inQuery = Object.entries(query).map(([name, description]) => ({
    name,
    in: "query",
    description,
    schema: text,
  }));
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
  return {
    operationId: `${method}${
      path.replace(/[^a-z]+(\w)/gi, (_, letter: string) => letter.toUpperCase()).replace(/\W/g, "")
    }`,
    summary,
    ...(inPath.length + inQuery.length === 0 ? {} : { parameters: [...inPath, ...inQuery] }),
    ...(body === undefined ? {} : {
      requestBody: {
        required: true,
        content: { "application/json": { schema: ref(body.schema), example: body.example } },
      },
    }),
    responses: {
      [status]: {
        description: summary,
        content: answer === "" ? { [type ?? "*/*"]: {} } : { "application/json": { schema: ref(answer) } },
      },
      default: { description: "What stood in the way", content: { "application/json": { schema: ref("Error") } } },
    },
  };
}
