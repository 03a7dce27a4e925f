/** @jsxImportSource preact */
/** Entry of the script in a page of `--html`: takes the recorded summary and brings the static page to life. */
import { render } from "preact";
import { ReportPage } from "./component/report_page.tsx";
import { createTheme } from "./model/theme.ts";
import { readRecordedSummary } from "./source/recorded.ts";
import { setLocale } from "./view/format.ts";

function start(root: HTMLElement): void {
  setLocale(navigator.language);
  document.documentElement.classList.add("script");
  const page = <ReportPage summary={readRecordedSummary(document)} theme={createTheme()} />;
  root.replaceChildren();
  render(page, root);
}

const root = document.getElementById("page");
if (root !== null) {
  // The static page is painted first: a summary of 20 MB takes a while to read. A page out of sight is never painted.
  if (document.hidden) start(root);
  else requestAnimationFrame(() => setTimeout(() => start(root)));
}
