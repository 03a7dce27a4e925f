/** A browser for the tests of one file: started before the first of them, closed after the last. */
import { strict as assert } from "node:assert";
import { after, before } from "node:test";
import { type Browser, chromium } from "playwright-core";
import { findTool } from "./requirements.ts";

/** Answers with the browser, in a test. `skip`: why the tests of the file are skipped; then there is none. */
export function useBrowser(skip: string | false): () => Browser {
  let browser: Browser | undefined;
  before(async () => {
    if (skip === false) browser = await launchBrowser();
  });
  after(() => browser?.close());
  return () => {
    assert.ok(browser !== undefined);
    return browser;
  };
}

function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findTool("chromium") ?? "chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
}
