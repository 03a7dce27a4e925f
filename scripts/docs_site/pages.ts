/** The pages of the documentation in the order of a reader, as data: the sidebar of the site and the list in `llms.txt` come from it. */

export interface PageGroup {
  readonly title: string;
  readonly pages: readonly string[];
}

/** Names of the files in `docs`, without `.md`. Each page of the folder is here once (a test holds that). */
export const PAGE_GROUPS: readonly PageGroup[] = [
  { title: "Begin", pages: ["getting-started", "editor", "hit", "examples"] },
  {
    title: "Write",
    pages: ["writing-a-locustfile", "http", "wait-times", "task-sets", "shapes", "events", "custom-clients", "library"],
  },
  { title: "Run", pages: ["options", "web-ui", "distributed", "docker", "kubernetes", "github-action"] },
  {
    title: "Results",
    pages: ["files-and-numbers", "outputs", "thresholds", "verdict", "compare", "journal", "how-we-measure"],
  },
  { title: "Come from", pages: ["coming-from-locust", "coming-from-k6", "coming-from-artillery"] },
  {
    title: "Inside",
    pages: ["architecture", "protocol", "performance", "benchmarks", "dependencies", "releasing"],
  },
];
