/** The words of a start form's command line that the form does not ask for. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { wordsOfRun, wordsOfSearch } from "../../../../src/cli/run/web/form_words.ts";
import { parseCommandLine } from "../../../../src/cli/options/parse_command_line.ts";

function optionsOf(...words: readonly string[]) {
  const command = parseCommandLine({ argv: ["run", "shop.ts", ...words], env: {}, configs: [], customArguments: [] });
  assert.ok(command.kind === "run", JSON.stringify(command));
  return command.options;
}

const ALL = [
  ...["--threshold", "p95<300ms, failures<1%", "--threshold", "rps>5", "--iterations", "50"],
  ...["--warm-up", "1m30s", "--stop-timeout", "5s", "--tags=a", "--tags=b", "--exclude-tags=c", "--seed", "7"],
  ...["--reset-stats", "--url-grouping", "off", "--phases", "--latencies"],
];

test("wordsOfRun() has what decides the load or what counts of it, so that it reads the same again", () => {
  const words = wordsOfRun(
    optionsOf("-u", "5", "--max-users", "20", "-t", "1m", "--csv", "out", "--web", "--web-port", "0", ...ALL),
  );
  assert.deepEqual(words, ALL);
  assert.deepEqual(wordsOfRun(optionsOf(...words)), words);
});

test("wordsOfRun() lets no list swallow the class behind it", () => {
  const [word] = wordsOfRun(optionsOf("--tags", "a", "b"));
  assert.equal(word, "--tags=a");
});

test("wordsOfSearch() has the conditions of a search beside its SLO", () => {
  const search = ["--find-max", "--slo", "p99<1s", "--at-least", "50 users", "--step-time", "20s"];
  assert.deepEqual(wordsOfSearch(optionsOf(...search)), ["--at-least", "50 users", "--step-time", "20s"]);
  assert.deepEqual(wordsOfSearch(optionsOf("-u", "5")), []);
});
