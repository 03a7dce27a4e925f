/** Flags of `send` and `recvmsg`: at once or not at all, and a connection that is gone is an error, not a signal. */
export const MSG_DONTWAIT = 0x40;
/** Of `recvmsg` on TCP: the bytes are taken, and copied nowhere. */
export const MSG_TRUNC = 0x20;
export const MSG_NOSIGNAL = 0x4000;
