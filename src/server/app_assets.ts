/** The bundled script and style of the web UI. Loaded when the page is asked for first, so that no other run pays for it. */
import script from "./app_script.txt" with { type: "text" }; // made by scripts/web_page.ts
import style from "./app_style.txt" with { type: "text" };
import type { AppAssets } from "./app_page.ts";

export const APP_ASSETS: AppAssets = { script, style };
