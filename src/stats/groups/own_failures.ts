/**
 * Texts of failures that are the load generator's own: the request never left this machine. Tables list them among the
 * failures, like every request that failed; the verdict says that they do not speak against the system under test.
 */

/** No local port, or not this local address (EADDRNOTAVAIL). */
export const NO_LOCAL_ADDRESS = "LocalAddressUnavailable (on the load generator)";

/** No file descriptor in this process or on this machine (EMFILE, ENFILE). */
export const TOO_MANY_FILES = "TooManyOpenFiles (on the load generator)";
