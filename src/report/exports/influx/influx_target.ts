/**
 * Parses the URL of `--influx` into what is requested: where the lines go, with which authorization, and how the target
 * is shown. Pure.
 */
import { Buffer } from "node:buffer";
import { maskUrlSecrets } from "../../../base/secrets.ts";

export interface InfluxTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Without user, password and query. */
  readonly shown: string;
}

const DEFAULT_DATABASE = "locust_ts";

/**
 * `http://host:8086` alone is the database `locust_ts` of InfluxDB 1; `?db=NAME` is another one, `?org=…&bucket=…` a
 * bucket of InfluxDB 2. A path is taken as it is. Undefined: the text is no such URL.
 */
export function parseInfluxTarget(text: string, token?: string): InfluxTarget | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
  const { username, password } = url;
  url.username = url.password = url.hash = "";
  if (url.pathname === "/") {
    const isBucket = url.searchParams.has("bucket");
    url.pathname = isBucket ? "/api/v2/write" : "/write";
    if (!isBucket && !url.searchParams.has("db")) url.searchParams.set("db", DEFAULT_DATABASE);
  }
  url.searchParams.delete("precision"); // nanoseconds are the default everywhere
  const headers = {
    "content-type": "text/plain; charset=utf-8",
    ...(token !== undefined
      ? { authorization: `Token ${token}` }
      : username === "" && password === ""
      ? {}
      : { authorization: `Basic ${encodeBasic(username, password)}` }),
  };
  return { url: url.href, headers, shown: maskUrlSecrets(`${url.origin}${url.pathname}`) };
}

function encodeBasic(username: string, password: string): string {
  return Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64");
}
