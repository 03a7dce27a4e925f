import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import { chooseTemplate } from "../../../../src/cli/verbs/init/choose_template.ts";

async function choose(...lines: readonly string[]) {
  const left = [...lines];
  let printed = "";
  const chosen = await chooseTemplate({
    print: (text) => printed += text,
    readLine: () => Promise.resolve(left.shift()),
  });
  return { chosen, printed };
}

describe("chooseTemplate()", () => {
  for (
    const [sentence, lines, expected] of [
      ["a number", ["2"], "api"],
      ["a name, in any case and with blanks", [" WebSocket "], "websocket"],
      ["an empty line is the first", [""], "http"],
      ["the end of the input is the first", [], "http"],
      ["asks again after a word that means nothing", ["6", "zzz", "checkout"], "checkout"],
    ] as const
  ) {
    test(sentence, async () => assert.equal((await choose(...lines)).chosen, expected));
  }
  test("shows a line for each template, and says what was wrong with an answer", async () => {
    const { printed } = await choose("chekout", "9", "5");
    assert.match(
      printed,
      /^Which template\?\n {2}1 {2}http {7}\S.*\n {2}2 {2}api .*\n {2}3 {2}websocket .*\n {2}4 {2}shape .*\n/,
    );
    assert.match(printed, /"chekout" is no template; did you mean checkout\?\n/);
    assert.match(printed, /"9" is no template; type 1 to 5\n/);
  });
});
