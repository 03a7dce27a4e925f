/** The page of the web UI: one HTML document with its script and style inside, so that it needs no other request. Pure. */
import { pagePolicy, type PlainPage } from "./login/login_page.ts";

export interface AppAssets {
  readonly script: string;
  readonly style: string;
}

export function renderAppPage({ script, style }: AppAssets): PlainPage {
  const html = [
    "<!DOCTYPE html>",
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark"><meta name="referrer" content="same-origin">',
    `<title>locust-ts</title><link rel="icon" href="data:,"><style>${style}</style></head>`,
    `<body><div id="app"></div><script>${script}</script></body></html>`,
  ].join("\n");
  return { html, policy: pagePolicy({ script, style }) };
}
