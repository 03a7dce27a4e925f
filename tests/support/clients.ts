/** Both clients for one suite. Typed as `HttpSession`: with `await` on everything the same code runs on either. */
import { FastHttpSession } from "../../src/http/session/fast_http_session.ts";
import { HttpSession } from "../../src/http/session/http_session.ts";
import type { SessionOptions } from "../../src/http/session/session_options.ts";
import { FakeOwner } from "./fake_owner.ts";
import { type HttpSystem, openHttpSystem, type Page } from "./http_system.ts";

export type Client = "FastHttpSession" | "HttpSession";

export const CLIENTS: readonly Client[] = ["FastHttpSession", "HttpSession"];

export function createSession(client: Client, options: SessionOptions, owner: FakeOwner): HttpSession {
  if (client === "HttpSession") return new HttpSession(options, owner);
  return new FastHttpSession(options, owner) as unknown as HttpSession;
}

/** A session, the system it talks to, and the user it counts for. */
export interface Bench extends AsyncDisposable {
  readonly session: HttpSession;
  readonly system: HttpSystem;
  readonly owner: FakeOwner;
}

export async function openBench(
  client: Client,
  pages: Readonly<Record<string, Page>> = {},
  options: SessionOptions = {},
  owner: FakeOwner = new FakeOwner(),
): Promise<Bench> {
  const system = await openHttpSystem(pages);
  const session = createSession(client, { baseUrl: system.url, ...options }, owner);
  return {
    session,
    system,
    owner,
    async [Symbol.asyncDispose]() {
      session.close();
      await system[Symbol.asyncDispose]();
    },
  };
}
