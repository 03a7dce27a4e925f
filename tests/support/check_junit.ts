/**
 * Reads JUnit XML strictly and holds it against what the schema of Jenkins allows: elements, their order, attributes, counts. Throws at
 * the first thing that is wrong.
 */

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

const ALLOWED: Readonly<Record<string, { readonly attributes: RegExp; readonly children: readonly string[] }>> = {
  testsuites: { attributes: /^(name|time|tests|failures|disabled|errors)$/, children: ["testsuite"] },
  testsuite: {
    attributes: /^(name|tests|failures|errors|time|disabled|skipped|timestamp|hostname|id|package)$/,
    children: ["properties", "testcase", "system-out", "system-err"],
  },
  testcase: {
    attributes: /^(name|assertions|time|classname|status)$/,
    children: ["skipped", "error", "failure", "system-out", "system-err"],
  },
  failure: { attributes: /^(type|message)$/, children: [] },
  error: { attributes: /^(type|message)$/, children: [] },
  "system-out": { attributes: /^$/, children: [] },
};
const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** The suites by name. */
export function checkJunit(xml: string): Map<string, XmlElement> {
  const root = parseXml(xml);
  if (root.name !== "testsuites") throw new Error(`the root is ${root.name}`);
  checkElement(root);
  return new Map(root.children.map((suite) => [suite.attributes["name"] ?? "", suite]));
}

function checkElement(element: XmlElement): void {
  const allowed = ALLOWED[element.name];
  if (allowed === undefined) throw new Error(`<${element.name}> is not in the schema`);
  for (const name of Object.keys(element.attributes)) {
    if (!allowed.attributes.test(name)) throw new Error(`<${element.name} ${name}> is not in the schema`);
  }
  const order = element.children.map(({ name }) => allowed.children.indexOf(name));
  if (order.some((at, i) => at < (order[i - 1] ?? 0))) throw new Error(`children of <${element.name}> out of order`);
  if (allowed.children.length > 0 && element.text.trim() !== "") throw new Error(`text in <${element.name}>`);
  if (/^test(suite|case)$/.test(element.name) && element.attributes["name"] === undefined) throw new Error("no name");
  if (element.name.startsWith("testsuite")) checkCounts(element);
  element.children.forEach(checkElement);
}

function checkCounts(element: XmlElement): void {
  const cases = element.name === "testsuites" ? element.children.flatMap((suite) => suite.children) : element.children;
  const count = (kind: string) => cases.filter(({ children }) => children.some(({ name }) => name === kind)).length;
  const { tests, failures, errors, time } = element.attributes;
  const counted = `${cases.length} ${count("failure")} ${count("error")}`;
  if (`${tests} ${failures} ${errors}` !== counted) throw new Error(`counts of <${element.name}> are not ${counted}`);
  if (!/^\d+\.\d{3}$/.test(time ?? "")) throw new Error(`time="${time}"`);
}

export function parseXml(xml: string): XmlElement {
  // deno-lint-ignore no-control-regex -- what XML 1.0 forbids
  if (/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(xml)) throw new Error("a forbidden character");
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, "");
  const top: XmlElement = { name: "", attributes: {}, children: [], text: "" };
  const open = [top];
  const token = /<\/([\w-]+)>|<([\w-]+)((?: [\w-]+="[^"<]*")*)(\/?)>|([^<]+)/gy;
  let at = 0;
  for (let match = token.exec(body); match !== null; match = token.exec(body)) {
    at = token.lastIndex;
    const current = open.at(-1) as XmlElement;
    const [, closing, opening, attributes = "", selfClosing, text] = match;
    if (text !== undefined) current.text += decode(text);
    else if (closing !== undefined) {
      if (current.name !== closing) throw new Error(`</${closing}> closes <${current.name}>`);
      open.pop();
    } else {
      const pairs = [...attributes.matchAll(/ ([\w-]+)="([^"]*)"/g)].map(([, name = "", value = ""]) =>
        [name, decode(value)] as const
      );
      const element = { name: opening ?? "", attributes: Object.fromEntries(pairs), children: [], text: "" };
      current.children.push(element);
      if (selfClosing === "") open.push(element);
    }
  }
  if (at !== body.length || open.length !== 1) throw new Error(`not well-formed at ${body.slice(at, at + 60)}`);
  const [root] = top.children;
  if (root === undefined || top.children.length !== 1) throw new Error("not one root");
  return root;
}

function decode(text: string): string {
  return text.replace(/&(?:#(\d+)|(\w+));|&/g, (all, code?: string, name?: string) => {
    const character = code !== undefined ? String.fromCodePoint(Number(code)) : ENTITIES[name ?? ""];
    if (character === undefined) throw new Error(`a bare ${all}`);
    return character;
  });
}
