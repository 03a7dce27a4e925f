/**
 * Where a thread's samples are counted. One recorder per thread; no locks, no events, no allocation per sample.
 */
