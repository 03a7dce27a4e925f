/**
 * The share of the demo's orders that fail where nothing else is asked for, for the option table too: it must not load
 * the shop.
 */
export const DEFAULT_ERROR_RATE = 0.1;
