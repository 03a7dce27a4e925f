/** Names of Python's `requests` (and of Locust's sessions) that our responses and clients do not have, and what to write instead. */

/** Of responses. */
export const RESPONSE_NAMES: Readonly<Record<string, string>> = {
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
  verify: "client.tls = { verify: false }",
  cert: "client.tls = { cert, key }",
  proxies: 'client.proxy = "http://host:port"',
  trustEnv: "client.proxy; proxies of the environment are never used",
  trust_env: "client.proxy; proxies of the environment are never used",
  request_name: "client.requestName",
  base_url: "client.baseUrl",
};
