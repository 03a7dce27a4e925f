// The Helm chart and the manifests made from it: valid for the oldest and the newest Kubernetes, understood by locust-ts, without rights.
// UPDATE_GOLDEN=1 writes the manifests of deploy/kubernetes anew.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { parseAllDocuments } from "yaml";
import { parseCommandLine } from "../../src/cli/options/parse_command_line.ts";
import { requireMade } from "../support/requirements.ts";

const CHART = "deploy/helm/locust-ts";
const TOOLS = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "locust-ts/kubernetes-1");
const skip = requireMade(existsSync(join(TOOLS, "done")), "no helm and kubeconform; see .ci/kubernetes_tools");

const VERSIONS = ["1.29", "1.37"];
const NO_SECRET = ["--set", "token.existingSecret=locust-ts-token"];

const MANIFESTS: readonly (readonly [path: string, settings: readonly string[]])[] = [
  ["deploy/kubernetes/web.yaml", NO_SECRET],
  ["deploy/kubernetes/headless.yaml", [...NO_SECRET, "--set", "mode=headless,load.runTime=10m"]],
];

const EVERYTHING = [
  "mode=headless,load.runTime=10m,host=https://shop.test,load.users=500,load.spawnRate=12.5",
  "tls.existingSecret=tls,worker.autoscaling.enabled=true,worker.processes=4,master.persistence.enabled=false",
  "locustfile.existingConfigMap=mine,image.tag=edge,imagePullSecrets[0].name=pull,master.args={--csv,/data/out}",
  "worker.nodeSelector.pool=load,worker.tolerations[0].key=load,worker.tolerations[0].operator=Exists",
].flatMap((settings) => ["--set", settings]);
const PASSWORD = ["--set", "web.passwordSecret=web,service.type=LoadBalancer,networkPolicy.enabled=false"];

function run(tool: string, args: readonly string[], input = "") {
  return spawnSync(join(TOOLS, "bin", tool), [...args], { encoding: "utf8", input });
}

function render(settings: readonly string[], release = "locust-ts"): string {
  const { status, stdout, stderr } = run("helm", ["template", release, CHART, "--kube-version", "1.37.0", ...settings]);
  assert.equal(status, 0, stderr);
  return stdout;
}

/** Undefined when all is valid. */
function findInvalid(manifests: string, version: string): string | undefined {
  const location = join(TOOLS, "schemas", version, "{{.ResourceKind}}{{.KindSuffix}}.json");
  const { status, stdout } = run("kubeconform", ["-strict", "-schema-location", location, "-"], manifests);
  return status === 0 ? undefined : stdout;
}

interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly resources: { readonly limits: Readonly<Record<string, string>> };
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: {
    readonly template?: {
      readonly spec: {
        readonly containers: readonly Container[];
        readonly securityContext: { readonly runAsNonRoot: boolean; readonly seccompProfile: unknown };
        readonly automountServiceAccountToken: boolean;
      };
    };
  };
}

function readAll(text: string): readonly Manifest[] {
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest).filter((manifest) => manifest !== null);
}

function podOf(text: string, name: string) {
  const pod = readAll(text).map(({ spec }) => spec?.template?.spec).find((spec) => spec?.containers[0]?.name === name);
  assert.ok(pod !== undefined, name);
  return { ...pod, container: pod.containers[0]! };
}

/** What locust-ts makes of a container's arguments and variables. */
function parse({ args, env }: Container) {
  const variables = Object.fromEntries(env.map(({ name, value }) => [name, value ?? "from a secret"]));
  const command = parseCommandLine({ argv: args, env: { LOCUST_WEB_HOST: "0.0.0.0", ...variables }, configs: [] });
  assert.ok(command.kind === "run" || command.kind === "worker", JSON.stringify(command));
  return command.options;
}

for (
  const [says, settings] of [["as it is", []], ["with everything", EVERYTHING], ["with a password", PASSWORD]] as const
) {
  for (const version of VERSIONS) {
    test(`the chart ${says} is valid for Kubernetes ${version}`, { skip }, () => {
      assert.equal(findInvalid(render(settings, "demo"), version), undefined);
    });
  }
}

test("the validator of the test refuses a manifest with a mistake", { skip }, () => {
  const broken = render([]).replace("automountServiceAccountToken", "mountServiceAccountToken");
  assert.match(findInvalid(broken, VERSIONS[0]!) ?? "", /mountServiceAccountToken/);
});

test("the chart's commands are a master and workers that find and trust each other", { skip }, () => {
  const text = render(EVERYTHING, "demo");
  const master = parse(podOf(text, "master").container);
  assert.deepEqual([master.role, master.web, master.users, master.spawnRate], ["master", false, 500, 12.5]);
  assert.deepEqual([master.runTimeSeconds, master.host, master.journal], [
    600,
    "https://shop.test",
    "/data/run-1.ndjson",
  ]);
  assert.equal(master.locustfile, "/mnt/locust/locustfile.ts");
  const worker = parse(podOf(text, "worker").container);
  assert.deepEqual([worker.role, worker.masterHost, worker.processes], ["worker", "demo-locust-ts-master", 4]);
  assert.ok(
    readAll(text).some(({ kind, metadata }) => kind === "Service" && metadata.name === "demo-locust-ts-master"),
  );
  assert.equal(worker.masterToken, master.masterToken);
  assert.equal(worker.masterTls.ca, "/etc/locust-ts/tls/ca.crt");
  assert.equal(master.masterTls.cert, "/etc/locust-ts/tls/tls.crt");
});

test("with the web UI the master waits for Start, and its probe asks /healthz", { skip }, () => {
  const { container } = podOf(render([]), "master");
  const options = parse(container);
  assert.deepEqual([options.role, options.web, options.autostart], ["master", true, false]);
  const { readinessProbe } = container as unknown as { readinessProbe: { httpGet: { path: string } } };
  assert.equal(readinessProbe.httpGet.path, "/healthz");
});

test("the pods keep to the restricted security standard, and no CPU limit slows a worker down", { skip }, () => {
  for (const name of ["master", "worker"]) {
    const { container, securityContext, automountServiceAccountToken } = podOf(render([]), name);
    assert.equal(securityContext.runAsNonRoot, true);
    assert.deepEqual(securityContext.seccompProfile, { type: "RuntimeDefault" });
    assert.equal(automountServiceAccountToken, false);
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    assert.deepEqual(Object.keys(container.resources.limits), ["memory"]);
  }
});

test("a mode that there is not is refused", { skip }, () => {
  const { status, stderr } = run("helm", ["template", "x", CHART, "--kube-version", "1.37.0", "--set", "mode=gui"]);
  assert.notEqual(status, 0);
  assert.match(stderr, /mode is "gui": write web or headless/);
});

for (const [path, settings] of MANIFESTS) {
  test(`${path} is what the chart makes`, { skip }, () => {
    const header =
      `# Made from ${CHART}; docs/kubernetes.md says how to use it. The Secret locust-ts-token must be there.\n`;
    const body = render(settings).replace(/^# Source: .*\n|^ *app\.kubernetes\.io\/managed-by: Helm\n/gm, "");
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(path, header + body);
    assert.equal(readFileSync(path, "utf8"), header + body);
    for (const version of VERSIONS) assert.equal(findInvalid(body, version), undefined);
  });
}
