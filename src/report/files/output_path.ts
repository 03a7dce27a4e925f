/** Placeholders in the paths of outputs: `results/{p}-{u}users-{d}` names a file after the run that writes it. Pure. */

/** What a path may be named after. */
export interface RunFacts {
  readonly users: number | null; // null: a load shape decides
  readonly spawnRate: number | null;
  readonly runTimeSeconds: number | null; // null: no limit
  readonly host: string | undefined;
  readonly profile: string | undefined;
  readonly startedWallMs: number;
}

/** What stands in a path for something that the run does not have. */
const ABSENT = { u: "shape", r: "shape", t: "unlimited", h: "no-host", p: "no-profile" } as const;

/**
 * `{u}` users, `{r}` spawn rate, `{t}` run time in seconds, `{h}` host, `{p}` profile, `{d}` start date (UTC,
 * `20261128-093000`). Other braces stay as they are.
 */
export function fillInPath(path: string, facts: RunFacts): string {
  const values: Readonly<Record<string, string>> = {
    u: facts.users === null ? ABSENT.u : String(facts.users),
    r: facts.spawnRate === null ? ABSENT.r : String(facts.spawnRate),
    t: facts.runTimeSeconds === null ? ABSENT.t : String(facts.runTimeSeconds),
    h: facts.host === undefined ? ABSENT.h : hostAsName(facts.host),
    p: facts.profile === undefined ? ABSENT.p : asFileName(facts.profile),
    d: formatStamp(facts.startedWallMs),
  };
  return path.replace(/\{([urthpd])\}/g, (whole, key: string) => values[key] ?? whole);
}

/** `https://ada:secret@shop.test:8443/api/` → `shop.test_8443_api`; a password never gets into a file name. */
function hostAsName(host: string): string {
  return asFileName(host.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "").replace(/^[^/]*@/, ""));
}

/** Letters, digits, dots and dashes stay; a name cannot leave its folder. */
function asFileName(text: string): string {
  return text.replace(/[^\p{L}\p{N}.-]+/gu, "_").replace(/^[._]+|_+$/g, "") || "_";
}

function formatStamp(wallMs: number): string {
  const [date = "", time = ""] = new Date(wallMs).toISOString().split("T");
  return `${date.replaceAll("-", "")}-${time.slice(0, 8).replaceAll(":", "")}`;
}
