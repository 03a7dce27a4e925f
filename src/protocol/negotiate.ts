/** Negotiates the protocol version of two sides: the major numbers must be equal, the lower minor number applies. Pure. */
import { PROTOCOL_MAJOR, PROTOCOL_MINOR } from "./worker_message.ts";

export type ProtocolVersion = readonly [major: number, minor: number];

export const OUR_PROTOCOL: ProtocolVersion = [PROTOCOL_MAJOR, PROTOCOL_MINOR];

export type Negotiation =
  | { readonly kind: "agreed"; readonly protocol: ProtocolVersion }
  | { readonly kind: "refused"; readonly reason: string };

/** `worker` and `master` say who speaks what, with the program's version for the sentence. */
export function negotiate(
  worker: { readonly protocol: ProtocolVersion; readonly version: string },
  master: { readonly protocol: ProtocolVersion; readonly version: string },
): Negotiation {
  const [major, minor] = worker.protocol;
  const [ourMajor, ourMinor] = master.protocol;
  if (major === ourMajor) return { kind: "agreed", protocol: [major, Math.min(minor, ourMinor)] };
  return {
    kind: "refused",
    reason: `Cannot join: the worker speaks protocol ${major}.${minor} (version ${worker.version}), the master ` +
      `${ourMajor}.${ourMinor} (version ${master.version}); run the same version on both`,
  };
}
