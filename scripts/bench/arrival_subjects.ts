/** The tools that `scripts/bench/arrivals.ts` runs at a rate: how each is started. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findTool } from "../../tests/support/requirements.ts";

export interface ArrivalSubject {
  readonly name: string;
  /** Or why it cannot be run here. */
  readonly command: string | ((perSecond: number, seconds: number) => readonly string[]);
}

export interface ArrivalLoad {
  readonly url: string;
  /** Where the tools are started and may write. */
  readonly folder: string;
  readonly executable: string;
}

/** Users, connections or workers: more than any rate here needs of a server that answers at once. */
const CONNECTIONS = 100;

/** Of tools that take turns: no more than can have connected in the first second, which is not measured. */
function turnsAt(perSecond: number): number {
  return Math.min(CONNECTIONS, Math.max(2, perSecond));
}

export function listArrivalSubjects(load: ArrivalLoad): ArrivalSubject[] {
  return [own(load), ownTarget(load), wrk2(load), vegeta(load), k6(load), oha(load)];
}

function own({ url, folder, executable }: ArrivalLoad): ArrivalSubject {
  writeFileSync(
    join(folder, "arrivals.ts"),
    `import { FastHttpUser, task } from "locust-ts";
export class Visitor extends FastHttpUser {
  @task async visit() { await this.client.get("/"); }
}
`,
  );
  return {
    name: "locust-ts `--rate`",
    command: (perSecond, seconds) => [
      ...[executable, "run", "arrivals.ts", "-H", url, "--rate", `${perSecond}/s`, "-t", `${seconds}s`],
      ...["--max-users", String(CONNECTIONS * 10), "--headless", "--only-summary"],
    ],
  };
}

function ownTarget({ url, folder, executable }: ArrivalLoad): ArrivalSubject {
  return {
    name: "locust-ts `targetRate`",
    command: (perSecond, seconds) => {
      writeFileSync(
        join(folder, "target.ts"),
        `import { FastHttpUser, task } from "locust-ts";
export class Visitor extends FastHttpUser {
  static override targetRate = "${perSecond}/s";
  @task async visit() { await this.client.get("/"); }
}
`,
      );
      const users = ["-u", String(turnsAt(perSecond)), "-r", "1000"];
      return [executable, "run", "target.ts", "-H", url, ...users, "-t", `${seconds}s`, "--headless", "--only-summary"];
    },
  };
}

function wrk2({ url }: ArrivalLoad): ArrivalSubject {
  return external("wrk2", (program, perSecond, seconds) => {
    return [program, "-t2", `-c${turnsAt(perSecond)}`, `-d${seconds}s`, `-R${perSecond}`, url];
  });
}

function vegeta({ url, folder }: ArrivalLoad): ArrivalSubject {
  writeFileSync(join(folder, "targets.txt"), `GET ${url}\n`);
  return external("vegeta", (program, perSecond, seconds) => [
    ...[program, "attack", "-targets=targets.txt", `-rate=${perSecond}/1s`, `-duration=${seconds}s`],
    ...[`-max-workers=${CONNECTIONS * 10}`, `-connections=${CONNECTIONS * 10}`, "-output=vegeta.bin"],
  ]);
}

function k6({ url, folder }: ArrivalLoad): ArrivalSubject {
  return external("k6", (program, perSecond, seconds) => {
    writeFileSync(
      join(folder, "arrivals.js"),
      `import http from "k6/http";
export const options = {
  discardResponseBodies: true,
  scenarios: { visit: {
    executor: "constant-arrival-rate", rate: ${perSecond}, timeUnit: "1s", duration: "${seconds}s",
    preAllocatedVUs: ${CONNECTIONS}, maxVUs: ${CONNECTIONS * 10},
  } },
};
export default () => http.get("${url}");
`,
    );
    return [program, "run", "--quiet", "--no-usage-report", "arrivals.js"];
  });
}

function oha({ url }: ArrivalLoad): ArrivalSubject {
  return external("oha", (program, perSecond, seconds) => [
    ...[program, "--no-tui", "--output-format", "json", "-q", String(perSecond)],
    ...["-c", String(CONNECTIONS), "-z", `${seconds}s`, url],
  ]);
}

function external(
  tool: string,
  command: (program: string, perSecond: number, seconds: number) => readonly string[],
): ArrivalSubject {
  const program = findTool(tool);
  return {
    name: tool,
    command: program === undefined
      ? `${tool} is not installed`
      : (perSecond, seconds) => command(program, perSecond, seconds),
  };
}
