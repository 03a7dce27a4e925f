/** The settings of a run of one user class, for tests of what keeps and resumes runs. */
import type { RunSettings } from "../../src/master/run_settings.ts";

export const RUN_SETTINGS: RunSettings = {
  plan: {
    runId: "run-1",
    seed: 1,
    stopTimeoutSeconds: 0,
    tags: [],
    excludeTags: [],
    userClasses: ["A"],
    classSettings: [],
    equalWeights: false,
    options: {},
    shared: null,
    phases: false,
  },
  classes: [{ name: "A", weight: 1, fixedCount: 0 }],
  load: { kind: "users", users: 10, spawnRate: 10 },
  locustfile: "locustfile.ts",
  version: "test",
};
