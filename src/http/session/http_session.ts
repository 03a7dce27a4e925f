/** The client of `HttpUser`: bodies as promises, redirects and names as in python-requests, certificates verified. */
import { HttpRes } from "./http_res.ts";
import type { CreateRes } from "./perform_request.ts";
import { createDetachedOwner, type SessionOwner } from "./session_owner.ts";
import { Session } from "./session.ts";
import { HTTP_TRAITS, type SessionOptions } from "./session_options.ts";

const createHttpRes: CreateRes<HttpRes> = (sent, wire, parts) => new HttpRes(sent, wire, parts);

export class HttpSession extends Session<HttpRes> {
  /** A session without a user, for setup, scripts and tests: its requests are in no statistics. Users have theirs as `client`. */
  constructor(options: SessionOptions, owner: SessionOwner = createDetachedOwner()) {
    super(options, owner, HTTP_TRAITS, createHttpRes);
  }

  /** Another session of the same user, for another host: own cookies, headers and connections, same statistics. */
  forHost(baseUrl: string | URL, options: SessionOptions = {}): HttpSession {
    const { settings } = this;
    return new HttpSession({ ...settings.options, ...options, baseUrl }, settings.owner);
  }
}
