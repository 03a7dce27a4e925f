/** Asks a host once whether it answers. Returns its status and the time, never its body. */
import type { ApiHostCheck } from "../../../server/answers/api_types.ts";

const LIMIT_MS = 5000;

/** `url`: http or https. */
export async function checkHost(url: string, nowMs: () => number): Promise<ApiHostCheck> {
  const startMs = nowMs();
  const elapsed = () => Math.round((nowMs() - startMs) * 10) / 10;
  try {
    const response = await fetch(url, {
      redirect: "manual", // an answer is an answer, and another host was not asked for
      signal: AbortSignal.timeout(LIMIT_MS),
      headers: { "User-Agent": "locust-ts" },
    });
    await response.body?.cancel();
    return { reachable: true, ms: elapsed(), status: response.status };
  } catch (error) {
    return { reachable: false, ms: elapsed(), error: describe(error) };
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `it did not answer within ${LIMIT_MS / 1000} s`;
  const code = (error as { readonly code?: unknown }).code ?? (error.cause as { readonly code?: unknown })?.code;
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: "it refuses connections",
    ConnectionRefused: "it refuses connections",
    ENOTFOUND: "there is no such host",
    ConnectionReset: "it ended the connection",
    ECONNRESET: "it ended the connection",
  };
  return typeof code === "string" ? known[code] ?? code : error.message.split("\n")[0] ?? "it does not answer";
}
