/**
 * Names of Python's `requests` that a locustfile brings along. Reading `undefined`, or writing to a property that nobody reads, would
 * be a wrong test without a word; so they throw, with the name that is meant. They are not in the types: nobody shall be offered them.
 */
import { LocustError } from "../../base/errors.ts";

/** Of responses. */
export const RESPONSE_NAMES: Readonly<Record<string, string>> = {
  statusCode: "res.status",
  status_code: "res.status",
  content: "await res.bytes()",
  reason: "res.statusText",
  iterContent: "res.body, of a request with { stream: true }",
  iterLines: "client.iterLines(url)",
};

/** Of clients. */
export const CLIENT_NAMES: Readonly<Record<string, string>> = {
  verify: "client.tls = { verify: false }",
  cert: "client.tls = { cert, key }",
  proxies: 'client.proxy = "http://host:port"',
  trustEnv: "client.proxy; proxies of the environment are never used",
};

/** Makes the names of a prototype throw. */
export function refuseNames(prototype: object, what: "client" | "res", names: Readonly<Record<string, string>>): void {
  for (const [name, instead] of Object.entries(names)) {
    const refuse = () => {
      throw new LocustError(`Cannot use ${what}.${name}: there is no such thing; write ${instead}`, {
        code: "unknown_name",
      });
    };
    Object.defineProperty(prototype, name, { get: refuse, set: refuse, configurable: true });
  }
}
