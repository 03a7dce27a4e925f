/** The configuration of the site generator (VitePress) as data, and the page that the site begins with. Pure. */
import { PAGE_GROUPS } from "./pages.ts";

/** Titles by the name of the page. */
export type Titles = ReadonlyMap<string, string>;

const TAGLINE = "Locust's model, real npm packages and true percentiles in one executable.";

/** The configuration of VitePress. */
export function siteConfig(titles: Titles, base: string): Readonly<Record<string, unknown>> {
  return {
    title: "locust-ts",
    description: TAGLINE,
    base,
    head: [["link", { rel: "icon", href: "data:," }]], // none, and no request for one
    cleanUrls: false,
    lastUpdated: false,
    srcExclude: ["public/**"],
    ignoreDeadLinks: "localhostLinks",
    // Our pages are Markdown and nothing else: what looks like HTML or a template is text.
    markdown: { html: false },
    themeConfig: {
      search: { provider: "local" },
      nav: [
        { text: "Guide", link: "/getting-started" },
        { text: "API", link: "/api/index.html", target: "_self" },
        { text: "Changelog", link: "/CHANGELOG" },
      ],
      sidebar: PAGE_GROUPS.map(({ title, pages }) => ({
        text: title,
        items: pages.filter((page) => titles.has(page)).map((page) => ({ text: titles.get(page), link: `/${page}` })),
      })),
      outline: { level: [2, 3] },
    },
  };
}

/** Its front matter is JSON, which YAML includes. */
export function homePage(): string {
  const page = {
    layout: "home",
    hero: {
      name: "locust-ts",
      text: "Load testing in TypeScript",
      tagline: TAGLINE,
      image: { src: "/images/web-charts.png", alt: "Charts of a run in the web UI" },
      actions: [
        { theme: "brand", text: "Get started", link: "/getting-started" },
        { theme: "alt", text: "Why", link: "/why" },
        { theme: "alt", text: "Coming from Locust", link: "/coming-from-locust" },
      ],
    },
    features: [
      {
        title: "A test is a class",
        details: "Methods are what a simulated user does. Real TypeScript, real npm packages, no build step.",
      },
      {
        title: "Numbers to bet a release on",
        details:
          "True percentiles, a verdict on every run, thresholds, and latencies that were held against a server's own record.",
      },
      {
        title: "One executable",
        details:
          "Terminal, live web UI, many machines, reports. Nothing to install beside it, nothing sent home, no check for updates.",
      },
    ],
  };
  return `---\n${JSON.stringify(page, null, 2)}\n---\n`;
}

/** The list of pages for language models: https://llmstxt.org */
export function llmsText(titles: Titles): string {
  const groups = PAGE_GROUPS.map(({ title, pages }) =>
    `## ${title}\n\n${
      pages.filter((page) => titles.has(page)).map((page) => `- [${titles.get(page)}](${page}.md)\n`).join("")
    }`
  );
  return `# locust-ts\n\n> ${TAGLINE}\n\n${groups.join("\n")}`;
}
