/** The locustfile's own parameters on the live page: in the edit dialog, and what a refusal of them looks like. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import { FakeWebServer } from "../support/fake_web_server.ts";
import { requireTool } from "../support/requirements.ts";
import { useBrowser } from "../support/use_browser.ts";

const skip = requireTool("chromium");
const browser = useBrowser(skip);

const OPTION = { help: "", choices: [], isSecret: false, isRequired: false } as const;
const OPTIONS = [
  { ...OPTION, name: "tenant", label: "Tenant", kind: "text", value: "acme" },
  { ...OPTION, name: "retries", label: "Retries", kind: "number", value: 1 },
  { ...OPTION, name: "api-key", label: "Api key", kind: "text", value: null, isSecret: true },
  { ...OPTION, name: "is-slow", label: "Is slow", kind: "boolean", value: false },
] as const;

test(
  "Edit changes the parameters that were changed, and no other; a wrong one is named at its field",
  { skip },
  async () => {
    await using server = await FakeWebServer.open({ names: [["GET", "/items"]], form: { options: OPTIONS } });
    server.start({ users: 20, spawnRate: 5 });
    server.jump(5);
    const page = await (await browser().newContext({ locale: "en-US" })).newPage();
    await page.goto(server.url);
    await page.getByRole("button", { name: "Edit" }).click();
    const dialog = page.getByRole("dialog", { name: "Edit running load test" });
    await dialog.getByRole("textbox", { name: "Tenant" }).fill("umbrella");
    await dialog.getByRole("checkbox", { name: "Is slow" }).check();
    const retries = dialog.getByRole("textbox", { name: "Retries" });
    await retries.fill("many");
    await dialog.getByRole("button", { name: "Update" }).click();
    assert.equal(await retries.getAttribute("aria-invalid"), "true");
    assert.deepEqual(server.received, []);
    await retries.fill("1");
    await dialog.getByRole("button", { name: "Update" }).click();
    await dialog.waitFor({ state: "detached" });
    assert.deepEqual(server.received, [
      { method: "PATCH", path: "/api/v1/run", body: { options: { tenant: "umbrella", "is-slow": true } } },
    ]);
    await page.context().close();
  },
);

test("what the server refuses of a parameter shows at its field, in the edit dialog and in the start form", {
  skip,
}, async () => {
  await using server = await FakeWebServer.open({ names: [["GET", "/items"]], form: { options: OPTIONS } });
  const page = await (await browser().newContext({ locale: "en-US" })).newPage();
  const text = 'Cannot use --retries "1.5": it is not a whole number; change it';
  await page.route("**/api/v1/run", (route) =>
    route.request().method() === "GET" ? route.fallback() : route.fulfill({
      status: 422,
      contentType: "application/json",
      body: JSON.stringify({ error: { code: "invalid", message: text, field: "options" } }),
    }));
  await page.goto(server.url);
  const isShownAt = async (field: Locator) => {
    await page.getByText(text).waitFor();
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    const ids = (await field.getAttribute("aria-describedby") ?? "").split(" ");
    const texts = await Promise.all(ids.map((id) => page.locator(`[id="${id}"]`).innerText()));
    assert.ok(texts.includes(text), texts.join());
    await page.waitForFunction(`document.activeElement?.getAttribute("aria-invalid") === "true"`);
  };
  const retries = page.getByRole("textbox", { name: "Retries" });
  await retries.fill("1.5");
  await page.getByRole("button", { name: "Start" }).click();
  await isShownAt(retries);
  server.start({ users: 20, spawnRate: 5 });
  server.jump(5);
  await page.getByRole("button", { name: "Edit" }).click();
  const dialog = page.getByRole("dialog", { name: "Edit running load test" });
  await dialog.getByRole("textbox", { name: "Retries" }).fill("1.5");
  await dialog.getByRole("button", { name: "Update" }).click();
  await isShownAt(dialog.getByRole("textbox", { name: "Retries" }));
  await page.context().close();
});
