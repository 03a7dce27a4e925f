/** The client of `HttpUser`: bodies as promises, redirects and names as in python-requests, certificates verified. */
import type { HttpRes } from "./http_res.ts";
import type { CreateRes } from "./perform_request.ts";
import { createDetachedOwner, type SessionOwner } from "./session_owner.ts";
import { createHttpRes, RequestSender } from "./request_sender.ts";
import { Session } from "./session.ts";
import { HTTP_TRAITS, type SessionOptions } from "./session_options.ts";

/** What sends the requests of a session, and holds its state. */
export class HttpSender extends RequestSender<HttpRes> {
  get createRes(): CreateRes<HttpRes> {
    return createHttpRes;
  }
}

export class HttpSession extends Session<HttpRes> {
  /** A session without a user, for setup, scripts and tests: its requests are in no statistics. Users have theirs as `client`. */
  constructor(options: SessionOptions, owner: SessionOwner = createDetachedOwner()) {
    super(new HttpSender(options, owner, HTTP_TRAITS));
  }

  /** Another session of the same user, for another host: own cookies, headers and connections, same statistics. */
  forHost(baseUrl: string | URL, options: SessionOptions = {}): HttpSession {
    const { settings } = this;
    return new HttpSession({ ...settings.options, ...options, baseUrl }, settings.owner);
  }
}
