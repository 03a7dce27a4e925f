/**
 * Names of Python's `requests`, Locust's sessions and k6 that our responses and clients do not have, and what to write
 * instead.
 */

/** Of responses. */
export const RESPONSE_NAMES: Readonly<Record<string, string>> = {
  timings: "res.elapsed, and --phases for the parts of it",
  html: "await res.text()",
  error_code: "res.error",
  check: 'this.check("name", condition)',
  statusCode: "res.status",
  status_code: "res.status",
  content: "await res.bytes()",
  reason: "res.statusText",
  iterContent: "res.body, of a request with { stream: true }",
  iterLines: "client.iterLines(url)",
  request_meta: "res.requestMeta",
};

/** Of clients. */
export const CLIENT_NAMES: Readonly<Record<string, string>> = {
  batch: 'await Promise.all([client.get("/a"), client.get("/b")])',
  del: "client.delete",
  verify: "client.tls = { verify: false }",
  cert: "client.tls = { cert, key }",
  proxies: 'client.proxy = "http://host:port"',
  trustEnv: "client.proxy; proxies of the environment are never used",
  trust_env: "client.proxy; proxies of the environment are never used",
  request_name: "client.requestName",
  base_url: "client.baseUrl",
};
