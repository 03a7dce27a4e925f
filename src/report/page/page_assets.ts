/**
 * The parts of a page beside its data: the bundled script and style, and the renderer of its static HTML. Loaded when a
 * page is asked for, so that no other run pays for it.
 */
import { renderStaticReport } from "../../../web/static_report.tsx";
import script from "./report_script.txt" with { type: "text" }; // made by scripts/web_page.ts
import style from "./report_style.txt" with { type: "text" };
import type { PageAssets } from "./html_page.ts";

export const PAGE_ASSETS: PageAssets = { script, style, render: renderStaticReport };
