/** The workflow that runs a project's load test on GitHub, by the action of this repository (`action.yml`). Pure. */
import type { Template } from "./init_templates.ts";

export const WORKFLOW_PATH = ".github/workflows/load-test.yml";

export interface WorkflowOptions {
  readonly template: Template;
  /** Path of the locustfile from the root of the repository, with slashes. */
  readonly locustfile: string;
  /** Ours: the tag of the action. */
  readonly version: string;
}

export function createWorkflow({ template, locustfile, version }: WorkflowOptions): string {
  const args = `-H http://localhost:8000 ${template.load}`.trim();
  return `# A load test for each pull request. It fails when a threshold is not met. The summary is on the page of the workflow run; the
# HTML report, the JSON summary and the JUnit file are kept as an artefact.
name: load test

on:
  pull_request:
  workflow_dispatch: # by hand, on the Actions tab

permissions:
  contents: read

concurrency: # a newer push ends the run of an older one
  group: load-test-\${{ github.ref }}
  cancel-in-progress: true

jobs:
  load-test:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v4

      # Start the system under test here, with a step that ends when the system answers, for instance:
      # - run: docker compose up --detach --wait

      - uses: OWNER/locust-ts@v${version} # OWNER: the account on GitHub that publishes locust-ts
        with:
          locustfile: ${JSON.stringify(locustfile)}
          args: ${args}
          thresholds: |
${template.thresholds.map((threshold) => `            ${threshold}`).join("\n")}
`;
}
