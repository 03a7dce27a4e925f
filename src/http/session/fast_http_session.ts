/** The client of `FastHttpUser`: lean, responses read at once, certificates not verified, as in Locust. */
import { FastRes } from "./fast_res.ts";
import type { CreateRes } from "./perform_request.ts";
import { createDetachedOwner, type SessionOwner } from "./session_owner.ts";
import { RequestSender } from "./request_sender.ts";
import { Session } from "./session.ts";
import { FAST_TRAITS, type SessionOptions } from "./session_options.ts";

const createFastRes: CreateRes<FastRes> = (sent, wire, parts) => new FastRes(sent, wire, parts);

/** What sends the requests of a session, and holds its state. */
class FastSender extends RequestSender<FastRes> {
  get createRes(): CreateRes<FastRes> {
    return createFastRes;
  }
}

export class FastHttpSession extends Session<FastRes> {
  /** A session without a user, for setup, scripts and tests: its requests are in no statistics. Users have theirs as `client`. */
  constructor(options: SessionOptions, owner: SessionOwner = createDetachedOwner()) {
    super(new FastSender(options, owner, FAST_TRAITS));
  }

  /** Another session of the same user, for another host: own cookies, headers and connections, same statistics. */
  forHost(baseUrl: string | URL, options: SessionOptions = {}): FastHttpSession {
    const { settings } = this;
    return new FastHttpSession({ ...settings.options, ...options, baseUrl }, settings.owner);
  }
}
