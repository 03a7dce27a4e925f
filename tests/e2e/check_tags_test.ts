/** Checks with tags in whole runs of the executable: what users counted is what every output says, live and from the journal. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { RunSummary } from "../../src/report/summary/summary.ts";
import { openHttpSystem } from "../support/http_system.ts";
import { readCsv } from "../support/read_csv.ts";
import { runCli, writeFiles } from "../support/run_cli.ts";

const SYSTEM = { "/read": (_request: unknown, response: { end: (text: string) => void }) => void response.end("ok") };
const USERS = 6;
const ROUNDS = 5;

/** Each user does five rounds in the region of its number; in "us" the third check fails in one of them. */
const LOCUSTFILE = `import { checks, constant, FastHttpUser, HttpUser, task } from "locust-ts";
const region = (index) => index % 2 === 0 ? "us" : "eu";
function shopper(Base) {
  return class extends Base {
    static abstract = true;
    waitTime = constant(0.02);
    rounds = 0;
    onStart() { this.tags = { ...this.tags, region: region(this.index) }; }
  };
}
async function round(user) {
  const n = user.rounds++;
  if (n === ${ROUNDS}) await user.sleep(600);
  const res = await user.client.get("/read", { tags: { page: "list" } });
  const plain = await user.client.get("/read");
  checks(res, { "is ok": (r) => r.ok }, { tags: { kind: "status", scenario: "mine" } });
  await checks(plain, { "has text": async (r) => (await r.text()) !== undefined });
  user.check("is new", n !== 2 || user.tags.region !== "us", { tags: { round: n, none: null } });
  user.check("no user tag", true, { tags: { region: null } });
}
export class Fast extends shopper(FastHttpUser) {
  static tags = { client: "fast" };
  @task async go() { await round(this); }
}
export class Full extends shopper(HttpUser) {
  static tags = { client: "full" };
  @task async go() { await round(this); }
}
export const thresholds = [
  "tag region=eu checks{is new} > 99%",
  "tag region=us checks{is new}: fails < 1",
  "scenario fast checks > 50%",
];
export const scenarios = {
  fast: { users: Fast, stages: "1s:${USERS / 2}, 4s:${USERS / 2}" },
  full: { users: Full, stages: "1s:${USERS / 2}, 4s:${USERS / 2}" },
};
`;

type Counts = Readonly<Record<string, readonly [passes: number, fails: number]>>;

for (const where of [["--processes", "2"], ["--workers", "2"]]) {
  test(`checks by tag with ${where[0]}: every output has what users counted, and the journal gives the same`, async () => {
    await using server = await openHttpSystem(SYSTEM);
    const folder = writeFiles({ "locustfile.ts": LOCUSTFILE });
    const outputs = (name: string) => [
      ...["--summary-file", `${name}.json`, "--markdown", `${name}.md`, "--html", `${name}.html`],
      ...["--json-file", `${name}_locust`, "--csv", `${name}_csv`, "--junit", `${name}.xml`],
    ];
    const { code, stdout, stderr } = await runCli([
      ...["run", "locustfile.ts", "-H", server.url, "-t", "5s", ...where, "--stop-timeout", "5"],
      ...["--journal", "run.ndjson", ...outputs("live")],
    ], { cwd: folder });
    assert.equal(code, 3, `${stdout}${stderr}`);
    const read = (file: string) => readFileSync(join(folder, file), "utf8");
    const summary = JSON.parse(read("live.json")) as RunSummary;

    const all = USERS * ROUNDS;
    const checkNames = ["has text", "is new", "is ok", "no user tag"];
    assert.deepEqual(
      summary.checks?.map(({ name, passes, fails }) => [name, passes + fails]),
      checkNames.map((name) => [name, all]),
    );
    const failed = summary.checks?.find(({ name }) => name === "is new")?.fails ?? 0;
    assert.ok(failed > 0 && failed < USERS, String(failed));

    const splits = new Map(
      summary.checkSplits?.map(({ tag, values }) => [
        tag,
        new Map(values.map(({ value, checks }): [string, Counts] => [
          value,
          Object.fromEntries(checks.map(({ name, passes, fails }) => [name, [passes, fails]])),
        ])),
      ]),
    );
    assert.deepEqual([...splits.keys()], ["client", "kind", "page", "region", "round", "scenario"]);
    assert.deepEqual([...splits.get("round")?.keys() ?? []], ["0", "1", "2", "3", "4"]);
    assert.deepEqual(splits.get("round")?.get("2"), { "is new": [USERS - failed, failed] });
    assert.deepEqual(splits.get("kind")?.get("status"), { "is ok": [all, 0] });
    assert.deepEqual(splits.get("page")?.get("list"), { "is ok": [all, 0] }, "tags of the request of the response");
    const [eu, us] = ["eu", "us"].map((value) => splits.get("region")?.get(value));
    const inUs = failed * ROUNDS; // one failure for each user there
    assert.deepEqual(us, { "has text": [inUs, 0], "is new": [inUs - failed, failed], "is ok": [inUs, 0] });
    assert.deepEqual(eu, { "has text": [all - inUs, 0], "is new": [all - inUs, 0], "is ok": [all - inUs, 0] });
    for (const value of ["fast", "full"]) {
      const half = splits.get("client")?.get(value) ?? {};
      assert.deepEqual(Object.keys(half), checkNames);
      for (const [passes, fails] of Object.values(half)) assert.equal(passes + fails, all / 2);
      assert.deepEqual(splits.get("scenario")?.get(value), half, "a check cannot take another scenario");
    }

    const wanted = `us +is new +${inUs - failed} +${failed} `;
    assert.match(stdout, /Checks by region\n/);
    assert.match(stdout, new RegExp(wanted));
    assert.match(read("live.md"), /### Checks by `region`/);
    assert.match(read("live.md"), new RegExp(`\\| \`us\` \\| \`is new\` \\| ${inUs - failed} \\| ${failed} \\|`));
    assert.match(read("live.html"), /Checks by region/);
    const locust = JSON.parse(read("live_locust.json")) as Readonly<Record<string, unknown>>[];
    assert.deepEqual(
      locust.filter(({ kind, tag, value }) => kind === "check_split" && tag === "region" && value === "us"),
      Object.entries(us ?? {}).map(([name, [passes, fails]]) => ({
        kind: "check_split",
        tag: "region",
        value: "us",
        name,
        passes,
        fails,
      })),
    );

    assert.deepEqual(summary.thresholds.map(({ scope, passed }) => [scope, passed]), [
      ["tag region=eu checks{is new}", true],
      ["tag region=us checks{is new}", false],
      ["scenario fast checks", true],
    ]);
    assert.deepEqual(
      readCsv(read("live_csv_check_splits.csv")).filter(([tag, value]) => tag === "region" && value === "us")
        .map((cells) => cells.slice(2, 5)),
      Object.entries(us ?? {}).map(([name, counts]) => [name, ...counts.map(String)]),
    );
    const [eu0] = readCsv(read("live_csv_splits.csv")).filter((cells) =>
      cells[1] === "eu" && cells[3] === "Aggregated"
    );
    const region = summary.splits?.find(({ tag }) => tag === "region")?.values.find(({ value }) => value === "eu");
    assert.equal(eu0?.[4], String(region?.total.requests));
    assert.match(read("live.xml"), new RegExp(`region=us: [\\d.]+% passed, ${failed} of ${inUs} failed`));

    const report = await runCli(["report", "run.ndjson", ...outputs("again")], { cwd: folder });
    assert.equal(report.code, 0, report.stderr);
    for (
      const file of [
        ".json",
        ".md",
        "_locust.json",
        ".xml",
        "_csv_splits.csv",
        "_csv_check_splits.csv",
        "_csv_checks.csv",
      ]
    ) {
      assert.equal(read(`again${file}`), read(`live${file}`), file);
    }
    assert.match(report.stdout, new RegExp(wanted));
  });
}

test("a check refuses options that are none, and tags that are none", async () => {
  await using server = await openHttpSystem(SYSTEM);
  const folder = writeFiles({
    "locustfile.ts": `import { checks, FastHttpUser, task } from "locust-ts";
export class A extends FastHttpUser {
  @task one() { this.check("a", true, "eu"); }
  @task two() { checks(1, { b: () => true }, { tags: { region: {} } }); }
}`,
  });
  const { stderr } = await runCli(["run", "locustfile.ts", "-H", server.url, "-u", "1", "-t", "1s"], { cwd: folder });
  assert.match(stderr, /Cannot check "a": its options are "eu"; pass an object/);
  assert.match(stderr, /Cannot check "b": its tags are an object for "region"; give an object of texts/);
});
