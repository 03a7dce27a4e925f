/** When threads report what they have counted. */

/** The interval of the reports. The worker merges the reports of its threads and sends its own at its own second. */
export const REPORT_EVERY_MS = 1000;

/**
 * The first report comes this much before its second is over, and so does each one after it: time for its way through
 * worker and link, so that the master's tick finds the second's counts and not, by turns, those of none and of two.
 * Rates at a tick are over the time up to the report.
 */
export const REPORT_LEAD_MS = 150;
