/**
 * The traffic of `--systems json`: an order as JSON, with the cookie of a session, and its answer as JSON, which sets that cookie anew. wrk sends the
 * same fields and bytes, and reads nothing of the answer; our users parse it.
 */
import { STANDARD_FIELDS } from "../../src/http/request/request_fields.ts";

/** 200 bytes of JSON. */
const ORDER = {
  customer: "c-20417",
  items: [{ sku: "A-1041", quantity: 2 }, { sku: "B-2203", quantity: 1 }, { sku: "C-0017", quantity: 5 }],
  shipping: "express",
  note: "ring twice, please",
  voucher: null,
  isGift: true,
};

/** 200 bytes of JSON. */
const RECEIPT = {
  id: 91_233,
  state: "new",
  total: 129.95,
  currency: "EUR",
  deliveries: [{ carrier: "post", day: "2026-12-01" }, { carrier: "van", day: "2026-12-02" }],
  links: { self: "/orders/91233", pay: "/pay/91233" },
};

const COOKIE = "session=5e884898da28047151d0e56f8dc62927";

export const JSON_PATH = "/orders";

/** The whole answer of the system, head included. */
export function jsonAnswer(): Uint8Array {
  const body = JSON.stringify(RECEIPT);
  const head = [
    "HTTP/1.1 201 Created",
    "Content-Type: application/json",
    `Set-Cookie: ${COOKIE}; Path=/; HttpOnly`,
    `Content-Length: ${body.length}`,
  ];
  return new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n${body}`);
}

/** A script for wrk. */
export function jsonScript(): string {
  const fields = [...STANDARD_FIELDS, ["Cookie", COOKIE], ["Content-Type", "application/json"]];
  return [
    'wrk.method = "POST"',
    `wrk.path = ${JSON.stringify(JSON_PATH)}`,
    `wrk.body = ${JSON.stringify(JSON.stringify(ORDER))}`,
    ...fields.map(([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`),
    "",
  ].join("\n");
}

/** What the task of a user does. */
export function jsonTask(): string {
  return `const res = await this.client.post("${JSON_PATH}", { json: ${JSON.stringify(ORDER)} });
    const { id } = await res.json();
    if (id !== ${RECEIPT.id}) throw new Error("another receipt");`;
}

/** How long the two bodies are. */
export function jsonSizes(): readonly [order: number, receipt: number] {
  return [JSON.stringify(ORDER).length, JSON.stringify(RECEIPT).length];
}
