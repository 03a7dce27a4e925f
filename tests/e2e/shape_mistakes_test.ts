/** What a load shape may answer and what it may not: every other answer ends the run with a sentence that shows it, exit code 2. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { runCli, writeFiles } from "../support/run_cli.ts";

const HEAD = `import { constant, LoadTestShape, task, User } from "locust-ts";
export class Shop extends User {
  waitTime = constant(0.05);
  @task async look() { await this.environment.events.request.measure("T", "look", async () => {}); }
}
class Other extends User { @task look() {} }
export class Odd extends LoadTestShape {
  tick(): any { return this.getRunTime() < 1 ? answer() : null; }
}
`;

const WRONG: readonly (readonly [answer: string, sentence: RegExp])[] = [
  ["[3, 1, []]", /whose list of user classes is empty; name the classes of new users/],
  ['[3, 1, ["Shopp"]]', /with 'Shopp', which is not a user class of this run; it has Shop/],
  ["[3, 1, [Other]]", /with 'Other', which is not a user class of this run; it has Shop/],
  ['[3, 1, "Shop"]', /whose third element is not a list of user classes/],
  ["[2.5, 1]", /whose user count is not a whole number of 0 or more/],
  ["[-3, 1]", /whose user count is not a whole number of 0 or more/],
  ['["3", 1]', /whose user count is not a whole number of 0 or more/],
  ["[3, 0]", /whose spawn rate of 0 can never reach its users/],
  ["[3, NaN]", /whose spawn rate is not a number of 0 or more/],
  ["{ users: 3 }", /which is not a valid answer; return \[users, spawnRate\]/],
  ["true", /tick\(\) returned true, which is not a valid answer/],
  ["(() => { throw { code: 3 }; })()", /tick\(\) threw {"code":3}/],
];

test("an answer that means nothing ends the run and is shown with what is wrong in it", async () => {
  for (let at = 0; at < WRONG.length; at += 4) {
    await Promise.all(
      WRONG.slice(at, at + 4).map(async ([answer, sentence]) => {
        const cwd = writeFiles({ "locustfile.ts": `${HEAD}const answer = (): unknown => (${answer});` });
        const run = ["run", "locustfile.ts", "--processes", "1", "--only-summary", "--journal", "none"];
        const { code, stderr } = await runCli(run, { cwd });
        assert.equal(code, 2, `${answer}: ${stderr}`);
        assert.match(stderr, /the load shape Odd failed: Cannot continue with shape "Odd": /, answer);
        assert.match(stderr, sentence, answer);
      }),
    );
  }
});

test("a promise, class names and classes are answers", async () => {
  for (const answer of ["Promise.resolve([2, 100])", '[2, 100, ["Shop"]]', "[2, 100, [Shop, Shop]]"]) {
    const cwd = writeFiles({ "locustfile.ts": `${HEAD}const answer = (): unknown => (${answer});` });
    const run = ["run", "locustfile.ts", "--processes", "1", "--only-summary", "--journal", "none"];
    const { code, stdout, stderr } = await runCli(run, { cwd });
    assert.equal(code, 0, `${answer}: ${stderr}`);
    assert.match(stdout, /locustfile\.ts, 2 users/, answer);
  }
});
