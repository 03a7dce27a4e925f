import { strict as assert } from "node:assert";
import { test } from "node:test";
import { WebUi } from "../../../src/user/web_ui/web_ui.ts";

const TAB = { key: "sizes", title: "Sizes", columns: [{ key: "name", title: "Name" }], rows: () => [] };
const COLUMN = { key: "bytes", title: "Bytes", values: () => ({ "GET /items": 12 }) };

test("WebUi.close() describes what was added as plain data", () => {
  const webUi = new WebUi({ basePath: "/load" });
  webUi.route("GET", "/sizes/:name", () => "");
  webUi.route("POST", "/hook", () => "", { isPublic: true });
  webUi.addTab(TAB);
  webUi.addColumn(COLUMN);
  webUi.addDownload({ title: "Sizes", href: "/sizes/csv" });
  webUi.addDownload({ title: "Elsewhere", href: "https://files.test/x.csv" });
  webUi.profiles = ["smoke"];
  webUi.isHostRequired = true;
  assert.deepEqual(structuredClone(webUi.close()), {
    routes: [
      { method: "GET", path: "/sizes/:name", isPublic: false },
      { method: "POST", path: "/hook", isPublic: true },
    ],
    tabs: [{ key: "sizes", title: "Sizes", columns: [{ key: "name", title: "Name" }] }],
    columns: [{ key: "bytes", title: "Bytes" }],
    downloads: [{ title: "Sizes", href: "sizes/csv" }, { title: "Elsewhere", href: "https://files.test/x.csv" }],
    profiles: ["smoke"],
    isHostRequired: true,
  });
});

test("WebUi takes nothing after init", () => {
  const webUi = new WebUi();
  webUi.close();
  const late = /add it in a listener of "init"/;
  assert.throws(() => webUi.route("GET", "/x", () => ""), late);
  assert.throws(() => webUi.addTab(TAB), late);
  assert.throws(() => webUi.addColumn(COLUMN), late);
  assert.throws(() => webUi.addDownload({ title: "x", href: "/x" }), late);
  assert.throws(() => webUi.setLogin({ check: () => true }), late);
});

for (const path of ["", "x", "/x y", "/x?y=1", "//evil.test", "/:", "/a/*", "/../x y"]) {
  test(`WebUi.route() refuses the path "${path}"`, () => {
    assert.throws(() => new WebUi().route("GET", path, () => ""), /Cannot add the route/);
  });
}

test("WebUi.route() refuses a method that is none, a second handler of one address, and what is not a function", () => {
  const webUi = new WebUi();
  webUi.route("GET", "/x", () => "");
  webUi.route("POST", "/x", () => "");
  assert.throws(() => webUi.route("GET", "/x", () => ""), /has added it before/);
  assert.throws(() => webUi.route("FETCH" as "GET", "/y", () => ""), /none of GET, POST/);
  assert.throws(() => webUi.route("GET", "/y", "text" as never), /not a function/);
});

test("WebUi.addTab() refuses a key that is taken or no word, and a tab without columns", () => {
  const webUi = new WebUi();
  webUi.addTab(TAB);
  assert.throws(() => webUi.addTab(TAB), /there is one with this key/);
  assert.throws(() => webUi.addTab({ ...TAB, key: "a b" }), /not a word of letters/);
  assert.throws(
    () => webUi.addTab({ ...TAB, key: "b", columns: undefined as never }),
    /columns with a key and a title/,
  );
});

test("WebUi.addColumn() refuses a key that is taken or no word, and a column without title or values", () => {
  const webUi = new WebUi();
  webUi.addTab(TAB);
  webUi.addColumn(COLUMN);
  for (const key of [COLUMN.key, TAB.key]) {
    assert.throws(() => webUi.addColumn({ ...COLUMN, key }), /there is one with this key/);
  }
  assert.throws(() => webUi.addColumn({ ...COLUMN, key: "a b" }), /not a word of letters/);
  assert.throws(() => webUi.addColumn({ ...COLUMN, key: "b", title: "" }), /give it a title/);
  assert.throws(() => webUi.addColumn({ ...COLUMN, key: "b", values: {} as never }), /not a function/);
});

for (const href of ["x.csv", "//evil.test/x", "javascript:alert(1)", "ftp://files.test/x", "/a b"]) {
  test(`WebUi.addDownload() refuses the address ${href}`, () => {
    assert.throws(() => new WebUi().addDownload({ title: "x", href }), /begins with \/ or a URL/);
  });
}

test("WebUi names what takes the place of Locust's names", () => {
  const webUi = new WebUi() as unknown as Record<string, unknown>;
  assert.throws(() => webUi["app"], /write webUi\.route/);
  assert.throws(() => webUi["template_args"], /webUi\.addTab/);
  assert.throws(() => webUi["auth_args"], /webUi\.setLogin/);
});
