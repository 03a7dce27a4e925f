/** The pages of the documentation in the order of a reader, as data: the sidebar of the site and the list in `llms.txt` come from it. */

export interface PageGroup {
  readonly title: string;
  readonly pages: readonly string[];
}

/** Names of the files in `docs`, without `.md`. Each page of the folder is here once (a test holds that). */
export const PAGE_GROUPS: readonly PageGroup[] = [
  { title: "Begin", pages: ["why", "install", "getting-started", "editor", "hit", "examples"] },
  {
    title: "Write",
    pages: [
      "writing-a-locustfile",
      "checks-and-metrics",
      "http",
      "wait-times",
      "task-sets",
      "shapes",
      "load-models",
      "capacity",
      "scenarios",
      "data",
    ],
  },
  { title: "Run", pages: ["options", "distributed"] },
  {
    title: "Results",
    pages: ["files-and-numbers", "outputs", "verdict", "how-we-measure", "thresholds", "compare", "journal"],
  },
  { title: "Everyday", pages: ["web-ui", "ci", "docker", "kubernetes"] },
  { title: "Extend", pages: ["custom-clients", "events", "library"] },
  {
    title: "Come from",
    pages: [
      "coming-from-locust",
      "coming-from-k6",
      "coming-from-artillery",
      "coming-from-gatling",
      "coming-from-jmeter",
      "coming-from-wrk",
    ],
  },
  { title: "Trust and trouble", pages: ["threat-model", "errors", "faq"] },
  {
    title: "Inside",
    pages: [
      "performance",
      "costs",
      "experiments",
      "benchmarks",
      "architecture",
      "protocol",
      "dependencies",
      "releasing",
    ],
  },
];
