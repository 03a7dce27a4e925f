/**
 * The bundled script and style of the web UI, and the licences. Loaded when they are asked for first, so that no other
 * run pays for them.
 */
import script from "./app_script.txt" with { type: "text" }; // made by scripts/web_page.ts
import licenses from "./licenses.txt" with { type: "text" };
import style from "./app_style.txt" with { type: "text" };
import type { AppAssets } from "./app_page.ts";

export const APP_ASSETS: AppAssets = { script, style };

export const LICENSES: string = licenses;
