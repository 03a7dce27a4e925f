/** Asks a person at a terminal for one of the templates of `init`. An empty line, or the end of the input, takes the first. */
import { nearest } from "../../../base/hints/near_miss.ts";
import { TEMPLATE_NAMES, type TemplateName } from "../../options/table/verbs.ts";
import { ALL_TEMPLATES } from "./init_templates.ts";

export interface Dialogue {
  readonly print: (text: string) => void;
  /** The next line that is typed, without its end; undefined when no more will come. */
  readonly readLine: () => Promise<string | undefined>;
}

export async function chooseTemplate({ print, readLine }: Dialogue): Promise<TemplateName> {
  const width = Math.max(...TEMPLATE_NAMES.map((name) => name.length));
  print("Which template?\n");
  ALL_TEMPLATES.forEach(({ name, summary }, index) => print(`  ${index + 1}  ${name.padEnd(width)}  ${summary}\n`));
  const [first] = TEMPLATE_NAMES;
  for (;;) {
    print(`Number or name [${first}]: `);
    const line = await readLine();
    if (line === undefined) print("\n");
    const word = line?.trim().toLowerCase() ?? "";
    if (word === "") return first;
    const chosen = TEMPLATE_NAMES.find((name, index) => name === word || String(index + 1) === word);
    if (chosen !== undefined) return chosen;
    const meant = nearest(word, TEMPLATE_NAMES);
    print(
      `"${word}" is no template; ${
        meant === undefined ? `type 1 to ${TEMPLATE_NAMES.length}` : `did you mean ${meant}?`
      }\n`,
    );
  }
}
